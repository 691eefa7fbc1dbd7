"""Which counts must not stand beside their total, because a number that is hidden would follow.

Pure: nothing is asked of the database. Where one part of a total is hidden and all else is shown,
it is the difference. Another number is then hidden too: the smallest part of the same total that
is shown or, where there is none, the total itself. So it is done with the tables of official
statistics (secondary suppression: Hundepool and others, Handbook on Statistical Disclosure
Control, chapters 4 and 5). docs/report.md says it in plain English.

A total is made of *crumbs*: parts that have no parts, and what none of its parts counts. What is
shown tells sums of crumbs and nothing else: of each number, less the numbers shown within it, the
*remainder*. Nobody can tell the crumbs of one remainder from each other.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

NOUGHT = Decimal(0)


@dataclass(frozen=True)
class Known:
    """One figure in one year, and what can be read of it."""

    value: Decimal | None
    """None where it has not been received."""
    prints: bool
    """Whether the edition would print it."""
    is_secret: bool = False
    """Whether it must not be worked out where it cannot be read."""
    before: Decimal | None = None
    """What was published earlier, and cannot be hidden any more."""


Year = Mapping[int, Known]
"""The figures, by number."""


@dataclass(frozen=True)
class Secondary:
    """What must be hidden for the sake of other numbers."""

    hidden: Mapping[int, int]
    """Each figure, and the total from which a number would follow."""
    given_away: frozenset[int]
    """Figures whose numbers follow all the same, from what was published earlier."""


def to_hide(total_of: Mapping[int, int], years: Sequence[Year], *, threshold: int) -> Secondary:
    """Hide one figure after another, until nothing that is hidden follows from what is shown.

    `total_of` has the total of each part. A figure that is hidden is hidden in every year.
    """
    hidden: dict[int, int] = {}
    while True:
        leaks = [
            leak for year in years for leak in _Readable(total_of, year, hidden).leaks(threshold)
        ]
        mended = next((leak for leak in leaks if leak.choices), None)
        if mended is None:
            return Secondary(hidden, frozenset(each for leak in leaks for each in leak.secrets))
        hidden[mended.choices[0]] = mended.total


@dataclass(frozen=True)
class _Leak:
    """Numbers that follow from a total and its parts."""

    total: int
    secrets: frozenset[int]
    choices: Sequence[int]
    """The figures that can be hidden for it, the best first."""


class _Readable:
    """What can be read in one year while some figures are hidden."""

    def __init__(self, total_of: Mapping[int, int], year: Year, hidden: Iterable[int]) -> None:
        self._year = year
        self._hidden = frozenset(hidden)
        self._parts: dict[int, list[int]] = {figure: [] for figure in year}
        for part, total in sorted(total_of.items()):
            if part in year and total in year:
                self._parts[total].append(part)
        self._read = {
            figure: value for figure in year if (value := self._printed(figure)) is not None
        }
        self._secrets = {
            figure
            for figure, known in year.items()
            if figure not in self._read
            and known.value is not None
            and (known.is_secret or figure in self._hidden)
        }

    def leaks(self, threshold: int) -> Iterator[_Leak]:
        """Every total that tells a number too many."""
        for total in sorted(figure for figure, parts in self._parts.items() if parts):
            if total in self._read:
                secrets = self._secrets_in(total)
                if self._tells(total, secrets, threshold):
                    yield _Leak(total, secrets, self._choices(total) or self._can_hide([total]))
            elif total in self._secrets and self._is_sum_of_shown(total):
                parts = self._choices(total) or self._can_hide(self._shown_in(total))
                yield _Leak(total, frozenset({total}), parts)

    def _secrets_in(self, total: int) -> frozenset[int]:
        """What is hidden within a total, but for other totals that their own parts tell."""
        hidden = self._out_of_sight(total) & self._secrets
        return frozenset(each for each in hidden if not self._is_sum_of_shown(each))

    def _is_sum_of_shown(self, figure: int) -> bool:
        return bool(self._shown_in(figure)) and not self._crumbs(figure)

    def _tells(self, total: int, secrets: frozenset[int], threshold: int) -> bool:
        """Whether the remainder is small, all nought, or just what one hidden figure is."""
        remainder = self._read[total] - sum(
            (self._read[each] for each in self._shown_in(total)), NOUGHT
        )
        if secrets and remainder == 0:
            return True
        return 0 < remainder < threshold or any(
            self._crumbs(each) == self._crumbs(total) for each in secrets
        )

    def _choices(self, total: int) -> list[int]:
        """The parts that can be hidden, the smallest first; hiding nought would hide nothing."""
        parts = [each for each in self._shown_in(total) if self._read[each] > 0]
        return sorted(self._can_hide(parts), key=lambda each: (self._read[each], each))

    def _can_hide(self, figures: Iterable[int]) -> list[int]:
        return [each for each in figures if self._year[each].before is None]

    def _printed(self, figure: int) -> Decimal | None:
        known = self._year[figure]
        if known.prints and figure not in self._hidden and known.value is not None:
            return known.value
        return known.before

    def _shown_in(self, total: int) -> list[int]:
        """The figures shown within a total, without those within them."""
        found: list[int] = []
        for part in self._parts[total]:
            found += [part] if part in self._read else self._shown_in(part)
        return found

    def _out_of_sight(self, total: int) -> set[int]:
        """The figures within a total that are not shown, nor within one that is."""
        found: set[int] = set()
        for part in self._parts[total]:
            if part not in self._read:
                found |= {part} | self._out_of_sight(part)
        return found

    def _crumbs(self, figure: int) -> frozenset[int]:
        """What the remainder of a figure is made of, each named by the figure it is the rest of."""
        among = {figure} | self._out_of_sight(figure)
        return frozenset(each for each in among if self._has_rest(each))

    def _has_rest(self, figure: int) -> bool:
        """Whether it may count what none of its parts counts, or nothing is known of its parts."""
        parts = self._parts[figure]
        if figure in self._secrets and not self._shown_in(figure):
            return True
        values = [self._value(each) for each in (figure, *parts)]
        known = [each for each in values if each is not None]
        return len(known) < len(values) or known[0] != sum(known[1:], NOUGHT)

    def _value(self, figure: int) -> Decimal | None:
        return self._read.get(figure, self._year[figure].value)
