"""Which figures are too small for the public edition.

Pure: nothing is asked of the database. docs/report.md says the rules in plain English.
"""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import combinations

from performance.figures import FigureRow
from performance.rolling import RollingYear

NOT_SHOWN = "Not shown: small number"
MOST_NOTES = 3
"""Taken together from a year: three quarters leave the fourth."""


def is_small(value: Decimal | Fraction | int, threshold: int) -> bool:
    """More than nought and below the threshold, whichever way it counts."""
    return value != 0 and -threshold < value < threshold


def has_small_number(row: FigureRow, threshold: int) -> bool:
    """Whether a count, its change, or anything that would stand beside them is small.

    Rates and percentages are not counts of people, and are never small.
    """
    if not row.indicator.is_summed:
        return False
    change = [row.change.difference] if row.change else []
    numbers = [*_numbers(row.previous), *_numbers(row.current), *change]
    return any(is_small(number, threshold) for number in numbers)


def _numbers(year: RollingYear) -> Iterator[Decimal]:
    """The value of a year, the numbers of its notes, and what they leave of the year."""
    if year.value is None:
        return
    yield year.value
    for each in year.disagreements:
        yield from (each.added, each.entered, each.added - each.entered)
    for count in range(1, min(len(year.disagreements), MOST_NOTES) + 1):
        for told in combinations(year.disagreements, count):
            yield year.value - sum(each.added for each in told)
