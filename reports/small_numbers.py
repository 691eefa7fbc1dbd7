"""Which figures are too small for the public edition, and which would give one of those away.

Pure: nothing is asked of the database. docs/report.md says the rules in plain English.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from partnerships.quarters import ONE_DAY, Period
from performance.figures import FigureRow
from performance.rolling import RollingYear

NOT_SHOWN = "Not shown: small number"


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
    """The value of a year, and the numbers of the note that readings disagree."""
    if year.value is None:
        return
    yield year.value
    for each in year.disagreements:
        yield from (each.added, each.entered, each.added - each.entered)


@dataclass(frozen=True)
class PublicRow:
    """What the public can read of one indicator in one report: no value where none is shown."""

    indicator: str
    previous_year: Period
    current_year: Period
    previous: Decimal | None
    current: Decimal | None


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
    both = [row, *earlier]
    known, known_before = _Known(both), _Known(earlier)
    for each in both:
        found = known.small(each, threshold)
        if found and (each is row or not known_before.small(each, threshold)):
            return True
    return False


class _Known:
    """Running totals from day to day, as far as shown values tie them together.

    A value of a year says how far the total of its last day is above that of the day before its
    first. Any two days tied by a chain of such years have a difference that can be worked out.
    """

    def __init__(self, rows: Iterable[PublicRow]) -> None:
        self._totals: dict[date, tuple[int, Decimal]] = {}
        """Of a day: which chain it is in, and the total in it."""
        for number, row in enumerate(rows):
            self._tie(row.previous_year, row.previous, 2 * number)
            self._tie(row.current_year, row.current, 2 * number + 1)

    def _tie(self, year: Period, value: Decimal | None, new_chain: int) -> None:
        if value is None:
            return
        start, end = year.starts_on, year.ends_on + ONE_DAY
        chain, before = self._totals.setdefault(start, (new_chain, Decimal(0)))
        other = self._totals.get(end)
        if other is None:
            self._totals[end] = (chain, before + value)
        elif other[0] != chain:
            shift = before + value - other[1]
            for day, (each, total) in self._totals.items():
                if each == other[0]:
                    self._totals[day] = (chain, total + shift)

    def _value(self, year: Period) -> Decimal | None:
        start = self._totals.get(year.starts_on)
        end = self._totals.get(year.ends_on + ONE_DAY)
        if start is None or end is None or start[0] != end[0]:
            return None
        return end[1] - start[1]

    def small(self, row: PublicRow, threshold: int) -> bool:
        """Whether a small number of a row that does not show it can be worked out."""
        if row.previous is not None and row.current is not None:
            return False
        previous, current = self._value(row.previous_year), self._value(row.current_year)
        known = previous is not None and current is not None
        change = current - previous if known else None  # type: ignore[operator]
        return any(is_small(number, threshold) for number in (previous, current, change))
