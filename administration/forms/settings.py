"""What an administrator types about the partnership itself, in short groups."""

import re
from typing import Any, ClassVar

from django import forms

from actions.models import Progress
from documents.characters import one_line
from documents.forms import PlainTextField
from partnerships.forms import Checkboxes, PortalForm, PortalModelForm, Radios
from partnerships.markers import marker_of_fields
from partnerships.models import Partnership
from partnerships.settings import DETAILS, MESSAGES, PUBLIC_PAGES, REPORTS, ROUNDS, WORDING
from rounds.coordinator_forms import LENGTHS
from rounds.models import RAG_MEANINGS, Rag

LONGEST_LABEL = 30
LONGEST_MEANING = 150
LONGEST_TEXT = 3_000


class GroupMixin:
    """One group of settings, and the mark of it as it stood when the page was opened.

    It changes nothing by itself: `values` is what the service is given.
    """

    slug: ClassVar[str]
    heading: ClassVar[str]
    kept: ClassVar[tuple[str, ...]]
    explained = ""

    label_size = "s"
    submit_text = "Save"

    fields: dict[str, forms.Field]
    data: Any
    cleaned_data: dict[str, Any]

    def mark(self, partnership: Partnership) -> None:
        self.fields["marker"] = forms.CharField(
            widget=forms.HiddenInput,
            required=False,
            initial=marker_of_fields(partnership, self.kept),
        )

    def mark_again(self, saved: Partnership) -> None:
        """Let the same be sent again, now knowingly over what somebody else saved."""
        self.data = self.data.copy()
        self.data["marker"] = marker_of_fields(saved, self.kept)

    @property
    def marker(self) -> str:
        return self.cleaned_data["marker"]

    def differences(self, saved: "GroupMixin") -> list[tuple[str, str]]:
        """What is saved now and is not what was typed: each question with its answer in words."""
        found = []
        for name, field in self.fields.items():
            theirs = _or_empty(saved.get_initial_for_field(saved.fields[name], name))
            if name != "marker" and theirs != _or_empty(self.cleaned_data.get(name)):
                found.append((str(field.label or name), _in_words(field, theirs)))
        return found

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.kept}


def _or_empty(value: Any) -> Any:
    return "" if value is None else value


def _in_words(field: forms.Field, value: Any) -> str:
    if isinstance(field, forms.ChoiceField):
        chosen = value if isinstance(value, list) else [value]
        value = ", ".join(str(label) for code, label in field.choices if code in chosen)
    return str(field.prepare_value(value)) or "nothing"


class ModelGroupForm(GroupMixin, PortalModelForm):
    """A group whose boxes are fields of the partnership's row."""

    def __init__(self, *args, partnership: Partnership, **kwargs):
        super().__init__(*args, instance=partnership, **kwargs)
        self.mark(partnership)


class DetailsForm(ModelGroupForm):
    """What the partnership is called, its colour, and whom people ask for help."""

    slug = "details"
    heading = "Name, colour and help"
    kept = DETAILS
    required_text: ClassVar = {
        "name": "Enter the partnership’s name",
        "brand_colour": "Enter a colour, such as #10495a",
    }

    class Meta:
        model = Partnership
        fields = DETAILS
        help_texts: ClassVar = {
            "name": "A name that you replace is kept as an earlier name.",
            "brand_colour": "Of the header and the buttons: # and six figures or letters, such as "
            "#10495a. White text must be readable on it.",
            "help_email": "Shown at the foot of every page.",
            "help_telephone": "Shown beside it.",
        }
        widgets: ClassVar = {
            "national_code": forms.TextInput(attrs={"class": "govuk-input--width-10"}),
            "brand_colour": forms.TextInput(attrs={"class": "govuk-input--width-10"}),
            "help_telephone": forms.TextInput(attrs={"class": "govuk-input--width-20"}),
        }

    def clean_brand_colour(self):
        return self.cleaned_data["brand_colour"].lower()


