"""What somebody knows who has read every public version of the reports.

They are taken to know which figures are parts of which total and whether they make it up, to hold
for unchanged what was not seen to change, and to be able to solve equations. Every count is the
sum of its months, and none is negative. docs/adr/0023 says why it is done like this.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from itertools import chain, pairwise
from typing import NamedTuple

from partnerships.quarters import ONE_DAY, Period

from .equations import Equations, Number


@dataclass(frozen=True)
class Version:
    """What is true of the figures of one public version, and what can be read of them."""

    years: tuple[Period, Period]
    """The previous and the current one."""
    values: Mapping[tuple[int, Period], Decimal | None]
    """By figure and year, or what part of one a note tells; None where it was not received. A year
    that is left out is as in the latest version that has it."""
    shown: frozenset[int]
    """The figures whose numbers it prints."""
    secret: frozenset[int]
    """Those whose numbers must not be worked out, where they are not shown."""
    is_new: bool = False
    """Whether it is still to be published, so that more of it can be hidden."""


class Value(NamedTuple):
    """A count of a period that was printed, mostly a year, and its true number.

    Where it was corrected there are two of the same period. Where it was not, it is one and the
    same in all versions: what is read of it in one holds in the others.
    """

    figure: int
    period: Period
    number: Decimal
    is_rest: bool = False
    """Whether it is only what a total counts that none of its parts does."""


class Piece(NamedTuple):
    """A count of a stretch of time of which years are made."""

    figure: int
    period: Period
    is_rest: bool


Unknown = Value | Piece


class Reader:
    """Somebody who knows what counts are made of, and can solve equations."""

    def __init__(self, total_of: Mapping[int, int], versions: Sequence[Version]) -> None:
        self._sums: dict[tuple[Value, ...], None] = {}
        """A total and all that it is made of."""
        self._standing: dict[tuple[int, bool, Period], Value] = {}
        """The latest of each count and period: what was corrected since is not made of the same
        months."""
        parts_of: defaultdict[int, list[int]] = defaultdict(list)
        for part, total in sorted(total_of.items()):
            parts_of[total].append(part)
        for version in versions:
            sums = list(_sums(version, parts_of))
            self._sums |= dict.fromkeys(sums)
            figures = {figure for figure, _ in version.values}
            for value in (*values_of(version, figures), *chain.from_iterable(sums)):
                self._standing[value.figure, value.is_rest, value.period] = value
        self._years = {year for version in versions for year in version.years}
        periods = {period for *_, period in self._standing}
        ends = {day for each in periods for day in (each.starts_on, each.ends_on + ONE_DAY)}
        self._pieces = [Period(start, end - ONE_DAY) for start, end in pairwise(sorted(ends))]

    def solves(self, *read: Iterable[Value]) -> Equations:
        """What follows from the values that are read, those that come first before the others."""
        equations = Equations(by=lambda unknown: isinstance(unknown, Value))
        for values in read:
            for value in sorted(values):
                equations.add({value: 1}, _exact(value.number), frozenset([value]))
        for total, *parts in self._sums:
            equations.add({total: 1} | dict.fromkeys(parts, -1), 0)
        for value in self._standing.values():
            if value.period not in self._years:
                self._divide(value, equations)
        self._follow_noughts(equations)
        return equations

    def _follow_noughts(self, equations: Equations) -> None:
        """Where counts add up to nought, each of them is, and every month of it.

        Rolling years tell nothing of the months that they have in common, each having a month that
        no other has. They do where a year of nought, or a note, says what there was in those.
        """
        followed: set[Unknown] = set()
        while noughts := [
            (each, row.sources)
            for row in equations
            if row.result == 0 and row.only_adds
            for each in row.factors
            if each not in followed
        ]:
            for each, sources in noughts:
                followed.add(each)
                equations.add({each: 1}, 0, sources)
                if isinstance(each, Value) and self._stands(each):
                    for piece in self._pieces_of(each):
                        equations.add({piece: 1}, 0, sources)
                    self._divide(each, equations)

    def _divide(self, one: Value, equations: Equations) -> None:
        """Say of what pieces the periods of the same count are made."""
        for value in self._standing.values():
            if value.figure == one.figure and value.is_rest == one.is_rest:
                equations.add({value: 1} | dict.fromkeys(self._pieces_of(value), -1), 0)

    def _pieces_of(self, value: Value) -> list[Piece]:
        return [
            Piece(value.figure, each, value.is_rest)
            for each in self._pieces
            if value.period.encloses(each)
        ]

    def _stands(self, value: Value) -> bool:
        return self._standing[value.figure, value.is_rest, value.period] == value


def values_of(version: Version, figures: Collection[int]) -> Iterator[Value]:
    """Those that were received."""
    for (figure, period), number in version.values.items():
        if figure in figures and number is not None:
            yield Value(figure, period, number)


def completed(versions: Sequence[Version]) -> list[Version]:
    """What a version does not have of its years, as the latest has it that does."""
    latest: dict[tuple[int, Period], Decimal | None] = {}
    for version in versions:
        latest |= version.values
    return [
        replace(
            version,
            values={key: value for key, value in latest.items() if key[1] in version.years}
            | dict(version.values),
        )
        for version in versions
    ]


def _sums(version: Version, parts_of: Mapping[int, Sequence[int]]) -> Iterator[tuple[Value, ...]]:
    """Each total with its parts, and with the rest where they do not make it up."""
    for (total, period), number in version.values.items():
        parts = [each for each in parts_of.get(total, ()) if (each, period) in version.values]
        if number is None or not parts:
            continue
        known = [
            Value(part, period, value)
            for part in parts
            if (value := version.values[part, period]) is not None
        ]
        rest = number - sum((each.number for each in known), Decimal(0))
        are_all = len(known) == len(parts)
        others = [] if are_all and not rest else [Value(total, period, rest, is_rest=True)]
        yield (Value(total, period, number), *known, *others)


def _exact(number: Decimal) -> Number:
    return int(number) if number == int(number) else Fraction(number)
