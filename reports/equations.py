"""Linear equations, solved exactly, and what each answer rests on.

Pure, and about nothing in particular: an unknown is anything that can be the key of a mapping.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, ItemsView, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

Number = int | Fraction
Factors = dict[Any, Number]
"""By unknown."""
Sources = frozenset[Any]


@dataclass(frozen=True)
class Row:
    """The sum of its unknowns, each times its factor, is the result."""

    factors: Factors
    result: Number
    proof: Mapping[tuple[int, Sources], Number]
    """Each equation that it was made of, by its number and with its sources, times its factor."""

    def less(self, other: "Row", times: Number) -> "Row":
        return Row(
            _less(self.factors, other.factors, times),
            self.result - times * other.result,
            _less(self.proof, other.proof, times),
        )

    def divided_by(self, number: Number) -> "Row":
        one_over = int(number) if abs(number) == 1 else 1 / Fraction(number)
        return Row({}, 0, {}).less(self, -one_over)

    @property
    def sources(self) -> Sources:
        return frozenset().union(*(sources for _, sources in self.proof))

    @property
    def only_adds(self) -> bool:
        """Whether none of its unknowns is taken off another."""
        return all(factor > 0 for factor in self.factors.values())


class Equations:
    """Solved while they are added (Gauss and Jordan): each row is for an unknown of its own.

    That is in no other row. Of several it is the one that is greatest `by` this key.
    """

    def __init__(self, by: Callable[[Any], Any]) -> None:
        self._by = by
        self._added = 0
        self._rows: dict[Hashable, Row] = {}
        self._in: defaultdict[Hashable, dict[Hashable, None]] = defaultdict(dict)
        """Which rows an unknown is in, by what they are for."""
        self.are_contradictory = False

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows.values())

    def items(self) -> ItemsView[Hashable, Row]:
        """Each row with the unknown it is for."""
        return self._rows.items()

    def add(
        self, factors: Mapping[Any, Number], result: Number, sources: Sources = frozenset()
    ) -> None:
        """What follows from those before, or contradicts them, is left out.

        `sources` is what it was read from, or nothing if everybody knows.
        """
        self._added += 1
        proof = {(self._added, sources): 1} if sources else {}
        row = self._reduced(Row(dict(factors), result, proof))
        if not row.factors:
            self.are_contradictory |= row.result != 0
            return
        its_own = max(row.factors, key=self._by)
        self._substitute(its_own, row.divided_by(row.factors[its_own]))

    def answer(self, unknown: Hashable) -> Row | None:
        """The row that says what an unknown is; None where that cannot be known."""
        row = self._rows.get(unknown)
        return row if row and len(row.factors) == 1 else None

    def difference(self, one: Hashable, other: Hashable) -> Row | None:
        """The row that says what the one is more than the other; None where that is not known."""
        row = self._reduced(Row({one: -1, other: 1}, 0, {}))
        return None if row.factors else row

    def _reduced(self, row: Row) -> Row:
        """The same without the unknowns that have rows of their own."""
        for unknown in tuple(row.factors):
            if unknown in self._rows:
                row = row.less(self._rows[unknown], row.factors[unknown])
        return row

    def _substitute(self, its_own: Hashable, row: Row) -> None:
        """Let this be the row for an unknown, and no other have it."""
        for other in tuple(self._in[its_own]):
            self._put(other, self._rows[other].less(row, self._rows[other].factors[its_own]))
        self._put(its_own, row)

    def _drop(self, its_own: Hashable) -> None:
        for each in self._rows.pop(its_own).factors:
            del self._in[each][its_own]

    def _put(self, its_own: Hashable, row: Row) -> None:
        if its_own in self._rows:
            for each in self._rows[its_own].factors:
                del self._in[each][its_own]
        for each in row.factors:
            self._in[each][its_own] = None
        self._rows[its_own] = row


def _less(
    these: Mapping[Any, Number], those: Mapping[Any, Number], times: Number
) -> dict[Any, Number]:
    """Those, so many times, taken from these; nothing stays where nothing is left."""
    left = dict(these)
    for key, number in those.items():
        rest = left.get(key, 0) - times * number
        if rest:
            left[key] = rest
        else:
            left.pop(key, None)
    return left