class ReportsForm(ModelGroupForm):
    """What every report says, and how small figures are treated."""

    slug = "reports"
    heading = "Reports"
    kept = REPORTS
    report_introduction = PlainTextField(
        label="Introduction",
        help_text="First paragraphs of each report. A plan with an introduction of its own prints "
        "that instead. Without either, a sentence made of the plan’s title is printed.",
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=LONGEST_TEXT,
    )
    report_standing_text = PlainTextField(
        label="Standing text",
        help_text="Printed at the end of each report, after the recommendations.",
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=LONGEST_TEXT,
    )
    small_base = forms.IntegerField(
        label="Small base",
        help_text="Where the figure of the year before is below this, the change is printed as a "
        "count, without a percentage. An indicator can have its own.",
        min_value=0,
        max_value=1_000_000,
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-5"}),
    )
    small_number_threshold = forms.IntegerField(
        label="Small-number threshold",
        help_text="Counts from 1 to one below this are to be hidden in copies for the public, so "
        "that nobody can be recognised. 5 hides 1 to 4; 0 hides none. Reports for the Executive "
        "print every count.",
        min_value=0,
        max_value=1_000,
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-5"}),
    )
    prints_on_behalf = forms.BooleanField(
        label="Print who gave an answer for its lead",
        help_text="Below an answer that the coordinator gave on a lead’s behalf the report for the "
        "Executive then says so. Copies for the public never do.",
        required=False,
    )
    required_text: ClassVar = {
        "report_to": "Enter whom reports are for",
        "small_base": "Enter a whole number, such as 20",
        "small_number_threshold": "Enter a whole number, such as 5",
    }

    class Meta:
        model = Partnership
        fields = REPORTS
        labels: ClassVar = {"report_to": "To"}
        help_texts: ClassVar = {"report_to": "Printed at the top of each report."}


class PublicPagesForm(ModelGroupForm):
    """Whether what was released can be read by everybody."""

    slug = "public"
    heading = "Public pages"
    kept = PUBLIC_PAGES
    explained = (
        "The public pages list the public editions that were released, with their files, for "
        "everybody and without signing in. Turned off, their addresses answer as if they had "
        "never been; what was released is shown again when they are turned on."
    )
    publishes_reports = forms.TypedChoiceField(
        label="Who can read what was released?",
        choices=[
            (True, "Everybody, on the web"),
            (False, "Only people who are signed in and read the plan"),
        ],
        coerce=lambda chosen: chosen == "True",
        widget=Radios(),
    )
    required_text: ClassVar = {"publishes_reports": "Choose who can read what was released"}

    class Meta:
        model = Partnership
        fields = PUBLIC_PAGES


ASKED = {
    "asks_key_issues": "Key issues and emerging trends",
    "asks_groups": "Updates of groups",
    "asks_themes": "Cross-cutting themes",
}


class RoundsForm(ModelGroupForm):
    """How long rounds are, and what leads are asked for."""

    slug = "rounds"
    heading = "Rounds"
    kept = ROUNDS
    round_months = forms.TypedChoiceField(
        label="How long is each round?",
        help_text="Proposed when the rounds of a year are made. Rounds that are there stay.",
        coerce=int,
        choices=LENGTHS,
        widget=Radios(css_class="govuk-radios--small"),
    )
    asks = forms.MultipleChoiceField(
        label="What are leads asked for, beside actions and figures?",
        help_text="From the next round that is opened. Rounds that are open stay as they are.",
        choices=list(ASKED.items()),
        required=False,
        widget=Checkboxes(
            hints={
                "asks_groups": "One section for each group heading of a priority.",
                "asks_themes": "One section for each priority, where the plan has themes.",
            }
        ),
    )
    not_optional: ClassVar = ("asks",)

    class Meta:
        model = Partnership
        fields = ("round_months", "default_marking")
        labels: ClassVar = {"default_marking": "Marking of new texts"}
        help_texts: ClassVar = {
            "default_marking": "What the form of a section begins with. Each writer can change it."
        }
        widgets: ClassVar = {"default_marking": Radios(css_class="govuk-radios--small")}

    field_order = ("round_months", "asks", "default_marking")

    def __init__(self, *args, partnership: Partnership, **kwargs):
        super().__init__(*args, partnership=partnership, **kwargs)
        self.initial["asks"] = [name for name in ASKED if getattr(partnership, name)]

    @property
    def values(self) -> dict[str, Any]:
        asked = {name: name in self.cleaned_data["asks"] for name in ASKED}
        data = self.cleaned_data | asked
        return {name: data[name] for name in self.kept}


class ReminderDaysField(forms.Field):
    """Numbers of days before the due date, typed with commas between them."""

    def __init__(self):
        super().__init__(
            label="Days before the due date on which leads are reminded",
            help_text="With commas between them, such as 14, 7, 1, 0; 0 is the due date itself. "
            "After the due date they are reminded every week until the round closes. A weekend or "
            "bank holiday moves to the next working day. Empty this to remind only after the due "
            "date.",
            required=False,
            widget=forms.TextInput(attrs={"class": "govuk-input--width-20"}),
        )

    def prepare_value(self, value):
        return ", ".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value):
        typed = (value or "").strip()
        if not typed:
            return []
        parts = [part.strip() for part in typed.removesuffix(",").split(",")]
        if not all(re.fullmatch(r"[0-9]{1,9}", part) for part in parts):
            raise forms.ValidationError("Enter whole numbers of days, such as 14, 7, 1, 0")
        return sorted({int(part) for part in parts}, reverse=True)

    def has_changed(self, initial, data):
        return super().has_changed(self.prepare_value(initial), data)


