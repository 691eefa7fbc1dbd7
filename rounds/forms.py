"""What a lead types in a section in words: an action or another heading."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from actions.models import Progress
from actions.wording import progress_label, progress_labels
from documents.forms import PlainTextField, RichTextField
from documents.richtext import together
from partnerships.dates import DayMonthYearField
from partnerships.forms import Checkboxes, PortalForm, Radios
from partnerships.models import Marking
from partnerships.quarters import MONTH_NAMES
from partnerships.templatetags.marks import rag as rag_mark

from .draft_models import new_key
from .models import Answer, Rag, Round
from .sections import missing_parts
from .services import Content
from .steps import Counted, Step
from .wording import rag_meanings

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

NO_DATE_BUT_OF_MILESTONES = "The plan gives no date for the action itself, only for milestones."

TICKS_GO_WITH_TEXT = (
    "The milestones that are ticked go with the text; both together have those of both."
)


class VersionField(forms.IntegerField):
    """The version a person started from; -1, which no answer has, where none can be read.

    So a page that lost it meets the conflict check, and nothing is written over unseen.
    """

    widget = forms.HiddenInput

    def clean(self, value):
        text = str(value or "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else -1

    def has_changed(self, initial, data):
        return False


class KeysField(forms.Field):
    """Random keys of open pages, with dots between them; what is none of ours is left out."""

    widget = forms.HiddenInput
    most = 10

    def clean(self, value):
        return [key for key in str(value or "").split(".")[: self.most] if _KEY.fullmatch(key)]

    def has_changed(self, initial, data):
        return False


_KEY = re.compile(r"[\w-]{22}", re.ASCII)


class PageForm(PortalForm):
    """An open page of a section: which version it was opened with, and its own key.

    Its key tells it from the same person's other tabs. `continues` are the marks of the drafts
    that it was opened with.
    """

    version = VersionField()
    page = KeysField()
    continues = KeysField(required=False)

    def __init__(self, *args, pages: Sequence[str] = (), **kwargs):
        key, *continued = pages or [new_key()]
        keys = {"page": key, "continues": ".".join(continued)}
        kwargs["initial"] = kwargs.get("initial", {}) | keys
        super().__init__(*args, **kwargs)

    @property
    def pages(self) -> list[str]:
        """Its key, and then the marks it continues; nothing where the page has lost its key."""
        data = self.cleaned_data
        return [*data["page"][:1], *data["continues"]] if data.get("page") else []


class SectionForm(PageForm):
    """A section in words. `whole` asks for everything; without it a part may be kept."""

    response = forms.ChoiceField(label="How are you answering?", widget=Radios())
    text = RichTextField(label="Update", required=False)
    is_sensitive = forms.BooleanField(
        label="Mark this answer OFFICIAL-SENSITIVE",
        help_text="Only people with that right will read it. Do not name victims or suspects.",
        required=False,
    )

    label_size = "s"
    not_optional: ClassVar = ("text",)

    def __init__(
        self,
        *args,
        answer: Answer,
        content: Content | None = None,
        version: int | None = None,
        whole=True,
        **kwargs,
    ):
        self.answer = answer
        self.whole = whole
        initial = self.initial_of(answer, content or Content.of(answer))
        kwargs["initial"] = initial if version is None else initial | {"version": version}
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
            "is_sensitive": _first_marking(answer, content) == Marking.SENSITIVE,
            "version": answer.version,
        }

    @property
    def left_out_of_text(self) -> str:
        """What the text cannot hold, told in a sentence; nothing where all of it was kept."""
        text = self.cleaned_data.get("text") if self.is_bound else None
        return f"Left out of your text: {', '.join(text.dropped)}." if text and text.dropped else ""

    @property
    def left_out(self) -> list[str]:
        """Everything that was typed and is not kept, in sentences."""
        return [self.left_out_of_text] if self.left_out_of_text else []

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


def _first_marking(answer: Answer, content: Content) -> str:
    """A section that nobody has answered yet begins with the marking of the partnership's texts."""
    is_new = answer.state == Answer.State.NOT_STARTED and content == Content.of(answer)
    return answer.update.partnership.default_marking if is_new else content.marking


class TicksField(forms.TypedMultipleChoiceField):
    """Some of what is asked. What the plan has settled meanwhile, done or removed, is no error."""

    def clean(self, value):
        return super().clean([each for each in value or () if self.valid_value(each)])


