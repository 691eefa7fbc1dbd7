"""What must be hidden in a public version, because a number that is hidden would follow from it.

Pure: nothing is asked of the database. docs/report.md says in plain English what is hidden.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from .equations import Number, Sources
from .public_counts import Unknown, Value, Version, completed, values_of
from .public_reader import Reader
from .small_numbers import is_small


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
                told=version.told & tree,
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
        self._versions = completed(versions)
        self._reader = Reader(total_of, self._versions)
        self._before = self._read(is_new=False)
        self._new = self._read(is_new=True) - self._before
        self._printed = {
            value
            for each in self._versions
            if not each.is_new
            for value in values_of(each, each.shown)
        }
        solved = self._reader.solves(self._before)
        self._known = {each for each in self._new if solved.answer(each)}

    def leaks(self, hidden: Collection[int]) -> Iterator[_Leak]:
        """Every number that follows and must not, with these figures hidden in the new version."""
        new = {each for each in self._new if each.figure not in hidden}
        solved = self._reader.solves(self._before, new)
        for row in solved:
            if row.only_adds and self._is_small(row.result):
                yield self._leak(row.factors, row.sources, hidden)
        for value in sorted(self._secret(hidden) - self._printed - new):
            if answer := solved.answer(value):
                yield self._leak([value], answer.sources, hidden)
        for years in sorted(self._small_changes(hidden)):
            if change := solved.difference(*years):
                yield self._leak(years, change.sources, hidden)

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

    def _loss(self, value: Value) -> tuple[bool, Decimal, int, int]:
        """What the reader loses where it is hidden; the least comes first.

        That is the smaller number, and a part before its total. Noughts come last and the total
        of them first: to hide a part that is nought hides nothing.
        """
        depth = len([*_totals(self._total_of, value.figure)])
        return value.number == 0, value.number, -depth if value.number else depth, value.figure

    def _read(self, *, is_new: bool) -> set[Value]:
        versions = [each for each in self._versions if each.is_new == is_new]
        return {value for each in versions for value in values_of(each, each.read)}

    def _secret(self, hidden: Collection[int], *, of_new_alone: bool = False) -> set[Value]:
        versions = [each for each in self._versions if each.is_new or not of_new_alone]
        return {value for each in versions for value in values_of(each, _hidden_in(each, hidden))}

    def _small_changes(self, hidden: Collection[int]) -> set[tuple[Value, Value]]:
        """Both years of the figures that a version hides, where they differ by a small number."""
        found = set()
        for version in self._versions:
            values = {each[:2]: each for each in values_of(version, _hidden_in(version, hidden))}
            for figure in {figure for figure, _ in values}:
                previous, current = (values.get((figure, year)) for year in version.years)
                if previous and current and self._is_small(current.number - previous.number):
                    found.add((previous, current))
        return found


def _hidden_in(version: Version, hidden: Collection[int]) -> frozenset[int]:
    kept = version.secret - version.shown
    return kept.union(hidden) if version.is_new else kept
