"""What is typed of one reading: its figure, its correction, and why it is taken back."""

from collections.abc import Sequence
from datetime import date
from typing import ClassVar

from django import forms

from documents.forms import PlainTextField
from partnerships.forms import PortalForm, Radios
from partnerships.quarters import (
    MONTHS_IN_A_YEAR,
    Period,
    Quarter,
    add_months,
    month_end,
)

from .change import format_value
from .doubts import doubt_about, readings_near
from .fields import FigureField, MonthYearField
from .models import Indicator, Reading

MONTH, QUARTER, YEAR = "month", "quarter", "year"
MONTHS_IN = {MONTH: 1, QUARTER: 3, YEAR: MONTHS_IN_A_YEAR}
LENGTHS = {
    MONTH: "A month",
    QUARTER: "A quarter",
    YEAR: "Twelve months",
}
PROVISIONAL = "This figure is provisional"
SOURCE = "Where does it come from?"
SAY_SOURCE = "Say where the figure comes from"
WHY = "Why is it corrected?"
NOT_OVER = "This period is not over yet: enter it once it is"
QUARTER_ENDS = "A quarter ends in March, June, September or December"


def figure_field(indicator: Indicator, **kwargs) -> FigureField:
    """A box for one figure of an indicator."""
    unit = indicator.unit or (
        "Per cent" if indicator.kind == Indicator.Kind.PERCENTAGE else "Figure"
    )
    example = "A whole number, such as 1,450." if indicator.is_summed else "A number, such as 4.5."
    return FigureField(
        whole=indicator.is_summed,
        **{
            "label": f"{unit[:1].upper()}{unit[1:]}",
            "help_text": example,
            "widget": forms.TextInput(
                attrs={"class": "govuk-input--width-10", "inputmode": "decimal"}
            ),
        }
        | kwargs,
    )


def typed_value(value) -> str:
    """A figure as it stands in its box: 4.5, 1450."""
    return f"{value.normalize():f}"


class SureMixin(forms.Form):
    """Asks about a surprising figure, and takes it once the person says that it is right.

    The tick is for the figure that was asked about, and for no other typed after it.
    """

    is_sure = forms.BooleanField(label="Yes, this is right", required=False)
    asked_about = forms.CharField(widget=forms.HiddenInput, required=False)

    def ask_about(self, period: Period | None, value, near: Sequence[Reading] | None = None):
        """Ask about the figure where it is odd; where it is not there is nothing to tick."""
        doubt = ""
        if period is not None and value is not None:
            near = readings_near(self.indicator, [period]) if near is None else near
            small_base = self.indicator.partnership.small_base
            doubt = doubt_about(self.indicator, period, value, near, small_base=small_base)
        if not doubt:
            self.ask_nothing()
            return
        asked = f"{period.ends_on} {period.starts_on} {typed_value(value)}"
        is_said = self.cleaned_data.get("is_sure") and self.cleaned_data["asked_about"] == asked
        if not is_said:
            self.data = self.data.copy()
            self.data.pop(self.add_prefix("is_sure"), None)
            self.data[self.add_prefix("asked_about")] = asked
            self.add_error(
                "value",
                f"{format_value(value)} is {doubt}. Check it, "
                "then change it or tick that it is right",
            )

    def ask_nothing(self):
        del self.fields["is_sure"], self.fields["asked_about"]


