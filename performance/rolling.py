"""The figure of a rolling year: the sum of the readings it needs, or nothing at all.

The rules are the portal's own (design, "Numbers"). A year is the sum of months, quarters or other
whole-month readings that cover it exactly once, all of them present; or one reading entered for
exactly those twelve months. Where there are both, the sum is printed, since anybody can check it,
and a difference is said. Where a part is missing there is no figure, never a smaller sum. Rates
and percentages are not added up. Sums are made of Decimals, because SQLite adds decimals up as
floats.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from partnerships.quarters import MONTHS_IN_A_QUARTER, MONTHS_IN_A_YEAR, ONE_DAY, Period
from performance.change import format_value


class Basis(StrEnum):
    """What the figure of a year was made from."""

    MONTHS = "months"
    QUARTERS = "quarters"
    MIXED = "mixed"
    WHOLE_YEAR = "whole_year"
    NONE = "none"


@dataclass(frozen=True)
class Part:
    """One current reading of an indicator: its value for a period, in the indicator's unit."""

    period: Period
    value: Decimal
    provisional: bool
    source: str


@dataclass(frozen=True)
class Disagreement:
    """A reading that was entered for a period and is not what its shorter readings add up to."""

    period: Period
    added: Decimal
    entered: Decimal


@dataclass(frozen=True)
class RollingYear:
    """The figure of twelve months, what it rests on, and what is to be said about it.

    `value` is None where the year is incomplete; `missing` then names the gaps, adjacent months
    joined. `provisional` and `sources` are those of the readings the value was made from.
    `entered` is the reading for the year itself, `differs` what the sum is above it (or below).
    `known` is what the readings of shorter periods add up to, over `known_months`, be they all of
    the year or a part of it.
    """

    year: Period
    summable: bool
    basis: Basis
    value: Decimal | None
    missing: tuple[Period, ...]
    provisional: bool
    sources: tuple[str, ...]
    entered: Decimal | None
    disagreements: tuple[Disagreement, ...]
    has_parts: bool
    known: Decimal
    known_months: int

    @property
    def differs(self) -> Decimal | None:
        """The sum of the parts less the reading entered for the year, where they differ."""
        for disagreement in self.disagreements:
            if disagreement.period == self.year:
                return disagreement.added - disagreement.entered
        return None

    @property
    def statement(self) -> str:
        """What a reader must be told in plain words; nothing where there is nothing to say."""
        if self.value is not None:
            return " ".join(self._disagreement_in_words(each) for each in self.disagreements)
        if not self.has_parts:
            return "not yet received"
        if not self.summable:
            return "not yet received: this figure is not added up and needs one for the whole year"
        one_month = len(self.missing) == 1 and self.missing[0].month_count == 1
        gaps = _listed([period.long for period in self.missing])
        return f"incomplete: {gaps} {'is' if one_month else 'are'} missing"

    def _disagreement_in_words(self, disagreement: Disagreement) -> str:
        parts = self.basis if self.basis in (Basis.MONTHS, Basis.QUARTERS) else "parts"
        added, entered = format_value(disagreement.added), format_value(disagreement.entered)
        if disagreement.period == self.year:
            return f"The {parts} add up to {added}; the year was entered as {entered}."
        period = disagreement.period.long
        return f"The {parts} of {period} add up to {added}; it was entered as {entered}."


