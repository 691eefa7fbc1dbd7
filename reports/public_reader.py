"""What somebody knows who has read every public version of the reports.

They are taken to know which figures are parts of which total and whether they make it up, to hold
for unchanged what was not seen to change, to know that no count is negative, and to be able to
solve equations and to weigh them against each other. docs/adr/0023 says why it is done like this.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import chain

from .equations import Equations, Number, Row
from .public_counts import Counts, Unknown, Value, Version, values_of
from .weighing import Scales


class Reader:
    """Somebody who knows what counts are made of, and can solve equations."""

    def __init__(self, total_of: Mapping[int, int], versions: Sequence[Version]) -> None:
        self._counts = Counts(total_of, versions)
        shown = {value for each in versions for value in values_of(each, each.read)}
        self._doubtful = list(dict.fromkeys(self._may_be_nought()))
        """What may be nought because no count is negative."""
        if self._doubtful:
            equations = self._solved([shown])
            still_open = self._open(equations)
            found = {
                each
                for row in self._noughts(still_open, [shown], equations)
                for each in row.factors
            }
            # Who knows less knows no more of them.
            self._doubtful = [
                each for each in self._doubtful if each in found or each not in still_open
            ]

    def solves(self, *read: Iterable[Value]) -> Equations:
        """What follows from the values that are read, those that come first before the others."""
        equations = self._solved(read)
        still_open = self._open(equations)
        if any(self._noughts(still_open, read, equations)):
            # Once more, with what each of them was read from.
            found = list(self._noughts(still_open, read))
            self._say_all_by_month(equations)
            for row in found:
                for each in row.factors:
                    equations.add({each: 1}, 0, row.sources)
        return equations

    def _open(self, equations: Equations) -> list[Unknown]:
        return [each for each in self._doubtful if not equations.answer(each)]

    def _solved(self, read: Iterable[Iterable[Value]]) -> Equations:
        equations = Equations(by=_its_own_first)
        for value in _in_order(read):
            equations.add({value: 1}, _exact(value.number), frozenset([value]))
        for total, *parts in self._counts.sums:
            equations.add({total: 1} | dict.fromkeys(parts, -1), 0)
        for value in self._counts.standing:
            if value.period not in self._counts.years:
                self._divide(value, equations)
        for rest in self._counts.partly_made_up:
            for piece in self._counts.made_up.intersection(self._counts.pieces_of(rest)):
                equations.add({piece: 1}, 0)
            self._say_its_pieces(rest, equations)
        self._follow_noughts(equations)
        return equations

    def _follow_noughts(self, equations: Equations) -> None:
        """Where counts add up to nought, each of them is, and every month of it.

        Rolling years tell nothing of the months that they have in common, each having a month that
        no other has. They do where a year of nought, or a note, says what there was in those.
        """
        followed: set[Unknown] = set()
        while found := [
            (each, row.sources)
            for row in equations
            if row.result == 0 and row.only_adds
            for each in row.factors
            if each not in followed
        ]:
            for each, sources in found:
                followed.add(each)
                equations.add({each: 1}, 0, sources)
                if isinstance(each, Value) and self._counts.stands(each):
                    for piece in self._counts.pieces_of(each):
                        equations.add({piece: 1}, 0, sources)
                    self._divide(each, equations)

    def _divide(self, one: Value, equations: Equations) -> None:
        """Say of what pieces the periods of the same count are made."""
        for value in self._counts.same(one):
            self._say_its_pieces(value, equations)

    def _say_its_pieces(self, value: Value, equations: Equations) -> None:
        equations.add({value: 1} | dict.fromkeys(self._counts.pieces_of(value), -1), 0)

    def _noughts(
        self,
        unknowns: Collection[Unknown],
        read: Iterable[Iterable[Value]],
        solved: Equations | None = None,
    ) -> Iterator[Row]:
        """What says that they must be nought lest another count be negative, and others with them.

        Years of which none is nought can say so together: where two are as much as a third that
        reaches into both, there was nothing outside that. What is `solved` already is taken as
        known: that is quicker, but does not say what was read.
        """
        if not unknowns:
            return
        by_month = Equations(by=_may_be_negative)
        for value in _in_order(read):
            factors = dict.fromkeys(self._made_of(value, solved), 1)
            sources = frozenset() if solved else frozenset([value])
            by_month.add(factors, _exact(value.number), sources)
        for total, *parts in self._counts.sums:
            factors = Counter(self._made_of(total, solved))
            for part in parts:
                factors.subtract(self._made_of(part, solved))
            by_month.add({each: factor for each, factor in factors.items() if factor}, 0)
        yield from Scales(by_month, _may_be_negative).noughts(unknowns)

    def _made_of(self, value: Value, solved: Equations | None) -> list[Unknown]:
        """All that it is made of, less what is known to be nought."""
        made_of = self._counts.made_of(value)
        if solved is None:
            return made_of
        answers = ((each, solved.answer(each)) for each in made_of)
        return [each for each, answer in answers if answer is None or answer.result]

    def _say_all_by_month(self, equations: Equations) -> None:
        for value in self._counts.standing:
            self._say_its_pieces(value, equations)
        for total, *parts in self._counts.months_of_totals():
            equations.add({total: 1} | dict.fromkeys(parts, -1), 0)
        for piece in self._counts.made_up:
            equations.add({piece: 1}, 0)

    def _may_be_nought(self) -> Iterator[Unknown]:
        """What is nought if one knows all true numbers; nobody can say so of anything else.

        All of them tell of a count in some months nothing that those of the same count do not,
        unless they contradict each other: then it is open.
        """
        all_pieces: list[Unknown] = []
        noughts: list[Unknown] = []
        are_true = self._counts.are_all_summed()
        for values in self._counts.leaves.values():
            one = Equations(by=lambda _: 0)
            for value in values:
                one.add(dict.fromkeys(self._counts.made_of(value), 1), _exact(value.number))
            pieces = {each: None for row in one for each in row.factors}
            scales = Scales(one)
            are_true = are_true and not scales.are_contradictory
            all_pieces += pieces
            noughts += [each for row in scales.noughts(pieces) for each in row.factors]
        yield from noughts if are_true else all_pieces
        for value in chain.from_iterable(self._counts.sums):
            if not (value.number or self._counts.stands(value)):
                yield value


def _in_order(read: Iterable[Iterable[Value]]) -> Iterator[Value]:
    return chain.from_iterable(map(sorted, read))


def _its_own_first(unknown: Unknown) -> bool:
    """Of an equation the unknown that it is for: what is left are then counts of months."""
    return isinstance(unknown, Value)


def _may_be_negative(unknown: Unknown) -> bool:
    """Where the parts of a total are more than it."""
    return isinstance(unknown, Value) and unknown.is_rest and unknown.number < 0


def _exact(number: Decimal) -> Number:
    return int(number) if number == int(number) else Fraction(number)
