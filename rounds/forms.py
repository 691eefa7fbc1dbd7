"""What a lead types in a section: an action, another heading, or the figures."""

from collections.abc import Sequence
from typing import ClassVar

from django import forms

from actions.models import Progress
from documents.forms import RichTextField
from partnerships.dates import DayMonthYearField
from partnerships.forms import PortalForm, Radios
from partnerships.models import Marking
from partnerships.quarters import MONTH_NAMES
from partnerships.templatetags.marks import rag as rag_mark
from performance.figures import FigureRow
from performance.models import Indicator
from performance.rolling import RollingYear

from .models import RAG_MEANINGS, Answer, FigureEntry, Rag
from .sections import missing_parts
from .services import Content, Figure

Response = Answer.Response

QUESTIONS = {
    Answer.Kind.ACTION: "What has happened since {month}?",
    Answer.Kind.KEY_ISSUES: "What should the Executive know?",
    Answer.Kind.GROUP: "What has the group done since {month}?",
    Answer.Kind.THEMES: "What has been done on the cross-cutting themes since {month}?",
}
HINTS = {
    Answer.Kind.ACTION: "What was done, what difference it made, and what is next. A short "
    "paragraph or a few bullets is enough.",
    Answer.Kind.KEY_ISSUES: "Key issues and emerging trends: what is new, growing or worrying.",
    Answer.Kind.GROUP: "Key updates from its meetings.",
    Answer.Kind.THEMES: "Comments, the impact on this priority, and specific actions undertaken.",
}