def rolling_year(parts: Iterable[Part], year: Period, *, summable: bool) -> RollingYear:
    """The figure of these twelve months from the current readings of one indicator.

    Readings that reach outside the year, or that are not whole months, are left aside. Where
    months and longer readings both cover it the shorter ones are added up and any longer one that
    disagrees is reported. The order of the readings makes no difference. Raises ValueError when
    the year is not twelve whole months, or when two readings are for the same period: of those
    only one can be current.
    """
    if not year.whole_months or year.month_count != MONTHS_IN_A_YEAR:
        raise ValueError("A rolling year is twelve whole months.")
    usable = sorted(
        (part for part in parts if part.period.whole_months and year.encloses(part.period)),
        key=lambda part: part.period,
    )
    if len({part.period for part in usable}) < len(usable):
        raise ValueError("Two readings are for the same period.")
    whole = [part for part in usable if part.period == year]
    shorter = [part for part in usable if part.period != year] if summable else []
    tiles, missing = _cover(year, shorter)
    known = sum((tile.value for tile in tiles), Decimal(0))
    known_months = sum(tile.period.month_count for tile in tiles)
    if missing and whole:
        tiles, missing = whole, ()
    is_complete = not missing
    return RollingYear(
        year=year,
        summable=summable,
        basis=_basis(tiles, year) if is_complete else Basis.NONE,
        value=sum((tile.value for tile in tiles), Decimal(0)) if is_complete else None,
        missing=missing,
        provisional=is_complete and any(tile.provisional for tile in tiles),
        sources=tuple(dict.fromkeys(tile.source for tile in tiles)) if is_complete else (),
        entered=whole[0].value if whole else None,
        disagreements=_disagreements(usable, tiles) if is_complete and summable else (),
        has_parts=bool(usable),
        known=known,
        known_months=known_months,
    )


def _cover(year: Period, parts: Sequence[Part]) -> tuple[list[Part], tuple[Period, ...]]:
    """The parts that cover most of the year without overlap, and the gaps they leave.

    The parts come ordered by period, so of two that leave equally little missing the shorter one
    is taken. Worked out from the last month back: when a month is looked at, the best cover of
    what follows it is known.
    """
    months = year.months()
    starts = {month.starts_on: index for index, month in enumerate(months)}
    best: list[tuple[int, list[Part]]] = [(0, [])] * (len(months) + 1)
    for index in reversed(range(len(months))):
        missing, tiles = best[index + 1]
        best[index] = (missing + 1, tiles)
        of_this_month = [part for part in parts if starts[part.period.starts_on] == index]
        for part in of_this_month:
            missing, tiles = best[index + part.period.month_count]
            if missing < best[index][0]:
                best[index] = (missing, [part, *tiles])
    tiles = best[0][1]
    uncovered = [
        month for month in months if not any(tile.period.encloses(month) for tile in tiles)
    ]
    return tiles, _joined(uncovered)


def _joined(months: Sequence[Period]) -> tuple[Period, ...]:
    """Months in order, those that follow one another joined to one period."""
    joined: list[Period] = []
    for month in months:
        if joined and joined[-1].ends_on + ONE_DAY == month.starts_on:
            joined[-1] = Period(joined[-1].starts_on, month.ends_on)
        else:
            joined.append(month)
    return tuple(joined)


def _basis(tiles: Sequence[Part], year: Period) -> Basis:
    lengths = {tile.period.month_count for tile in tiles}
    if tiles[0].period == year:
        return Basis.WHOLE_YEAR
    if lengths == {1}:
        return Basis.MONTHS
    return Basis.QUARTERS if lengths == {MONTHS_IN_A_QUARTER} else Basis.MIXED


def _disagreements(parts: Sequence[Part], tiles: Sequence[Part]) -> tuple[Disagreement, ...]:
    """The readings not added up whose period the added ones cover exactly, with another sum."""
    found: list[Disagreement] = []
    for part in parts:
        inside = [tile for tile in tiles if part.period.encloses(tile.period)]
        if part in tiles or not inside:
            continue
        covered = Period(inside[0].period.starts_on, inside[-1].period.ends_on)
        added = sum((tile.value for tile in inside), Decimal(0))
        if covered == part.period and added != part.value:
            found.append(Disagreement(part.period, added, part.value))
    return tuple(found)


def _listed(phrases: Sequence[str]) -> str:
    """As in "a", "a and b", "a, b and c"."""
    *others, last = phrases
    return f"{', '.join(others)} and {last}" if others else last
