"""What looks like a slip of the finger in a reading: it is asked about, and never refused.

A figure for twelve months is looked at as in the figures section (`twelve_months.py`). A shorter
one is compared with that of the same length a year before, or else with the nearest of its length.
"""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

from partnerships.quarters import MONTHS_IN_A_YEAR, Period

from .change import format_value
from .models import Indicator, Reading
from .rolling import Part, rolling_year
from .twelve_months import doubt, far_from

LOOKED_AROUND = timedelta(days=2 * 366)
MORE_THAN_ALL = "more than 100 per cent"


def readings_near(indicator: Indicator, periods: Iterable[Period]) -> list[Reading]:
    """The current readings that figures of these periods may be compared with; one query."""
    periods = list(periods)
    first = min(period.starts_on for period in periods) - LOOKED_AROUND
    last = max(period.ends_on for period in periods) + LOOKED_AROUND
    return list(indicator.readings.current().within(first, last))


def doubt_about(
    indicator: Indicator,
    period: Period,
    value: Decimal,
    near: Iterable[Reading],
    *,
    small_base: int,
) -> str:
    """What speaks against a figure, as in "more than double the 1,704 for Jul to Sep 2022".

    Nothing where nothing does. `small_base` is the partnership's.
    """
    if is_more_than_all(indicator, value):
        return MORE_THAN_ALL
    parts = [
        Part(reading.period, reading.value, reading.is_provisional, reading.source)
        for reading in near
        if reading.period != period and reading.period.whole_months
    ]
    least = Decimal(least_to_compare(indicator, small_base))
    other = _compared_with(period, parts)
    if period.month_count == MONTHS_IN_A_YEAR:
        year = rolling_year(parts, period, summable=indicator.is_summed)
        return doubt(value, year=year, others=[other] if other else [], least=least)
    far = far_from(value, other.value, least) if other else ""
    return f"{far} the {format_value(other.value)} for {other.period.short}" if far else ""


def is_more_than_all(indicator: Indicator, value: Decimal) -> bool:
    return indicator.kind == Indicator.Kind.PERCENTAGE and value > 100


def least_to_compare(indicator: Indicator, small_base: int) -> int:
    """Small counts jump about; a rate or percentage is not small for being below the base."""
    if not indicator.is_summed:
        return 0
    return small_base if indicator.small_base is None else indicator.small_base


def _compared_with(period: Period, parts: Iterable[Part]) -> Part | None:
    alike = [part for part in parts if part.period.month_count == period.month_count]
    year_before = period.year_before()
    return min(
        alike,
        key=lambda part: (
            part.period != year_before,
            abs(part.period.ends_on - period.ends_on),
            part.period,
        ),
        default=None,
    )