class ReadingForm(SureMixin, PortalForm):
    """The first reading of a period."""

    length = forms.ChoiceField(
        label="What does it cover?", choices=list(LENGTHS.items()), widget=Radios()
    )
    ends_in = MonthYearField(
        label="Last month of that time",
        help_text="Of the quarter July to September 2023 it is 9 2023.",
    )
    source = forms.CharField(label=SOURCE, max_length=200)
    is_provisional = forms.BooleanField(label=PROVISIONAL, required=False)

    submit_text = "Save the figure"
    label_size = "s"
    field_order = (
        "length",
        "ends_in",
        "value",
        "is_sure",
        "asked_about",
        "source",
        "is_provisional",
    )
    not_optional: ClassVar = ("ends_in", "value")
    required_text: ClassVar = {
        "length": "Choose what the figure covers",
        "source": SAY_SOURCE,
    }

    def __init__(self, *args, indicator: Indicator, today: date, **kwargs):
        self.indicator, self.today = indicator, today
        self.base_fields = self.base_fields | {"value": figure_field(indicator)}
        super().__init__(*args, **kwargs)
        if not indicator.is_summed:
            self.fields["length"].widget.hints = {
                YEAR: "What the pages and the report show: this figure is not added up."
            }
        if not self.is_bound:
            self.ask_nothing()

    @property
    def period(self) -> Period | None:
        """What was chosen and typed, as far as it can be read."""
        length = self.cleaned_data.get("length")
        ends_in = self.cleaned_data.get("ends_in")
        if not length or not ends_in:
            return None
        return Period(add_months(ends_in, 1 - MONTHS_IN[length]), month_end(ends_in))

    def clean(self):
        data = super().clean()
        period = self.period
        if period and period.ends_on >= self.today:
            self.add_error("ends_in", forms.ValidationError(NOT_OVER, params=_month_and_year()))
        elif period and data["length"] == QUARTER and not _is_quarter(period):
            problem = forms.ValidationError(QUARTER_ENDS, params={"parts": ("month",)})
            self.add_error("ends_in", problem)
        if "value" in data and data["value"] is None:
            self.add_error("value", "Enter the figure")
        self.ask_about(period, data.get("value"))
        return data

    def reading(self) -> Reading:
        data, period = self.cleaned_data, self.period
        return Reading(
            partnership_id=self.indicator.partnership_id,
            indicator=self.indicator,
            period_starts_on=period.starts_on,
            period_ends_on=period.ends_on,
            value=data["value"],
            source=data["source"],
            is_provisional=data["is_provisional"],
        )


def _month_and_year() -> dict:
    return {"parts": ("month", "year")}


def _is_quarter(period: Period) -> bool:
    return Quarter.containing(period.starts_on).period == period


class CorrectionForm(SureMixin, PortalForm):
    """Another value, source or standing of a reading, and why."""

    source = forms.CharField(label=SOURCE, max_length=200)
    is_provisional = forms.BooleanField(label=PROVISIONAL, required=False)
    reason = PlainTextField(
        label=WHY,
        help_text="Everybody who reads the figures sees this beside the old one.",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    submit_text = "Save the correction"
    label_size = "s"
    field_order = ("value", "is_sure", "asked_about", "source", "is_provisional", "reason")
    not_optional: ClassVar = ("value", "reason")
    required_text: ClassVar = {"source": SAY_SOURCE}

    def __init__(self, *args, reading: Reading, **kwargs):
        self.reading, self.indicator = reading, reading.indicator
        self.base_fields = self.base_fields | {"value": figure_field(reading.indicator)}
        kwargs["initial"] = {
            "value": typed_value(reading.value),
            "source": reading.source,
            "is_provisional": reading.is_provisional,
        } | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            self.ask_nothing()

    def clean(self):
        data = super().clean()
        value = data.get("value")
        if "value" in data and value is None:
            self.add_error("value", "Enter the figure. To have none, take it back instead")
        if not self.errors:
            self._ask_why(data)
        self.ask_about(self.reading.period, value if value != self.reading.value else None)
        return data

    def _ask_why(self, data) -> None:
        """A provisional figure that becomes final as it is needs no reason."""
        before = self.reading
        is_same = (data["value"], data["source"]) == (before.value, before.source)
        if is_same and data["is_provisional"] == before.is_provisional:
            self.add_error("value", "This is the figure that stands. Change it, or leave the page")
        elif not data["reason"] and not (is_same and before.is_provisional):
            self.add_error("reason", "Say why the figure is corrected")


class TakeBackForm(PortalForm):
    """Why a reading is taken back."""

    reason = PlainTextField(
        label="Why is it taken back?",
        help_text="Kept with the figure.",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        required=True,
    )
    submit_text = "Take it back"
    label_size = "s"
    required_text: ClassVar = {"reason": "Say why it is taken back"}