class ActionForm(SectionForm):
    """An action's update, with how far it has got, how it is going and whether its date moves."""

    progress = forms.ChoiceField(
        label="How far has the action got?",
        help_text="If it should be withdrawn, say so in your update: that is decided in the plan.",
        required=False,
        widget=Radios(css_class="radio-grid"),
    )
    done = TicksField(
        label="Milestones",
        coerce=int,
        required=False,
        widget=Checkboxes(),
    )
    rag = forms.ChoiceField(
        label="How is it going?",
        help_text="Your own judgement today. The last rating is not carried forward.",
        required=False,
        widget=Radios(
            reveals={(Rag.AMBER, Rag.RED): ("rag_reason", "way_back")},
            css_class="rag-choice",
        ),
    )
    rag_reason = PlainTextField(label="Why is it red or amber?")
    way_back = PlainTextField(label="What is the way back to green?")
    moved = forms.ChoiceField(
        label="Has the date changed?",
        choices=[("no", "No"), ("yes", "Yes")],
        required=False,
        widget=Radios(reveals={"yes": ("new_due_on", "date_reason")}),
    )
    new_due_on = DayMonthYearField(label="New date", required=False)
    date_reason = PlainTextField(label="Why has it moved?")

    field_order = (
        "response",
        "text",
        "progress",
        "done",
        "rag",
        "rag_reason",
        "way_back",
        "moved",
        "new_due_on",
        "date_reason",
        "is_sensitive",
    )
    not_optional: ClassVar = ("text", "progress", "done", "rag", "moved")

    def __init__(self, *args, steps: Sequence[Step], **kwargs):
        super().__init__(*args, **kwargs)
        self._ask_for_milestones(steps)
        round = self.answer.update.round
        self.fields["rag"].choices = [(code, rag_mark(code, label)) for code, label in Rag.choices]
        self.fields["rag"].widget.hints = rag_meanings(round)
        action = self.answer.action
        self.fields["progress"].choices = [
            (code, label)
            for code, label in progress_labels(round).items()
            if (code == Progress.WITHDRAWN) == action.is_withdrawn
        ]
        if action.is_withdrawn:
            why = action.withdrawn_reason
            self.fields["progress"].help_text = f"The action has been withdrawn. {why}".strip()
        due_on = self.answer.date_before
        self.fields["moved"].help_text = (
            f"The plan says {due_on.day} {MONTH_NAMES[due_on.month - 1]} {due_on.year}."
            if due_on
            else NO_DATE_BUT_OF_MILESTONES
            if any(step.milestone.due_on for step in steps)
            else "The plan gives no date."
        )

    def _ask_for_milestones(self, steps: Sequence[Step]) -> None:
        """Those that can be ticked; of the others is said why they cannot."""
        if not steps:
            del self.fields["done"]
            return
        asked = [step for step in steps if step.is_open or step.milestone.pk in self.answer.done]
        field = self.fields["done"]
        field.choices = [(step.milestone.pk, step.milestone.title) for step in asked]
        field.widget.hints = {str(step.milestone.pk): step.hint for step in asked}
        field.help_text = _hint_with_list(
            "Tick those that have been done." if asked else f"{Counted.of(steps)}: none to tick.",
            "These are not asked about:",
            [step.in_words for step in steps if step not in asked],
        )

    @staticmethod
    def initial_of(answer: Answer, content: Content) -> dict:
        return SectionForm.initial_of(answer, content) | {
            "progress": Progress.WITHDRAWN if answer.action.is_withdrawn else content.progress,
            "done": sorted(content.done),
            "rag": content.rag,
            "rag_reason": content.rag_reason,
            "way_back": content.way_back,
            "moved": "yes" if content.new_due_on else "no",
            "new_due_on": content.new_due_on,
            "date_reason": content.date_reason,
        }

    @property
    def is_moved(self) -> bool:
        return self.cleaned_data.get("moved") == "yes"

    @property
    def left_out(self) -> list[str]:
        data, left_out = self.cleaned_data, super().left_out
        if not self.content().has_use_for_reasons:
            rating = Rag(data["rag"]).label.lower() if data.get("rag") else "not rated"
            reasons = [data.get("rag_reason"), data.get("way_back")]
            left_out += _not_kept(f"the action is {rating}", reasons)
        if not self.is_moved:
            day = " ".join(filter(None, self["new_due_on"].value() or []))
            said = "you said that the date has not changed"
            left_out += _not_kept(said, [day, data.get("date_reason")])
        return left_out

    def content(self) -> Content:
        words, data = super().content(), self.cleaned_data
        return Content(
            response=words.response,
            text=words.text,
            marking=words.marking,
            progress=data.get("progress", ""),
            done=frozenset(data.get("done", ())),
            rag=data.get("rag", ""),
            rag_reason=data.get("rag_reason", ""),
            way_back=data.get("way_back", ""),
            new_due_on=data.get("new_due_on") if self.is_moved else None,
            date_reason=data.get("date_reason", "") if self.is_moved else "",
        )

    def clean(self):
        data = super().clean()
        if self.is_moved:
            self._check_new_date(data)
        else:
            # A date that does not count need not be right.
            self.errors.pop("new_due_on", None)
        return data

    def _check_new_date(self, data) -> None:
        if "new_due_on" not in self.errors:
            new_due_on = data.get("new_due_on")
            if new_due_on is None:
                self.add_error("new_due_on", "Enter the new date")
            elif new_due_on == self.answer.date_before:
                self.add_error("new_due_on", "This is the date in the plan: enter the new one")
        if not data.get("date_reason") and "date_reason" not in self.errors:
            self.add_error("date_reason", "Say why the date has changed")


