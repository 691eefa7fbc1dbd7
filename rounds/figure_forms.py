"""What is typed in the figures section: a box for each year that is missing, and its question."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.http import QueryDict

from partnerships.forms import PortalForm
from partnerships.quarters import Period
from performance.change import format_value
from performance.doubts import MORE_THAN_ALL, is_more_than_all, least_to_compare
from performance.fields import FigureField
from performance.figures import FigureRow
from performance.rolling import Part, RollingYear
from performance.twelve_months import doubt

from .forms import PageForm
from .models import FigureEntry
from .services import Figure
from .typed_figures import KnownFigures

NONE_TYPED = "Type at least one figure. If you have none, say so on the list"


class FigureForm(PortalForm):
    """One rolling year of one indicator that no reading gives yet."""

    is_right = forms.BooleanField(label="Yes, this is right for all twelve months", required=False)
    asked_about = forms.CharField(widget=forms.HiddenInput, required=False)
    source = forms.CharField(label="Where does it come from?", max_length=200, required=False)
    is_provisional = forms.BooleanField(label="This figure is provisional", required=False)

    label_size = "s"
    field_order = ("value", "is_right", "asked_about", "source", "is_provisional")
    not_optional: ClassVar = ("source",)
    marks_optional = False

    def __init__(
        self, *args, row: FigureRow, year: RollingYear, entry: FigureEntry | None, **kwargs
    ):
        self.row = row
        self.rolling = year
        self.year = year.year
        self.entry = entry
        # What has come in from elsewhere, as a reading, since the page was opened.
        self.come_in = None if entry else year.value
        kwargs["prefix"] = prefix_of(row, year)
        kwargs["initial"] = {
            "value": _plain(entry.value) if entry else "",
            "source": entry.source if entry else str(row.indicator.source or ""),
            "is_provisional": entry.is_provisional if entry else False,
        }
        self.base_fields = self.base_fields | {"value": _figure_field(row, year)}
        super().__init__(*args, **kwargs)
        self.value: Decimal | None = None

    @property
    def heading(self) -> str:
        return f"{self.row.indicator}, {self.year.short}"

    @property
    def shown(self) -> list[BoundField]:
        """The boxes to draw: that it is right can only be said of a figure asked about."""
        hidden = () if self._is_asked_about else ("is_right", "asked_about")
        return [field for field in self if field.name not in hidden]

    @property
    def is_new(self) -> bool:
        """Whether a figure was typed that is not kept yet."""
        return self.value is not None and not (self.entry and self.value == self.entry.value)

    @property
    def is_said_to_be_right(self) -> bool:
        return self._is_asked_about and self.cleaned_data["is_right"]

    def ask_about(self, doubt: str) -> None:
        """Ask whether the figure is right, with a box to say so; it stays as it was typed."""
        said = format_value(self.value)
        self.data = self.data.copy()
        self.data.pop(self.add_prefix("is_right"), None)
        self.data[self.add_prefix("asked_about")] = _plain(self.value)
        self.add_error(
            "value",
            f"{said} is {doubt}. Check that it is for all twelve months, "
            "then change it or tick that it is right",
        )

    def ask_for_any(self) -> None:
        """Ask, at this box, for at least one figure of all."""
        super().add_error("value", NONE_TYPED)

    def add_error(self, field, error):
        """With the figure's name: the summary of a page of figures has many such lines."""
        said = error.messages if isinstance(error, ValidationError) else [error]
        super().add_error(field, [f"{self.heading}: {each}" for each in said])

    @property
    def _is_asked_about(self) -> bool:
        asked_about = self["asked_about"].value()
        return self.value is not None and asked_about == _plain(self.value)

    @property
    def is_filled(self) -> bool:
        return self.value is not None

    def put_into(self, boxes: QueryDict) -> None:
        """Put what was typed for this year in place of what the boxes of a page say of it."""
        for name in map(self.add_prefix, self.fields):
            boxes.pop(name, None)
            if name in self.data:
                boxes.setlist(name, self.data.getlist(name))

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
        if "value" in self.errors:
            return data
        self.value = value = data["value"]
        if value is not None and not data.get("source"):
            self.add_error("source", "Say where the figure comes from")
        if value is None and "source" in self.changed_data and data.get("source"):
            self.add_error("value", "Enter the figure, or clear where it comes from")
        if value is not None and self.come_in is not None:
            self.add_error(
                "value",
                f"{format_value(self.come_in)} has come in while you were typing: "
                "clear this box, and tell the coordinator if yours is right",
            )
        return data


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _figure_field(row: FigureRow, year: RollingYear) -> FigureField:
    indicator = row.indicator
    unit = indicator.unit or (
        "Per cent" if indicator.kind == indicator.Kind.PERCENTAGE else "Figure"
    )
    hint = "All twelve months. "
    hint += "A whole number, such as 1,450." if indicator.is_summed else "A number, such as 4.5."
    if year is row.current and row.previous.value is not None:
        hint += f" Last year it was {row.printed_previous}."
    if indicator.is_summed and year.value is None and year.has_parts:
        hint += f" So far it is {year.statement}."
    return FigureField(
        whole=indicator.is_summed,
        label=f"{unit[:1].upper()}{unit[1:]}, {year.year.long}",
        help_text=hint,
        widget=forms.TextInput(attrs={"class": "govuk-input--width-10", "inputmode": "decimal"}),
    )


