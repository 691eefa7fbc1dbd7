"""Indicators with both rolling years and their change, ready to be shown or printed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from partnerships.quarters import MONTHS_IN_A_YEAR, Period

from .change import Change, Judgement, change_between, format_value, judge
from .models import Indicator, Reading
from .rolling import Part, RollingYear, rolling_year


@dataclass(frozen=True)
class FigureRow:
    """One indicator's rolling years to the end of a period, and the change between them."""

    indicator: Indicator
    previous: RollingYear
    current: RollingYear
    change: Change | None
    judgement: Judgement | None
    between: tuple[Part, ...] = ()
    """Readings for twelve months that are neither of the two years but lie in both."""

    @property
    def printed_previous(self) -> str:
        return _printed(self.previous, self.indicator)

    @property
    def printed_current(self) -> str:
        return _printed(self.current, self.indicator)

    @property
    def sources(self) -> tuple[str, ...]:
        """Where the figures of both years come from, the current year's first."""
        return tuple(dict.fromkeys(self.current.sources + self.previous.sources))

    @property
    def is_complete(self) -> bool:
        return self.change is not None


def _printed(year: RollingYear, indicator: Indicator) -> str:
    """The value as it prints, or in words why there is none."""
    if year.value is None:
        return year.statement
    sign = "%" if indicator.kind == Indicator.Kind.PERCENTAGE else ""
    return f"{format_value(year.value)}{sign}"


def figure_rows(
    indicators: Iterable[Indicator],
    period: Period,
    *,
    small_base: int,
    typed: dict[int, list[Part]] | None = None,
    readings: Iterable[Reading] | None = None,
) -> list[FigureRow]:
    """Both rolling years to the end of a period, for each indicator; one query for all.

    None where the caller has read their current `readings`.

    `small_base` is the partnership's; an indicator's own goes before it. `typed` holds figures by
    indicator that have been typed but are not readings yet: they stand in for a reading of the
    same period.
    """
    indicators = list(indicators)
    current_year = period.rolling_year()
    previous_year = current_year.year_before()
    parts: dict[int, list[Part]] = {indicator.pk: [] for indicator in indicators}
    if readings is None:
        current = Reading.objects.current().filter(indicator__in=parts)
        readings = current.within(previous_year.starts_on, current_year.ends_on)
    for reading in readings:
        if reading.indicator_id in parts:
            parts[reading.indicator_id].append(part_of(reading))
    for indicator_id, extra in (typed or {}).items():
        standing_in = {part.period for part in extra}
        kept = [part for part in parts.get(indicator_id, []) if part.period not in standing_in]
        parts[indicator_id] = kept + extra
    return [
        figure_row(indicator, parts[indicator.pk], period, small_base=small_base)
        for indicator in indicators
    ]


def part_of(reading: Reading) -> Part:
    return Part(reading.period, reading.value, reading.is_provisional, reading.source)


def _is_a_year(period: Period) -> bool:
    return period.whole_months and period.month_count == MONTHS_IN_A_YEAR


def figure_row(
    indicator: Indicator, parts: Sequence[Part], period: Period, *, small_base: int
) -> FigureRow:
    """One indicator's rolling years to the end of a period, from its readings of both years.

    Other readings may be among them; what lies outside the two years is left aside.
    """
    current_year = period.rolling_year()
    previous_year = current_year.year_before()
    if indicator.small_base is not None:
        small_base = indicator.small_base
    previous = rolling_year(parts, previous_year, summable=indicator.is_summed)
    current = rolling_year(parts, current_year, summable=indicator.is_summed)
    both = Period(previous_year.starts_on, current_year.ends_on)
    between = tuple(
        part
        for part in parts
        if _is_a_year(part.period)
        and both.encloses(part.period)
        and part.period not in (previous_year, current_year)
    )
    if previous.value is None or current.value is None:
        return FigureRow(indicator, previous, current, None, None, between)
    change = change_between(
        previous.value,
        current.value,
        small_base=Decimal(small_base),
        points=indicator.kind == Indicator.Kind.PERCENTAGE,
    )
    judgement = judge(change, indicator.polarity)
    return FigureRow(indicator, previous, current, change, judgement, between)
