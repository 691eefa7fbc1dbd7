"""What can be worked out from the public versions of reports, and what must be hidden therefore.

Pure: nothing is asked of the database. docs/report.md says in plain English what is hidden,
docs/adr/0023 why it is worked out like this.

The reader is taken to have every public version, to know which figures are parts of which total
and whether they make it up, to hold for unchanged what was not seen to change, and to be able to
solve equations. Every count is the sum of its months, and none is negative.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from itertools import chain, pairwise
from typing import NamedTuple

from partnerships.quarters import ONE_DAY, Period

from .equations import Equations, Number, Sources
from .small_numbers import is_small


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


@dataclass(frozen=True)
class Secondary:
    """What must be hidden for the sake of other numbers."""

    hidden: Mapping[int, int | None]
    """Each figure, and the total beside which a number would follow; None where it would beside
    other years of the figure itself."""
    given_away: frozenset[int]
    """Figures whose numbers follow all the same, from what was published earlier."""


def to_hide(
    total_of: Mapping[int, int], versions: Sequence[Version], *, threshold: int
) -> Secondary:
    """Hide one figure after another, until nothing that is hidden follows from what is shown.

    `total_of` has the total of each part. The latest of the versions is the last: the new one as
    it prints, and before it the same where a note tells that other values were entered. A figure
    that is hidden is hidden in both years.
    """
    hidden: dict[int, int | None] = {}
    given_away: set[int] = set()
    for tree in _trees(total_of, versions):
        found = _to_hide_in_one(total_of, tree, threshold)
        hidden |= found.hidden
        given_away |= found.given_away
    return Secondary(hidden, frozenset(given_away))


def _trees(total_of: Mapping[int, int], versions: Sequence[Version]) -> Iterator[list[Version]]:
    """The versions of every total with all that is part of it: one tells nothing of another."""
    trees: defaultdict[int, set[int]] = defaultdict(set)
    for figure in {figure for version in versions for figure, _ in version.values}:
        trees[[figure, *_totals(total_of, figure)][-1]].add(figure)
    for tree in trees.values():
        yield [
            replace(
                version,
                values={key: value for key, value in version.values.items() if key[0] in tree},
                shown=version.shown & tree,
                secret=version.secret & tree,
            )
            for version in versions
        ]


def _totals(total_of: Mapping[int, int], figure: int) -> Iterator[int]:
    """The total that a figure is part of, the total of that, and so on."""
    while (total := total_of.get(figure)) is not None:
        yield total
        figure = total


def _to_hide_in_one(
    total_of: Mapping[int, int], versions: Sequence[Version], threshold: int
) -> Secondary:
    public = _Public(total_of, versions, threshold)
    hidden: dict[int, int | None] = {}
    while True:
        leaks = list(public.leaks(hidden))
        mended = next((leak for leak in leaks if leak.choices), None)
        if mended is None:
            return Secondary(hidden, frozenset(each for leak in leaks for each in leak.told))
        hidden[mended.choices[0]] = public.total_beside(mended)


class _Value(NamedTuple):
    """A count of a period that was printed, mostly a year, and its true number.

    Where it was corrected there are two of the same period. Where it was not, it is one and the
    same in all versions: what is read of it in one holds in the others.
    """

    figure: int
    period: Period
    number: Decimal
    is_rest: bool = False
    """Whether it is only what a total counts that none of its parts does."""


class _Piece(NamedTuple):
    """A count of a stretch of time of which years are made."""

    figure: int
    period: Period
    is_rest: bool


Unknown = _Value | _Piece


@dataclass(frozen=True)
class _Leak:
    """Numbers that follow from others."""

    figures: frozenset[int]
    """Whose numbers they are."""
    told: frozenset[int]
    """Those that the new version hides."""
    read: Sources
    """The values that it is worked out from."""
    choices: tuple[int, ...]
    """The figures that can be hidden for it, the best first."""


class _Public:
    """What everybody can read without the new version, and what follows once it is out."""

    def __init__(
        self, total_of: Mapping[int, int], versions: Sequence[Version], threshold: int
    ) -> None:
        self._total_of = total_of
        self._threshold = threshold
        self._versions = _completed(versions)
        self._reader = _Reader(total_of, self._versions)
        self._before = self._shown(is_new=False)
        self._new = self._shown(is_new=True) - self._before
        solved = self._reader.solves(self._before)
        self._known = {each for each in self._new if solved.answer(each)}

    def leaks(self, hidden: Collection[int]) -> Iterator[_Leak]:
        """Every number that follows and must not, with these figures hidden in the new version."""
        new = {each for each in self._new if each.figure not in hidden}
        solved = self._reader.solves(self._before, new)
        for row in solved:
            if row.only_adds and self._is_small(row.result):
                yield self._leak(row.factors, row.sources, hidden)
        for value in sorted(self._secret(hidden) - self._before - new):
            if answer := solved.answer(value):
                yield self._leak([value], answer.sources, hidden)
        for years in sorted(self._small_changes(hidden)):
            previous, current = map(solved.answer, years)
            if previous and current:
                yield self._leak(years, previous.sources | current.sources, hidden)

    def total_beside(self, leak: _Leak) -> int | None:
        """The total beside which a number would follow, unless the first choice is hidden.

        None where it would from other years of the same figure.
        """
        chosen = leak.choices[0]
        figures = leak.figures | {each.figure for each in leak.read}
        beside = next((each for each in _totals(self._total_of, chosen) if each in figures), chosen)
        return None if figures == {chosen} else beside

    def _is_small(self, number: Decimal | Number) -> bool:
        return is_small(number, self._threshold)

    def _leak(self, unknowns: Iterable[Unknown], read: Sources, hidden: Collection[int]) -> _Leak:
        unknowns = frozenset(unknowns)
        told = unknowns & self._secret(hidden, of_new_alone=True)
        can_hide = sorted((read & self._new) - self._known, key=self._loss)
        return _Leak(
            figures=frozenset(each.figure for each in unknowns),
            told=frozenset(each.figure for each in told),
            read=read,
            choices=tuple(each.figure for each in can_hide),
        )

    def _loss(self, value: _Value) -> tuple[bool, Decimal, int, int]:
        """What the reader loses where it is hidden; the least comes first.

        That is the smaller number, and a part before its total. Noughts come last and the total
        of them first: to hide a part that is nought hides nothing.
        """
        depth = len([*_totals(self._total_of, value.figure)])
        return value.number == 0, value.number, -depth if value.number else depth, value.figure

    def _shown(self, *, is_new: bool) -> set[_Value]:
        versions = [each for each in self._versions if each.is_new == is_new]
        return {value for each in versions for value in _values(each, each.shown)}

    def _secret(self, hidden: Collection[int], *, of_new_alone: bool = False) -> set[_Value]:
        versions = [each for each in self._versions if each.is_new or not of_new_alone]
        return {value for each in versions for value in _values(each, _hidden_in(each, hidden))}

    def _small_changes(self, hidden: Collection[int]) -> set[tuple[_Value, _Value]]:
        """Both years of the figures that a version hides, where they differ by a small number."""
        found = set()
        for version in self._versions:
            values = {each[:2]: each for each in _values(version, _hidden_in(version, hidden))}
            for figure in {figure for figure, _ in values}:
                previous, current = (values.get((figure, year)) for year in version.years)
                if previous and current and self._is_small(current.number - previous.number):
                    found.add((previous, current))
        return found


class _Reader:
    """Somebody who knows what counts are made of, and can solve equations."""

    def __init__(self, total_of: Mapping[int, int], versions: Sequence[Version]) -> None:
        self._sums: dict[tuple[_Value, ...], None] = {}
        """A total and all that it is made of."""
        self._standing: dict[tuple[int, bool, Period], _Value] = {}
        """The latest of each count and period: what was corrected since is not made of the same
        months."""
        parts_of: defaultdict[int, list[int]] = defaultdict(list)
        for part, total in sorted(total_of.items()):
            parts_of[total].append(part)
        for version in versions:
            sums = list(_sums(version, parts_of))
            self._sums |= dict.fromkeys(sums)
            figures = {figure for figure, _ in version.values}
            for value in (*_values(version, figures), *chain.from_iterable(sums)):
                self._standing[value.figure, value.is_rest, value.period] = value
        self._years = {year for version in versions for year in version.years}
        periods = {period for *_, period in self._standing}
        ends = {day for each in periods for day in (each.starts_on, each.ends_on + ONE_DAY)}
        self._pieces = [Period(start, end - ONE_DAY) for start, end in pairwise(sorted(ends))]

    def solves(self, *read: Iterable[_Value]) -> Equations:
        """What follows from the values that are read, those that come first before the others."""
        equations = Equations(by=lambda unknown: isinstance(unknown, _Value))
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
                if isinstance(each, _Value) and self._stands(each):
                    for piece in self._pieces_of(each):
                        equations.add({piece: 1}, 0, sources)
                    self._divide(each, equations)

    def _divide(self, one: _Value, equations: Equations) -> None:
        """Say of what pieces the periods of the same count are made."""
        for value in self._standing.values():
            if value.figure == one.figure and value.is_rest == one.is_rest:
                equations.add({value: 1} | dict.fromkeys(self._pieces_of(value), -1), 0)

    def _pieces_of(self, value: _Value) -> list[_Piece]:
        return [
            _Piece(value.figure, each, value.is_rest)
            for each in self._pieces
            if value.period.encloses(each)
        ]

    def _stands(self, value: _Value) -> bool:
        return self._standing[value.figure, value.is_rest, value.period] == value


def _completed(versions: Sequence[Version]) -> list[Version]:
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


def _hidden_in(version: Version, hidden: Collection[int]) -> frozenset[int]:
    kept = version.secret - version.shown
    return kept.union(hidden) if version.is_new else kept


def _values(version: Version, figures: Collection[int]) -> Iterator[_Value]:
    """Those that were received."""
    for (figure, period), number in version.values.items():
        if figure in figures and number is not None:
            yield _Value(figure, period, number)


def _sums(version: Version, parts_of: Mapping[int, Sequence[int]]) -> Iterator[tuple[_Value, ...]]:
    """Each total with its parts, and with the rest where they do not make it up."""
    for (total, period), number in version.values.items():
        parts = [each for each in parts_of.get(total, ()) if (each, period) in version.values]
        if number is None or not parts:
            continue
        known = [
            _Value(part, period, value)
            for part in parts
            if (value := version.values[part, period]) is not None
        ]
        rest = number - sum((each.number for each in known), Decimal(0))
        are_all = len(known) == len(parts)
        others = [] if are_all and not rest else [_Value(total, period, rest, is_rest=True)]
        yield (_Value(total, period, number), *known, *others)


def _exact(number: Decimal) -> Number:
    return int(number) if number == int(number) else Fraction(number)
