"""The change between two figures: worked out once, in Decimals, and printed one way everywhere.

No person types a percentage. The rules are the portal's own (design, "Numbers"): the change is
current − previous; its percentage is the change ÷ previous, to one decimal, halves away from
zero, the sign always printed; nothing is divided by zero, and a small number gets no percentage.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction

MINUS = "\u2212"
SMALL_BASE = Decimal(20)
"""Below this previous figure a percentage misleads: 2 burglaries becoming 4 is not "+100%"."""


class Basis(StrEnum):
    """Why a change does or does not carry a percentage."""

    ORDINARY = "ordinary"
    WAS_ZERO = "was_zero"
    SMALL_BASE = "small_base"
    POINTS = "points"


class Direction(StrEnum):
    """Where the arrow points."""

    UP = "up"
    DOWN = "down"
    LEVEL = "level"


class Verdict(StrEnum):
    """What a change means for the partnership; colour follows from it, never from direction."""

    BETTER = "better"
    WORSE = "worse"
    SAME = "same"
    NONE = "none"


@dataclass(frozen=True)
class Change:
    """From one figure to the next, with the forms in which it is printed."""

    previous: Decimal
    current: Decimal
    difference: Decimal
    percentage: Decimal | None
    basis: Basis

    @property
    def direction(self) -> Direction:
        """Up, down or level, by the difference itself and not by its rounded percentage."""
        if self.difference == 0:
            return Direction.LEVEL
        return Direction.UP if self.difference > 0 else Direction.DOWN

    @property
    def printed_difference(self) -> str:
        """As in "−567", "+636", "0"; percentages differ in points: "+2.3 points"."""
        if self.basis is Basis.POINTS:
            return f"{_signed(self.difference, decimals=1)} points"
        return _signed(self.difference)

    @property
    def printed_percentage(self) -> str:
        """As in "−10.6%", "0.0%", "n/a (was 0)", or nothing where no percentage is given.

        A change too small for one decimal is "0.0%", without a sign.
        """
        if self.basis is Basis.WAS_ZERO:
            return "n/a (was 0)"
        if self.percentage is None:
            return ""
        return f"{_signed(self.percentage, decimals=1)}%"

    @property
    def printed(self) -> str:
        """Both together: "−567 (−10.6%)", "+5, n/a (was 0)", or the difference alone: "+3"."""
        if self.basis is Basis.WAS_ZERO:
            return f"{self.printed_difference}, {self.printed_percentage}"
        if self.percentage is None:
            return self.printed_difference
        return f"{self.printed_difference} ({self.printed_percentage})"


@dataclass(frozen=True)
class Judgement:
    """What a change means and where it goes: a verdict for the colour, a direction, a word."""

    verdict: Verdict
    direction: Direction

    @property
    def word(self) -> str:
        """The word that stands beside colour and arrow, so that neither carries it alone."""
        if self.verdict is Verdict.SAME:
            return "No change"
        if self.verdict is Verdict.NONE:
            return f"{self.direction.capitalize()}, no judgement"
        return self.verdict.capitalize()


def change_between(
    previous: Decimal,
    current: Decimal,
    *,
    small_base: Decimal | int = SMALL_BASE,
    points: bool = False,
) -> Change:
    """The change from the previous figure to the current one, both in the indicator's own unit.

    The percentage is of the previous figure, rounded to one decimal, halves away from zero. There
    is none where the previous figure was 0 or is below `small_base` (so never of a negative
    figure). With `points` the figures are themselves percentages: they differ in percentage
    points and get no percentage of a percentage. Raises ValueError for NaN or infinity.
    """
    if not (previous.is_finite() and current.is_finite()):
        raise ValueError("A change needs two finite figures.")
    basis = _basis(previous, Decimal(small_base), points)
    percentage = None
    if basis is Basis.ORDINARY:
        percentage = _rounded(100 * (Fraction(current) - Fraction(previous)) / Fraction(previous))
    return Change(previous, current, current - previous, percentage, basis)


def _basis(previous: Decimal, small_base: Decimal, points: bool) -> Basis:
    if points:
        return Basis.POINTS
    if previous == 0:
        return Basis.WAS_ZERO
    if previous < max(small_base, Decimal(0)):
        return Basis.SMALL_BASE
    return Basis.ORDINARY


def judge(change: Change, polarity: str) -> Judgement:
    """What a change means for an indicator of which "lower" or "higher" is better, or "none" is.

    No change is "same" whatever the polarity. Raises ValueError for any other polarity.
    """
    if polarity not in ("lower", "higher", "none"):
        raise ValueError(f"There is no polarity {polarity!r}.")
    direction = change.direction
    if direction is Direction.LEVEL:
        return Judgement(Verdict.SAME, direction)
    if polarity == "none":
        return Judgement(Verdict.NONE, direction)
    is_better = (direction is Direction.UP) == (polarity == "higher")
    return Judgement(Verdict.BETTER if is_better else Verdict.WORSE, direction)


def format_value(value: Decimal, decimals: int | None = None) -> str:
    """A figure as it is printed: "5,326", "4.5", "−1,204".

    Without `decimals` it keeps the places it has, less the zeros at its end; with it, it is
    rounded to so many places, halves away from zero. Zero has no sign.
    """
    if decimals is not None:
        value = value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    text = f"{abs(value):,f}"
    if decimals is None and "." in text:
        text = text.rstrip("0").rstrip(".")
    return f"{MINUS}{text}" if value < 0 else text


def _signed(value: Decimal, decimals: int | None = None) -> str:
    """A difference as it is printed: its sign always, unless it prints as zero."""
    text = format_value(value, decimals)
    is_plain_zero = not text.strip("0.")
    return text if is_plain_zero or text.startswith(MINUS) else f"+{text}"


def _rounded(exact: Fraction) -> Decimal:
    """An exact fraction to one decimal, halves away from zero, with no rounding on the way."""
    tenths, remainder = divmod(abs(exact.numerator) * 10, exact.denominator)
    if remainder * 2 >= exact.denominator:
        tenths += 1
    return Decimal(tenths if exact >= 0 else -tenths).scaleb(-1)
