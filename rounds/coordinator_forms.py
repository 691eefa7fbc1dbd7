"""What the coordinator types: dates, reasons, and the months of a plan's rounds."""

from datetime import datetime
from typing import ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from documents.forms import PlainTextField, RichTextField, RichTextWidget
from partnerships.dates import DayMonthYearField
from partnerships.days import clock
from partnerships.forms import Checkboxes, PortalForm, PortalModelForm, Radios
from partnerships.markers import marker_of_fields
from partnerships.models import RoundMonths
from partnerships.quarters import ONE_DAY
from partnerships.times import TimeOfDayField, happens_twice, in_london, never_happens
from partnerships.working_days import working_day

from .models import Round

DATES = ("state", "opens_on", "due_on", "closes_at", "meets_on")

LENGTHS = [
    (RoundMonths.QUARTER, "A quarter: four rounds a year"),
    (RoundMonths.FOUR, "Four months: three rounds a year"),
    (RoundMonths.HALF_YEAR, "Half a year: two rounds a year"),
]
OF_THE_PAST = (
    "A day to come, though the period is long over: leads need it to answer. Once the round is "
    "closed, the meeting can be given the date that it had."
)
CLOSING = ("closes_on", "closes_time", "closes_which")
FIRST, SECOND = "first", "second"
PASSED = "That day has passed: choose a later one"


class MakeRoundsForm(PortalForm):
    """How long each round of a plan year is."""

    months_each = forms.TypedChoiceField(
        label="How long is each round?",
        coerce=int,
        choices=LENGTHS,
        widget=Radios(css_class="govuk-radios--small"),
    )


class ClosingMixin:
    """A day and a time in London at which answers close.

    Where clocks show that time twice, it is asked which of the two is meant.
    """

    def __init__(self, *args, now: datetime, **kwargs):
        super().__init__(*args, **kwargs)
        self.now = now
        self.today = timezone.localtime(now).date()
        typed = self._typed() if self.is_bound else None
        if typed and happens_twice(typed):
            self.ask_which(typed)

    def ask_which(self, wall: datetime, **given) -> None:
        """Ask which of the two moments is meant at which clocks show this."""
        moments = ((which, in_london(wall, second=which == SECOND)) for which in (FIRST, SECOND))
        self.fields["closes_which"] = forms.ChoiceField(
            label=f"The clocks go back that night, so {clock(wall.time())} comes twice. Which one?",
            choices=[
                (which, f"The {which}, {timezone.localtime(at):%Z} ({at:%H:%M} in UTC)")
                for which, at in moments
            ],
            widget=Radios(css_class="govuk-radios--small"),
            error_messages={"required": "Choose the first or the second"},
            **given,
        )

    def _typed(self) -> datetime | None:
        """What was typed, as clocks show it, where it can be read."""
        parts = []
        for name in ("closes_on", "closes_time"):
            field = self.fields.get(name)
            if field is None:
                return None
            typed = field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
            try:
                parts.append(field.clean(typed))
            except ValidationError:
                return None
        return datetime.combine(*parts) if all(part is not None for part in parts) else None

    def closing(self, data) -> datetime | None:
        """The moment of both fields, in UTC, where both are given."""
        wall = self._wall(data)
        return wall and in_london(wall, second=data.get("closes_which") == SECOND)

    def check_closing(self, data) -> None:
        """Refuse a time that clocks never show."""
        wall = self._wall(data)
        if wall and never_happens(wall):
            self.add_error("closes_time", "The clocks go forward over that time: choose another")

    def _wall(self, data) -> datetime | None:
        if data.get("closes_on") is None or data.get("closes_time") is None:
            return None
        return datetime.combine(data["closes_on"], data["closes_time"])

    def refuse_past_closing(self, closes_at: datetime) -> None:
        if closes_at <= self.now:
            on_an_earlier_day = timezone.localtime(closes_at).date() < self.today
            name = "closes_on" if on_an_earlier_day else "closes_time"
            self.add_error(name, "That time has passed: choose a later one")


def closes_on_field(**given):
    return DayMonthYearField(label="Answers close on", **given)


def closes_time_field(**given):
    return TimeOfDayField(label="Answers close at", help_text="London time, such as 5pm", **given)


