"""What is nought because no count is negative, found by weighing equations against each other.

Pure, and about nothing in particular, as `equations`. This is the simplex method (Dantzig) with
Bland's rule, which ends; the numbers are exact.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator
from fractions import Fraction
from typing import Any

from .equations import Equations, Row


class Scales(Equations):
    """Equations with one answer at hand in which no number is negative.

    There each unknown that a row is for is the result of the row, and all others are nought. Where
    equations contradict each other, with no number negative, some are left out. So is what is said
    of numbers that may be negative.
    """

    def __init__(
        self, equations: Equations, may_be_negative: Callable[[Any], bool] = lambda _: False
    ) -> None:
        super().__init__(by=lambda _: 0)
        self.are_contradictory = equations.are_contradictory
        for its_own, row in equations.items():
            if not may_be_negative(its_own):
                self._put(its_own, row)
        self._place = {each: at for at, each in enumerate(self._in)}
        self._positive: set[Hashable] = set()
        """Unknowns that were not nought in some answer."""
        for its_own in [each for each, row in self.items() if row.result < 0]:
            self._raise(its_own)

    def noughts(self, unknowns: Iterable[Hashable]) -> Iterator[Row]:
        """The rows that say which of them are nought: they only add, and the result is nought."""
        found: set[Hashable] = set()
        for unknown in unknowns:
            if unknown not in found and (row := self._nought(unknown)):
                found.update(row.factors)
                yield row

    def _nought(self, unknown: Hashable) -> Row | None:
        if unknown not in self._place or unknown in self._positive:
            return None
        if unknown not in self._rows and not self._let_in(unknown):
            return None
        while not (row := self._rows[unknown]).result:
            if row.only_adds:
                return row
            if not self._let_in(self._first_taken_off(row)):
                return None
        self._positive.update(each for each, row in self.items() if row.result > 0)
        return None

    def _raise(self, its_own: Hashable) -> None:
        """Change the answer until the row has no negative result; if it must have one, drop it."""
        while its_own in self._rows and (row := self._rows[its_own]).result < 0:
            if row.only_adds:
                self._drop(its_own)
                self.are_contradictory = True
            else:
                self._let_in(self._first_taken_off(row), to_raise=its_own)

    def _first_taken_off(self, row: Row) -> Hashable:
        taken_off = (each for each, factor in row.factors.items() if factor < 0)
        return min(taken_off, key=self._place.__getitem__)

    def _let_in(self, unknown: Hashable, *, to_raise: Hashable = None) -> bool:
        """Make it as great as it can be until another is nought, whose row becomes its own.

        Nothing is done, and the answer is no, where it can be as great as one likes.
        """
        limits = []
        for its_own in self._in[unknown]:
            row = self._rows[its_own]
            factor = row.factors[unknown]
            if (row.result >= 0 and factor > 0) or its_own == to_raise:
                limit = row.result if factor == 1 else Fraction(row.result) / factor
                limits.append((limit, self._place[its_own], its_own))
        if limits:
            self._turn(min(limits)[-1], unknown)
        return bool(limits)

    def _turn(self, its_own: Hashable, other: Hashable) -> None:
        """Let a row be for another of its unknowns."""
        row = self._rows[its_own]
        row = row.divided_by(row.factors[other])
        self._drop(its_own)
        self._substitute(other, row)