class VersionsForm(PortalForm):
    """Which of two versions of a section is kept, and whose rating where they differ."""

    keep = forms.ChoiceField(label="Which text should be kept?", widget=Radios())
    rating = forms.ChoiceField(
        label="Progress and rating differ. Which are right?",
        widget=Radios(css_class="rag-choice"),
    )

    label_size = "m"
    required_text: ClassVar = {
        "keep": "Choose which text should be kept",
        "rating": "Choose which progress and rating are right",
    }

    def __init__(
        self, *args, mine: Content, saved: Content, round: Round, two_drafts=False, **kwargs
    ):
        super().__init__(*args, **kwargs)
        self.mine, self.saved = mine, saved
        self.fields["keep"].choices = [
            ("both", "Put both in the box, and let me edit them"),
            ("mine", "Keep the later draft" if two_drafts else "Keep my version"),
            ("theirs", "Keep the earlier draft" if two_drafts else "Keep the saved version"),
        ]
        whose = ("in the later draft", "in the earlier") if two_drafts else ("yours", "as saved")
        if mine.done != saved.done:
            self.fields["keep"].help_text = TICKS_GO_WITH_TEXT
        if (mine.rag, mine.progress) == (saved.rag, saved.progress):
            del self.fields["rating"]
        else:
            self.fields["rating"].choices = [
                ("mine", _rated(mine, whose[0], round)),
                ("theirs", _rated(saved, whose[1], round)),
            ]

    def content(self) -> Content:
        """What was chosen; a marking that the saved one has is only taken off by editing."""
        keep, whose = self.cleaned_data["keep"], self.cleaned_data.get("rating")
        if keep == "theirs":
            content = self.saved
        else:
            marking = max(self.mine.marking, self.saved.marking, key=Marking.values.index)
            content = replace(self.mine, marking=marking)
        if keep == "both":
            content = replace(content, **_of_both(self.saved, self.mine))
        if whose:
            rated = self.saved if whose == "theirs" else self.mine
            content = replace(content, progress=rated.progress, rag=rated.rag)
            if keep != "both":
                content = replace(content, rag_reason=rated.rag_reason, way_back=rated.way_back)
        return content


def _of_both(saved: Content, mine: Content) -> dict:
    """The texts of both, to be edited: the saved one, and then what the other has beside it."""

    def lines(name: str) -> str:
        return "\n".join(dict.fromkeys(filter(None, [getattr(saved, name), getattr(mine, name)])))

    return {
        "response": Response.WRITTEN,
        "done": saved.done | mine.done,
        "text": together(saved.text, mine.text),
        "rag_reason": lines("rag_reason"),
        "way_back": lines("way_back"),
        "new_due_on": mine.new_due_on or saved.new_due_on,
        "date_reason": lines("date_reason"),
    }


def _hint_with_list(hint: str, heading: str, lines: Sequence[str]) -> str | SafeString:
    if not lines:
        return hint
    items = format_html_join("", "<li>{}</li>", ((each,) for each in lines))
    return format_html('{} {}<ul class="hint-list">{}</ul>', hint, heading, items)


def _rated(content: Content, whose: str, round: Round) -> SafeString:
    rating = rag_mark(content.rag, Rag(content.rag).label) if content.rag else "Not rated yet"
    progress = progress_label(content.progress, round) or "no progress"
    return format_html("{} {}, {}", rating, progress, whose)


def _not_kept(why: str, typed: Sequence[str | None]) -> list[str]:
    """A sentence that gives back what was typed for nothing; none where nothing was."""
    quoted = ", ".join(f"“{each}”" for each in typed if each)
    return [f"Not kept, because {why}: {quoted}."] if quoted else []