def marker_of_dates(round: Round) -> str:
    """The mark of a round's dates as they are saved."""
    return marker_of_fields(round, DATES)


class DatesForm(ClosingMixin, PortalModelForm):
    """When a round opens, is due and closes, and when the Executive meets.

    What has happened already is no longer asked: an open round has no day of opening to choose,
    and a closed one has the meeting alone.
    """

    opens_on = DayMonthYearField(label="Opens on", required=False)
    due_on = DayMonthYearField(label="Updates are due on", required=False)
    closes_on = closes_on_field(
        required=False, help_text="After this leads can no longer write or send."
    )
    closes_time = closes_time_field(required=False)
    marker = forms.CharField(widget=forms.HiddenInput, required=False)
    meets_on = DayMonthYearField(
        label="The Executive meets on", required=False, help_text="Printed as the report's date."
    )

    asked: ClassVar = {
        Round.State.PLANNED: (
            "opens_on",
            "due_on",
            "closes_on",
            "closes_time",
            "closes_which",
            "meets_on",
        ),
        Round.State.OPEN: ("due_on", "closes_on", "closes_time", "closes_which", "meets_on"),
        Round.State.CLOSED: ("meets_on",),
    }
    submit_text = "Save the dates"
    label_size = "s"

    class Meta:
        model = Round
        fields = ("opens_on", "due_on", "meets_on")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        asked = (*self.asked[self.instance.state], "marker")
        self.initial["marker"] = self.as_saved = marker_of_dates(self.instance)
        for name in [name for name in self.fields if name not in asked]:
            del self.fields[name]
        if "closes_on" in self.fields:
            self.order_fields(asked)
            self.initial["closes_time"] = "5pm"
            if self.instance.closes_at:
                local = timezone.localtime(self.instance.closes_at)
                self.initial |= {"closes_on": local.date(), "closes_time": local.time()}
                wall = local.replace(tzinfo=None)
                if happens_twice(wall) and not self.is_bound:
                    self.ask_which(wall, initial=SECOND if local.fold else FIRST)
        if self.instance.is_planned and (self.instance.due_on or self.today) < self.today:
            self.fields["closes_on"].help_text = OF_THE_PAST
        if self.instance.is_open:
            for name in ("due_on", "closes_on", "closes_time"):
                self.fields[name].required = True

    def clean(self):
        data = super().clean()
        if "closes_on" in self.fields:
            if data.get("closes_on") and "closes_time" in data and not data["closes_time"]:
                self.add_error("closes_time", "Enter a time such as 5pm or 17:00")
            self.check_closing(data)
            self._check_past(data)
            self._check_order(data)
            if not self.errors:
                self.instance.closes_at = self.closing(data)
        return data

    @property
    def is_outdated(self) -> bool:
        """Whether somebody has saved other dates since this person opened the page."""
        return self.cleaned_data["marker"] != self.as_saved

    def _check_past(self, data) -> None:
        """A day already set may have passed by itself; a new one may not."""
        due_on = data.get("due_on")
        if due_on and due_on < self.today and self._is_new("due_on"):
            self.add_error("due_on", PASSED)
        closes_at = self.closing(data)
        if closes_at and (closes_at != self.instance.closes_at or self.instance.is_planned):
            self.refuse_past_closing(closes_at)

    def _is_new(self, name) -> bool:
        return name in self.changed_data or self.instance.is_planned

    def _check_order(self, data) -> None:
        opens_on = data.get("opens_on") if "opens_on" in self.fields else self.instance.opens_on
        due_on = data.get("due_on")
        closes_on, meets_on = data.get("closes_on"), data.get("meets_on")
        if opens_on and due_on and due_on < opens_on:
            self.add_error("due_on", "Updates cannot be due before the round opens")
        if due_on and closes_on and closes_on < due_on:
            self.add_error("closes_on", "Answers cannot close before they are due")
        # A round that was reopened may take answers after its meeting.
        last = due_on if self.instance.reopened_reason else (closes_on or due_on)
        if meets_on and last and meets_on < last:
            self.add_error("meets_on", "The Executive cannot meet before answers close")


