"""Whether a figure typed for twelve months looks as if it were for fewer, or for more.

A quarter's count in the box of a year is about a quarter of what was to be expected. Nothing is
refused for it: a doubt is a question, and whoever typed the figure may know that it is right.
"""

from collections.abc import Iterable
from decimal import Decimal

from partnerships.quarters import MONTHS_IN_A_YEAR

from .change import format_value
from .rolling import Part, RollingYear


def doubt(
    value: Decimal, *, year: RollingYear, others: Iterable[Part], least: Decimal | int
) -> str:
    """What speaks against a figure for this year, as in "less than half of the 1,068 for …".

    It is compared with the months of the year that are in, and with figures for `others`, twelve
    months each. Where both figures are below `least`, half or double says nothing.
    """
    if year.known_months and value < year.known:
        return f"less than the {format_value(year.known)} of the {_months(year)} already"
    if year.known_months:
        expected = year.known * MONTHS_IN_A_YEAR / year.known_months
        far = far_from(value, expected, Decimal(least))
        if far:
            return f"{far} what the {_months(year)} point to, about {format_value(expected, 0)}"
    for other in others:
        far = far_from(value, other.value, Decimal(least))
        if far:
            return f"{far} the {format_value(other.value)} for {other.period.short}"
    return ""


def far_from(value: Decimal, other: Decimal, least: Decimal) -> str:
    """As in "less than half of"; nothing where the two are near, or both too small to say."""
    if max(value, other) < least:
        return ""
    if value * 2 < other:
        return "less than half of"
    return "more than double" if value > other * 2 else ""


def _months(year: RollingYear) -> str:
    one = year.known_months == 1
    return "month that is in" if one else f"{year.known_months} months that are in"