class SectionForm(PortalForm):
    """A section in words. `whole` asks for everything; without it a part may be kept."""

    response = forms.ChoiceField(label="How are you answering?", widget=Radios())
    text = RichTextField(label="Update", required=False)
    is_sensitive = forms.BooleanField(
        label="Mark this answer OFFICIAL-SENSITIVE",
        help_text="Only people with that right will read it. Do not name victims or suspects.",
        required=False,
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    label_size = "s"
    not_optional: ClassVar = ("text",)

    def __init__(self, *args, answer: Answer, content: Content | None = None, whole=True, **kwargs):
        self.answer = answer
        self.whole = whole
        kwargs.setdefault("initial", self.initial_of(answer, content or Content.of(answer)))
        super().__init__(*args, **kwargs)
        round = answer.update.round
        month = MONTH_NAMES[round.period_starts_on.month - 1]
        self.fields["text"].label = QUESTIONS[answer.kind].format(month=month)
        self.fields["text"].help_text = HINTS[answer.kind]
        self.fields["text"].widget.attrs["rows"] = 8
        meeting = (
            f" on {round.meets_on.day} {MONTH_NAMES[round.meets_on.month - 1]}"
            if (round.meets_on)
            else ""
        )
        self.fields["response"].choices = [
            (Response.WRITTEN, "In writing, here"),
            (Response.VERBAL, f"Verbally, at the meeting{meeting}"),
            (Response.NOTHING, "Nothing to report this time"),
        ]

    @staticmethod
    def initial_of(answer: Answer, content: Content) -> dict:
        response = content.response
        return {
            "response": Response.WRITTEN if response == Response.NONE else response,
            "text": content.text,
            "is_sensitive": content.marking == Marking.SENSITIVE,
            "version": answer.version,
        }

    @property
    def dropped(self) -> Sequence[str]:
        """What was left out of the text, in plain words."""
        text = self.cleaned_data.get("text")
        return text.dropped if text else ()

    def content(self) -> Content:
        """What was typed, as far as it can be read."""
        data = self.cleaned_data
        return Content(
            response=data.get("response", ""),
            text=data["text"].html if "text" in data else "",
            marking=Marking.SENSITIVE if data.get("is_sensitive") else Marking.OFFICIAL,
        )

    def clean(self):
        data = super().clean()
        content = self.content()
        if content.text and content.response in (Response.VERBAL, Response.NOTHING):
            self.add_error(
                "response",
                "You have written an update: choose “In writing, here”, or clear the box",
            )
        if self.whole:
            self._ask_for_missing(content)
        return data

    def _ask_for_missing(self, content: Content) -> None:
        typed = Answer(kind=self.answer.kind, action=self.answer.action, **vars(content))
        for name, what in missing_parts(typed).items():
            if name in self.fields and name not in self.errors:
                self.add_error(name, what)


class ActionForm(SectionForm):
    """An action's update, with how far it has got, how it is going and whether its date moves."""

    progress = forms.ChoiceField(
        label="How far has the action got?",
        choices=Progress.choices,
        required=False,
        widget=Radios(css_class="radio-grid"),
    )
    rag = forms.ChoiceField(
        label="How is it going?",
        help_text="Your own judgement today. The last rating is not carried forward.",
        required=False,
        widget=Radios(
            hints=RAG_MEANINGS,
            reveals={(Rag.AMBER, Rag.RED): ("rag_reason", "way_back")},
            css_class="rag-choice",
        ),
    )
    rag_reason = forms.CharField(
        label="Why is it red or amber?", required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    way_back = forms.CharField(
        label="What is the way back to green?",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    moved = forms.ChoiceField(
        label="Has the date changed?",
        choices=[("no", "No"), ("yes", "Yes")],
        required=False,
        widget=Radios(reveals={"yes": ("new_due_on", "date_reason")}),
    )
    new_due_on = DayMonthYearField(label="New date", required=False)
    date_reason = forms.CharField(
        label="Why has it moved?", required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    field_order = (
        "response",
        "text",
        "progress",
        "rag",
        "rag_reason",
        "way_back",
        "moved",
        "new_due_on",
        "date_reason",
        "is_sensitive",
        "version",
    )
    not_optional: ClassVar = ("text", "progress", "rag", "moved")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["rag"].choices = [(code, rag_mark(code, label)) for code, label in Rag.choices]
        due_on = self.answer.date_before
        self.fields["moved"].help_text = (
            f"The plan says {due_on.day} {MONTH_NAMES[due_on.month - 1]} {due_on.year}."
            if due_on
            else "The plan gives no date."
        )

    @staticmethod
    def initial_of(answer: Answer, content: Content) -> dict:
        return SectionForm.initial_of(answer, content) | {
            "progress": content.progress,
            "rag": content.rag,
            "rag_reason": content.rag_reason,
            "way_back": content.way_back,
            "moved": "yes" if content.new_due_on else "no",
            "new_due_on": content.new_due_on,
            "date_reason": content.date_reason,
        }

    def content(self) -> Content:
        words, data = super().content(), self.cleaned_data
        moved = data.get("moved") == "yes"
        return Content(
            response=words.response,
            text=words.text,
            marking=words.marking,
            progress=data.get("progress", ""),
            rag=data.get("rag", ""),
            rag_reason=data.get("rag_reason", ""),
            way_back=data.get("way_back", ""),
            new_due_on=data.get("new_due_on") if moved else None,
            date_reason=data.get("date_reason", "") if moved else "",
        )

    def clean(self):
        data = super().clean()
        if data.get("moved") == "yes" and "new_due_on" not in self.errors:
            new_due_on = data.get("new_due_on")
            if new_due_on is None:
                self.add_error("new_due_on", "Enter the new date")
            elif new_due_on == self.answer.date_before:
                self.add_error("new_due_on", "This is the date in the plan: enter the new one")
            if not data.get("date_reason") and "date_reason" not in self.errors:
                self.add_error("date_reason", "Say why the date has changed")
        return data


class FigureField(forms.DecimalField):
    """A figure as people type it: "1,704", or with decimals where the indicator has them."""

    def __init__(self, *, whole: bool, **kwargs):
        super().__init__(min_value=0, max_digits=14, decimal_places=0 if whole else 4, **kwargs)
        example = "a whole number, such as 1,450" if whole else "a number, such as 4.5"
        self.error_messages |= {
            "invalid": f"Enter {example}",
            "max_decimal_places": f"Enter {example}",
            "max_digits": "This figure has too many digits: check it",
            "max_whole_digits": "This figure has too many digits: check it",
            "min_value": "Enter a figure that is not below nought",
        }

    def to_python(self, value):
        if isinstance(value, str):
            value = value.strip().replace(",", "").replace("\u00a0", "").removesuffix("%").strip()
        return super().to_python(value)


class FigureForm(PortalForm):
    """One rolling year of one indicator that no reading gives yet."""

    source = forms.CharField(label="Where does it come from?", max_length=200, required=False)
    is_provisional = forms.BooleanField(label="This figure is provisional", required=False)

    label_size = "s"
    field_order = ("value", "source", "is_provisional")
    not_optional: ClassVar = ("source",)
    marks_optional = False

    def __init__(
        self, *args, row: FigureRow, year: RollingYear, entry: FigureEntry | None, **kwargs
    ):
        self.row = row
        self.year = year.year
        indicator = row.indicator
        which = "current" if year is row.current else "previous"
        kwargs["prefix"] = f"{indicator.pk}-{which}"
        kwargs["initial"] = {
            "value": f"{entry.value.normalize():f}" if entry else "",
            "source": entry.source if entry else str(indicator.source or ""),
            "is_provisional": entry.is_provisional if entry else False,
        }
        self.base_fields = self.base_fields | {"value": _figure_field(indicator, year)}
        super().__init__(*args, **kwargs)

    @property
    def heading(self) -> str:
        return f"{self.row.indicator}, {self.year.short}"

    @property
    def is_filled(self) -> bool:
        return self.cleaned_data.get("value") is not None

    def figure(self) -> Figure:
        """What was typed; a value of None takes an earlier one back."""
        data = self.cleaned_data
        return Figure(
            indicator_id=self.row.indicator.pk,
            period=self.year,
            value=data["value"],
            source=data["source"],
            is_provisional=data["is_provisional"],
        )

    def clean(self):
        data = super().clean()
        if data.get("value") is not None and not data.get("source"):
            self.add_error("source", "Say where the figure comes from")
        return data


def _figure_field(indicator: Indicator, year: RollingYear) -> FigureField:
    unit = indicator.unit or (
        "Per cent" if indicator.kind == indicator.Kind.PERCENTAGE else "Figure"
    )
    hint = "A whole number, such as 1,450." if indicator.is_summed else "A number, such as 4.5."
    return FigureField(
        whole=indicator.is_summed,
        label=f"{unit[:1].upper()}{unit[1:]}, {year.year.long}",
        help_text=f"For all twelve months. {hint} So far: {year.statement}.",
        required=False,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10", "inputmode": "decimal"}),
    )


class FiguresForm(PortalForm):
    """The version of the figures a person started from."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


def figure_forms(answer: Answer, rows: Sequence[FigureRow], data=None) -> list[FigureForm]:
    """A form for each year that is missing, or that was typed in this answer."""
    entries = {(entry.indicator_id, entry.period): entry for entry in answer.figure_entries.all()}
    return [
        FigureForm(data, row=row, year=year, entry=entry)
        for row in rows
        for year in (row.previous, row.current)
        for entry in [entries.get((row.indicator.pk, year.year))]
        if year.value is None or entry is not None
    ]