class MessagesForm(ModelGroupForm):
    """What the partnership adds to the message that asks leads, and when they are reminded."""

    slug = "messages"
    heading = "Messages to leads"
    kept = MESSAGES
    explained = (
        "Opening a round sends each lead one message: what they are asked for, by when, how each "
        "action was rated last, and a link of their own. Coordinators see it before they open "
        "the round. Who has not answered is reminded, at most once a day; coordinators are told on "
        "the same days how the round stands."
    )
    asking_text = PlainTextField(
        label="Words of your own",
        help_text="Stand in the message after the dates, such as whom to ring with questions. "
        "An empty line begins a new paragraph. Write nothing here that may not go by email.",
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=LONGEST_TEXT,
    )
    reminder_days = ReminderDaysField()

    class Meta:
        model = Partnership
        fields = MESSAGES


class WordingForm(GroupMixin, PortalForm):
    """The words for each rating and each progress; an empty box has the usual ones."""

    slug = "wording"
    heading = "Wording of ratings and progress"
    kept = WORDING
    explained = (
        "Write your own words, or empty a box to go back to the usual ones. Pages of the plan "
        "change at once. A round keeps the words of the day on which it was opened, and so does "
        "its report. The legend of a report has the first sentence of each meaning."
    )
    marks_optional = False

    def __init__(self, *args, partnership: Partnership, **kwargs):
        own = {_rag(code): words for code, words in partnership.rag_meanings.items()}
        own |= {_progress(code): words for code, words in partnership.progress_labels.items()}
        meanings = {_rag(code): _meaning_field(code) for code in RAG_MEANINGS}
        labels = {_progress(code): _label_field(code) for code in Progress}
        self.base_fields = meanings | labels
        super().__init__(*args, initial=own, **kwargs)
        self.mark(partnership)

    def clean(self):
        data = super().clean()
        self._refuse_same({_rag(code): usual for code, usual in RAG_MEANINGS.items()})
        self._refuse_same({_progress(code): usual for code, usual in Progress.choices})
        return data

    def _refuse_same(self, usual: dict[str, str]) -> None:
        """Two codes with the same words could not be told apart."""
        taken: dict[str, str] = {}
        own = {name: self._own(name) for name in usual}
        # The boxes that are filled are those that can be changed: they come second.
        for name in sorted(usual, key=lambda name: bool(own[name])):
            words = (own[name] or usual[name]).rstrip(".").casefold()
            if words in taken:
                self.add_error(name, f"“{taken[words]}” has the same words: choose others")
            taken.setdefault(words, CALLED[name])

    def _own(self, name: str) -> str:
        return one_line(self.cleaned_data.get(name, ""))

    @property
    def values(self) -> dict[str, Any]:
        """Only what differs from the usual words is kept."""
        return {
            "rag_meanings": {
                code.value: self._own(_rag(code))
                for code, usual in RAG_MEANINGS.items()
                if self._own(_rag(code)) not in ("", usual)
            },
            "progress_labels": {
                code: self._own(_progress(code))
                for code, usual in Progress.choices
                if self._own(_progress(code)) not in ("", usual)
            },
        }


def _meaning_field(code: Rag) -> forms.Field:
    return PlainTextField(
        label=f"What {code.label.lower()} means",
        help_text=f"Usually: “{RAG_MEANINGS[code]}”",
        max_length=LONGEST_MEANING,
    )


def _label_field(code: Progress) -> forms.Field:
    return forms.CharField(
        label=f"Instead of “{code.label}”",
        max_length=LONGEST_LABEL,
        required=False,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-20"}),
    )


def _rag(code: str) -> str:
    return f"rag_{Rag(code).value}"


def _progress(code: str) -> str:
    return f"progress_{code}"


CALLED = {_rag(code): code.label for code in Rag} | {
    _progress(code): code.label for code in Progress
}

GROUPS: tuple[type[ModelGroupForm] | type[WordingForm], ...] = (
    DetailsForm,
    ReportsForm,
    PublicPagesForm,
    RoundsForm,
    MessagesForm,
    WordingForm,
)
