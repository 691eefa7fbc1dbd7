"""Which figures are too small for the public edition, and which would give one of those away.

Pure: nothing is asked of the database. docs/report.md says the rules in plain English.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from partnerships.quarters import ONE_DAY, Period
from performance.figures import FigureRow
from performance.rolling import RollingYear

NOT_SHOWN = "Not shown: small number"
MOST_NOTES = 3
"""Taken together from a year: three quarters leave the fourth."""


def is_small(value: Decimal | None, threshold: int) -> bool:
    """More than nought and below the threshold, whichever way it counts."""
    return value is not None and 0 < abs(value) < threshold


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


@dataclass(frozen=True)
class PublicRow:
    """What the public can read of one indicator in one report."""

    indicator: str
    previous_year: Period
    current_year: Period
    previous: Decimal | None
    current: Decimal | None
    is_hidden: bool = False
    """Both are kept back for a small number; a value may also be missing."""


def gives_away(
    new_rows: Iterable[PublicRow], earlier_rows: Iterable[PublicRow], *, threshold: int
) -> frozenset[str]:
    """The indicators of which a hidden small number could be worked out, by name.

    Worked out, that is, from what the new rows show together with what earlier public versions
    show: of the same round, or of another whose rolling years are the same or overlap. One of the
    new rows either hides the number, or shows what reveals one that an earlier report hid.
    """
    earlier: dict[str, list[PublicRow]] = {}
    for row in earlier_rows:
        earlier.setdefault(row.indicator, []).append(row)
    return frozenset(
        row.indicator
        for row in new_rows
        if _is_given_away(row, earlier.get(row.indicator, []), threshold)
    )


def _is_given_away(row: PublicRow, earlier: list[PublicRow], threshold: int) -> bool:
    """Whether the row itself is, or lets one of the earlier ones be that was not before."""
    known_before = _known(earlier)
    known = known_before | _known([row])
    if _has_small_part(known, threshold) and not _has_small_part(known_before, threshold):
        return True
    return _reveals(row, known, threshold) or any(
        _reveals(each, known, threshold) and not _reveals(each, known_before, threshold)
        for each in earlier
    )


def _known(rows: Iterable[PublicRow]) -> dict[Period, Decimal]:
    """What is shown of each rolling year, be it as the current or as the previous one."""
    found = {}
    for row in rows:
        for year, value in ((row.previous_year, row.previous), (row.current_year, row.current)):
            if value is not None:
                found[year] = value
    return found


def _reveals(row: PublicRow, known: dict[Period, Decimal], threshold: int) -> bool:
    """Whether a small number of a row that is not shown can be worked out of what is known.

    Every rolling year has twelve months: years that merely overlap give nothing away but by the
    years that they have in common with others, and those are the same years. A year of nought is
    the exception (`_has_small_part`).
    """
    if not row.is_hidden:
        return False
    previous, current = known.get(row.previous_year), known.get(row.current_year)
    change = None if previous is None or current is None else current - previous
    return any(is_small(number, threshold) for number in (previous, current, change))


def _has_small_part(known: dict[Period, Decimal], threshold: int) -> bool:
    """Whether a small number of fewer than twelve months can be worked out of years that overlap.

    They differ by the months at both ends. Where a year of nought says that there was nothing in
    those at one end, the difference is what there was in those at the other.
    """
    noughts = [year for year, value in known.items() if value == 0]
    return any(
        is_small(known[later] - known[earlier], threshold)
        and any(
            nought.encloses(Period(earlier.starts_on, later.starts_on - ONE_DAY))
            or nought.encloses(Period(earlier.ends_on + ONE_DAY, later.ends_on))
            for nought in noughts
        )
        for earlier, later in combinations(sorted(known), 2)
        if later.starts_on <= earlier.ends_on
    )