def prefix_of(row: FigureRow, year: RollingYear) -> str:
    """The beginning of the names of one year's boxes."""
    return f"{row.indicator.pk}-{'current' if year is row.current else 'previous'}"


class FiguresForm(PageForm):
    """The version of the figures a person started from."""


def figure_forms(known: KnownFigures, posted: Mapping[str, str] | None = None) -> list[FigureForm]:
    """A form for each year that is missing, was typed in this answer, or is being typed now."""
    entries = {(entry.indicator_id, entry.period): entry for entry in known.entries}
    return [
        FigureForm(posted, row=row, year=year, entry=entry)
        for row in known.rows
        for year in (row.previous, row.current)
        for entry in [entries.get((row.indicator.pk, year.year))]
        if year.value is None or entry or (posted or {}).get(f"{prefix_of(row, year)}-value")
    ]


def with_saved_figures(
    known: KnownFigures, typed: Sequence[FigureForm], posted: QueryDict
) -> list[FigureForm]:
    """The forms as typed, and where nothing was typed with what somebody else has saved."""
    both = posted.copy()
    for each in typed:
        if each.entry and not each.is_filled:
            for name, value in each.initial.items():
                both[each.add_prefix(name)] = value or ""
    return figure_forms(known, both)


def ask_about_doubts(typed: Sequence[FigureForm], *, small_base: int) -> bool:
    """Ask about each new figure that is in doubt; says whether there is any."""
    doubts = doubts_of(typed, small_base=small_base)
    for each, found in doubts:
        each.ask_about(found)
    return bool(doubts)


def doubts_of(typed: Sequence[FigureForm], *, small_base: int) -> list[tuple[FigureForm, str]]:
    """Each new figure that looks as if it were not for twelve months, and why.

    One that is said to be right is left alone, and of two years that were both typed now the
    later one is in doubt.
    """
    by_year = {(each.row.indicator.pk, each.year): each for each in typed}
    doubts = []
    for each in typed:
        if not each.is_new or each.is_said_to_be_right or "value" in each.errors:
            continue
        indicator = each.row.indicator
        found = (
            MORE_THAN_ALL
            if is_more_than_all(indicator, each.value)
            else doubt(
                each.value,
                year=each.rolling,
                others=_others(each, by_year),
                least=least_to_compare(indicator, small_base),
            )
        )
        if found:
            doubts.append((each, found))
    return doubts


def _others(form: FigureForm, by_year: Mapping[tuple[int, Period], FigureForm]) -> Iterator[Part]:
    """What is known of other twelve months, as kept or as typed now."""
    row = form.row
    is_current = form.rolling is row.current
    other = row.previous if is_current else row.current
    beside = by_year.get((row.indicator.pk, other.year))
    value = beside.value if beside else other.value
    is_asked_there = beside is not None and beside.is_new and not is_current
    if value is not None and not is_asked_there:
        yield Part(other.year, value, provisional=False, source="")
    yield from reversed(row.between)
