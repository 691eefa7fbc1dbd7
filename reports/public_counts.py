"""The counts that public versions show or hide, and what everybody knows them to be made of.

Every count is the sum of its months, and a total that of its parts. docs/adr/0023 says why it is
written down like this.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import chain, pairwise
from typing import NamedTuple

from partnerships.quarters import ONE_DAY, Period


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
    told: frozenset[int] = frozenset()
    """The figures whose numbers can be worked out from a rate or percentage that it prints."""
    is_new: bool = False
    """Whether it is still to be published, so that more of it can be hidden."""

    @property
    def read(self) -> frozenset[int]:
        """The figures whose numbers its readers know."""
        return self.shown | self.told


class Count(NamedTuple):
    """A figure, or what is left of a total beside its parts."""

    figure: int
    is_rest: bool = False


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
    is_loose: bool = False
    """Whether it is a rest in which other things are counted than in other years: a part was not
    received, or the parts were more than the total."""

    @property
    def count(self) -> "Count":
        return Count(self.figure, self.is_rest)


class Piece(NamedTuple):
    """A count of a stretch of time of which years are made, by its place among them."""

    figure: int
    is_rest: bool
    place: int

    @property
    def count(self) -> Count:
        return Count(self.figure, self.is_rest)


Unknown = Value | Piece


class Counts:
    """All of which the versions have numbers, shown or not."""

    def __init__(self, total_of: Mapping[int, int], versions: Sequence[Version]) -> None:
        figures = {figure for version in versions for figure, _ in version.values}
        self._parts_of = _parts_of(total_of, figures)
        self.sums: dict[tuple[Value, ...], None] = {}
        """A total and all that it is made of, the rest last where they do not make it up."""
        self._standing: defaultdict[Count, dict[Period, Value]] = defaultdict(dict)
        """The latest of each period: what was corrected since is not made of the same months."""
        for version in versions:
            for total, *parts in _sums(version, self._parts_of):
                self.sums[total, *parts] = None
                self._standing[Count(total.figure, is_rest=True)].pop(total.period, None)
                self._let_stand(total, *parts)
            self._let_stand(*values_of(version, figures))
        self.years = {year for version in versions for year in version.years}
        ends = {
            day
            for each in self.standing
            for day in (each.period.starts_on, each.period.ends_on + ONE_DAY)
        }
        self._pieces = [Period(start, end - ONE_DAY) for start, end in pairwise(sorted(ends))]
        self._summed = self._parts_of.keys() - {
            each.figure for each in chain.from_iterable(self.sums) if each.is_loose
        }
        """The totals that are the sums of their parts in every month."""
        self.made_up = frozenset(
            piece
            for total, *parts in self.sums
            if not parts[-1].is_rest and self.stands(total)
            for piece in self.pieces_of(total._replace(is_rest=True))
        )
        """Pieces of what is left of a total, where nothing is."""
        self.partly_made_up = [
            value
            for value in self.standing
            if value.is_rest and not self.made_up.isdisjoint(self.pieces_of(value))
        ]
        """What is left of a total in years of which some months are in years where nothing is."""
        self._made_of: dict[Value, list[Unknown]] = {}

    @property
    def standing(self) -> list[Value]:
        return [value for values in self._standing.values() for value in values.values()]

    @property
    def leaves(self) -> dict[Count, list[Value]]:
        """What stands of the counts that are not the sum of others in every month."""
        return {
            count: list(values.values())
            for count, values in self._standing.items()
            if not self._is_sum(count)
        }

    def are_all_summed(self) -> bool:
        """Whether no total has a number beside which its parts have none."""
        summed = {total for total, *parts in self.sums if all(map(self.stands, (total, *parts)))}
        return all(each in summed for each in self.standing if self._is_sum(each.count))

    def same(self, value: Value) -> list[Value]:
        """What stands of the same count."""
        return list(self._standing[value.count].values())

    def stands(self, value: Value) -> bool:
        return self._standing[value.count].get(value.period) == value

    def pieces_of(self, value: Value) -> list[Piece]:
        return [Piece(*value.count, place) for place in self._places(value.period)]

    def made_of(self, value: Value) -> list[Unknown]:
        """All that it is the sum of; where it was corrected since, only itself."""
        if value not in self._made_of:
            self._made_of[value] = list(self._all_in(value))
        return self._made_of[value]

    def _all_in(self, value: Value) -> Iterator[Unknown]:
        if not self.stands(value):
            yield value
            return
        for leaf in self._leaves(value.count):
            for place in self._places(value.period):
                if (piece := Piece(*leaf, place)) not in self.made_up:
                    yield piece

    def months_of_totals(self) -> Iterator[tuple[Piece, ...]]:
        """The pieces of a total, each with all that it is made of."""
        for total in sorted(self._summed):
            for place in range(len(self._pieces)):
                yield tuple(Piece(*each, place) for each in (Count(total), *self._parts(total)))

    def _let_stand(self, *values: Value) -> None:
        for value in values:
            if not value.is_loose:
                self._standing[value.count][value.period] = value

    def _is_sum(self, count: Count) -> bool:
        return not count.is_rest and count.figure in self._summed

    def _parts(self, total: int) -> Iterator[Count]:
        yield from map(Count, self._parts_of[total])
        yield Count(total, is_rest=True)

    def _leaves(self, count: Count) -> Iterator[Count]:
        if self._is_sum(count):
            for part in self._parts(count.figure):
                yield from self._leaves(part)
        else:
            yield count

    def _places(self, period: Period) -> list[int]:
        return [at for at, each in enumerate(self._pieces) if period.encloses(each)]


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


def _parts_of(total_of: Mapping[int, int], figures: Collection[int]) -> dict[int, list[int]]:
    found: defaultdict[int, list[int]] = defaultdict(list)
    for part, total in sorted(total_of.items()):
        if part in figures and total in figures:
            found[total].append(part)
    return found


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
        is_loose = rest < 0 or len(known) < len(parts_of[total])
        left = Value(total, period, rest, is_rest=True, is_loose=is_loose)
        are_all = len(known) == len(parts) and not rest
        yield (Value(total, period, number), *known, *([] if are_all else [left]))
