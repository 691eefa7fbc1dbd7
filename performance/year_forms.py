"""What is typed of a year's readings at once: the four quarters that an analyst is sent."""

from datetime import date
from typing import ClassVar

from django import forms
from django.http import QueryDict

from documents.forms import PlainTextField
from partnerships.forms import PortalForm
from partnerships.quarters import Period, Quarter, financial_year_label

from .change import format_value
from .doubts import readings_near
from .models import Indicator, Reading
from .reading_forms import YEAR, SureMixin, figure_field, typed_value
from .services import marker_of_readings


class YearForm(PortalForm):
    """Of a year's figures: where they come from, why those that stand are corrected."""

    source = forms.CharField(label="Where do they come from?", max_length=200, required=False)
    reason = PlainTextField(
        label="Why are figures corrected?",
        help_text="Asked only where you change a figure that was entered before.",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    marker = forms.CharField(widget=forms.HiddenInput, required=False)
    label_size = "s"
    not_optional: ClassVar = ("source", "reason")


class PartForm(SureMixin, PortalForm):
    """One of a year's figures: of a quarter, or of twelve months to the end of one."""

    is_provisional = forms.BooleanField(label="Provisional", required=False)
    label_size = "s"
    field_order = ("value", "is_sure", "asked_about", "is_provisional")
    not_optional: ClassVar = ("value",)

    def __init__(self, *args, indicator: Indicator, period: Period, standing, near, **kwargs):
        self.indicator, self.period, self.standing, self.near = indicator, period, standing, near
        self.base_fields = self.base_fields | {
            "value": figure_field(indicator, label=period.long, help_text=self._hint(standing))
        }
        kwargs["initial"] = {
            "value": typed_value(standing.value) if standing else "",
            "is_provisional": bool(standing and standing.is_provisional),
        }
        super().__init__(*args, prefix=f"{period.ends_on:%Y-%m}", **kwargs)
        if not self.is_bound:
            self.ask_nothing()

    def add_error(self, field, error):
        """With the period: the summary of a page of figures has many such lines."""
        said = error.messages if isinstance(error, forms.ValidationError) else [error]
        super().add_error(field, [f"{self.period.long}: {each}" for each in said])

    @staticmethod
    def _hint(standing: Reading | None) -> str:
        return f"{format_value(standing.value)}, {standing.source}" if standing else ""

    @property
    def is_new_or_changed(self) -> bool:
        data = self.cleaned_data
        if data.get("value") is None:
            return False
        said = (data["value"], data["is_provisional"])
        before = self.standing
        return before is None or said != (before.value, before.is_provisional)

    @property
    def is_corrected(self) -> bool:
        """Whether a figure that was entered before gets another value, or is no longer final."""
        data, before = self.cleaned_data, self.standing
        return (
            before is not None
            and self.is_new_or_changed
            and (data["value"] != before.value or data["is_provisional"])
        )

    def clean(self):
        data = super().clean()
        value = data.get("value")
        if self.standing and "value" in data and value is None:
            self.add_error(
                "value", "A figure stands here. To have none, take it back on the figure's page"
            )
        if value is None and data.get("is_provisional") and "value" not in self.errors:
            self.add_error("value", "Enter the figure, or take the tick away")
        is_same = self.standing is not None and value == self.standing.value
        self.ask_about(self.period, None if is_same else value, self.near)
        return data

    def reading(self, source: str, reason: str) -> Reading:
        data = self.cleaned_data
        return Reading(
            partnership_id=self.indicator.partnership_id,
            indicator=self.indicator,
            period_starts_on=self.period.starts_on,
            period_ends_on=self.period.ends_on,
            value=data["value"],
            source=source or self.standing.source,
            is_provisional=data["is_provisional"],
            reason=reason if self.is_corrected else "",
        )


class YearOfReadings:
    """The forms of one financial year: four figures, and what is said of all of them.

    `each` is a quarter, or twelve months to the end of each quarter.
    """

    def __init__(self, data, *, indicator: Indicator, year: int, each: str, today: date):
        self.indicator, self.year, self.each = indicator, year, each
        quarters = [Quarter(year, number).period for number in (1, 2, 3, 4)]
        periods = [q.rolling_year() for q in quarters] if each == YEAR else quarters
        self.periods = [period for period in periods if period.ends_on < today]
        self.later = [period for period in periods if period.ends_on >= today]
        near = readings_near(indicator, periods)
        standing = {reading.period: reading for reading in near}
        self.parts = [
            PartForm(
                data,
                indicator=indicator,
                period=period,
                standing=standing.get(period),
                near=near,
            )
            for period in self.periods
        ]
        shown = [standing[period] for period in self.periods if period in standing]
        source = shown[-1].source if shown else str(indicator.source or "")
        self.marker = marker_of_readings(shown)
        self.head = YearForm(data, initial={"source": source, "marker": self.marker})
        if not shown:
            # Nothing stands that could be corrected.
            del self.head.fields["reason"]
        self.forms = [*self.parts, self.head]

    @property
    def label(self) -> str:
        return financial_year_label(self.year)

    @property
    def is_behind(self) -> bool:
        """Whether somebody has entered or corrected one of these since the page was opened."""
        return self.head.is_bound and self.head["marker"].data != self.marker

    @property
    def has_errors(self) -> bool:
        return any(form.errors for form in self.forms)

    def brought_up(self) -> QueryDict:
        """What was typed, with what stands now where nothing was, to be looked over again."""
        both = self.head.data.copy()
        both["marker"] = self.marker
        for part in self.parts:
            if part.standing and not part["value"].data:
                for name, value in part.initial.items():
                    both[part.add_prefix(name)] = value or ""
        return both

    def is_valid(self) -> bool:
        valid = [form.is_valid() for form in self.forms]
        if not all(valid):
            return False
        changed = [part for part in self.parts if part.is_new_or_changed]
        data = self.head.cleaned_data
        if not changed:
            self.parts[0].add_error("value", "Enter or change at least one figure")
        elif not data["source"]:
            self.head.add_error("source", "Say where the figures come from")
        if any(part.is_corrected for part in changed) and not data.get("reason"):
            self.head.add_error("reason", "Say why figures that were entered before are corrected")
        return not any(form.errors for form in self.forms)

    def readings(self) -> list[Reading]:
        data = self.head.cleaned_data
        return [
            part.reading(data["source"], data.get("reason", ""))
            for part in self.parts
            if part.is_new_or_changed
        ]
