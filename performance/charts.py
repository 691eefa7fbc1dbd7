"""Two figures as two bars: the earlier one above in outline, the later one below and solid.

A drawing is WIDTH by HEIGHT units of its own; whoever shows it says how large a unit is. Both bars
begin at nought, on a line. The greater figure has a bar of LONGEST units, the other its exact share
of that, rounded to whole units, halves up. A figure above nought has a bar of at least SHORTEST
units, so that it is seen; nought has none. A drawing has no words: figures stand beside it.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

WIDTH, HEIGHT = 120, 24
LONGEST, SHORTEST = 116, 2

_DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}"'
    ' height="{height}" color="#10495a" aria-hidden="true" focusable="false">'
    '<path d="M1 0V{height}" stroke="currentColor" stroke-width="1"/>{bars}</svg>'
)
# Half a unit of the outline's stroke is on either side of its edge.
_OUTLINED = (
    '<rect x="2.5" y="2.5" width="{}" height="7" fill="currentColor" fill-opacity="0.2"'
    ' stroke="currentColor" stroke-width="1"/>'
)
_SOLID = '<rect x="2" y="13" width="{}" height="9" fill="currentColor"/>'


@dataclass(frozen=True)
class Bars:
    """How long both bars are, in units of the drawing."""

    previous: int
    current: int


def bars_of(previous: Decimal, current: Decimal) -> Bars | None:
    """The bars of two figures on a scale of their own; none where both are nought or one is below.

    Raises ValueError for NaN or infinity.
    """
    if not (previous.is_finite() and current.is_finite()):
        raise ValueError("Bars need two finite figures.")
    greater = max(previous, current)
    if min(previous, current) < 0 or greater == 0:
        return None
    return Bars(_length(previous, greater), _length(current, greater))


def _length(value: Decimal, greater: Decimal) -> int:
    if value == 0:
        return 0
    exact = LONGEST * Fraction(value) / Fraction(greater)
    return max(SHORTEST, int(exact + Fraction(1, 2)))


@lru_cache(maxsize=1024)
def drawing(bars: Bars) -> str:
    """As SVG of nothing but attributes, in the portal's colour or that of the words around it."""
    drawn = _OUTLINED.format(bars.previous - 1) if bars.previous else ""
    drawn += _SOLID.format(bars.current) if bars.current else ""
    return _DRAWING.format(width=WIDTH, height=HEIGHT, bars=drawn)