class ReturnForm(PortalForm):
    """Why an answer goes back to its lead."""

    reason = PlainTextField(
        label="What should change?",
        help_text="The lead sees this above their answer.",
        widget=forms.Textarea(attrs={"rows": 4}),
        required=True,
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    submit_text = "Return it"
    label_size = "s"
    required_text: ClassVar = {"reason": "Say what should change"}


class ReopenForm(ClosingMixin, PortalForm):
    """Why a closed round takes answers again, and until when."""

    reason = PlainTextField(
        label="Why is the round opened again?",
        help_text="Kept with the round.",
        widget=forms.Textarea(attrs={"rows": 3}),
        required=True,
    )
    closes_on = closes_on_field()
    closes_time = closes_time_field(initial="5pm")
    submit_text = "Reopen the round"
    label_size = "s"
    required_text: ClassVar = {"reason": "Say why the round is opened again"}

    def clean(self):
        data = super().clean()
        self.check_closing(data)
        closes_at = self.closing(data)
        if closes_at:
            self.refuse_past_closing(closes_at)
        return data

    @property
    def closes_at(self) -> datetime:
        return self.closing(self.cleaned_data)


class LetInForm(ClosingMixin, PortalForm):
    """Why sections may be answered after their round has closed, which, and until when."""

    sections = forms.MultipleChoiceField(
        label="Which sections may be answered?",
        widget=Checkboxes(css_class="govuk-checkboxes--small"),
    )
    reason = PlainTextField(
        label="Why is it let in late?",
        help_text="Its writers are told by email, and it is kept on record.",
        widget=forms.Textarea(attrs={"rows": 3}),
        required=True,
    )
    closes_on = DayMonthYearField(label="It may be answered until")
    closes_time = TimeOfDayField(
        label="At what time on that day?", help_text="London time, such as 5pm", initial="5pm"
    )
    submit_text = "Let it in"
    label_size = "s"
    required_text: ClassVar = {
        "reason": "Say why it is let in late",
        "sections": "Choose at least one section",
    }

    def __init__(self, *args, round: Round, unsent, **kwargs):
        super().__init__(*args, **kwargs)
        # Proposed is the next working day, at the hour at which the round closed.
        self.initial["closes_on"] = working_day(self.today + ONE_DAY)
        if round.closes_at:
            self.initial["closes_time"] = timezone.localtime(round.closes_at).time()
        self.fields["sections"].choices = [(each.pk, _named(each)) for each in unsent]

    def clean(self):
        data = super().clean()
        self.check_closing(data)
        until = self.closing(data)
        if until:
            self.refuse_past_closing(until)
        return data

    def clean_sections(self):
        return [int(number) for number in self.cleaned_data["sections"]]

    @property
    def until(self) -> datetime:
        return self.closing(self.cleaned_data)


def _named(answer) -> str:
    """A section that was not sent, and how far it is."""
    return f"{answer.heading} (draft)" if answer.is_draft else answer.heading


class LetInNoMoreForm(PortalForm):
    """Which sections may not come late after all."""

    sections = forms.TypedMultipleChoiceField(
        label="Which sections may not be answered any more?",
        widget=Checkboxes(css_class="govuk-checkboxes--small"),
        coerce=int,
    )
    submit_text = "Take it back"
    label_size = "s"
    required_text: ClassVar = {"sections": "Choose at least one section"}

    def __init__(self, *args, late, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["sections"].choices = [(each.pk, each.heading) for each in late]


class RecommendationsForm(PortalForm):
    """What the Executive is asked to agree, and a marker of the text the person started from."""

    text = RichTextField(
        label="Recommendations",
        help_text="Leave it empty where there are none.",
        widget=RichTextWidget(attrs={"rows": 12}),
        required=False,
    )
    marker = forms.CharField(widget=forms.HiddenInput, required=False)
    not_optional: ClassVar = ("text",)
    submit_text = "Save the recommendations"
    label_size = "s"

    def __init__(self, *args, round: Round, typed: str | None = None, **kwargs):
        text = round.recommendations if typed is None else typed
        initial = {"text": text, "marker": round.recommendations_marker}
        super().__init__(*args, initial=initial, **kwargs)
