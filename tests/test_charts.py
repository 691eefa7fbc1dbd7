"""Two figures drawn as two bars: how long they are, and what the drawing is made of."""

import re
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from performance.charts import HEIGHT, LONGEST, SHORTEST, WIDTH, Bars, bars_of, drawing

FIGURES = st.decimals(min_value=0, max_value=10**10, places=4)
SVG = "{http://www.w3.org/2000/svg}"
STYLES = {"color", "fill", "fill-opacity", "stroke", "stroke-width"}
PLACES = {"viewBox", "width", "height", "d", "x", "y"}
UNREAD = {"aria-hidden", "focusable"}


def bars(previous, current):
    return bars_of(Decimal(previous), Decimal(current))


@pytest.mark.parametrize(
    ("previous", "current", "drawn"),
    [
        (5326, 4759, Bars(116, 104)),  # 103.65
        (1068, 1704, Bars(73, 116)),  # 72.70
        (232, 5, Bars(116, 3)),  # 2.5 exactly: up
        ("44.5", "44.5", Bars(116, 116)),
        (100000, 1, Bars(116, 2)),  # far less than a unit, and seen
        (0, 7, Bars(0, 116)),
        (7, 0, Bars(116, 0)),
        (0, 0, None),
        (-1, 5, None),
    ],
)
def test_the_greater_figure_has_the_longest_bar_and_the_other_its_share(previous, current, drawn):
    assert bars(previous, current) == drawn


@given(FIGURES, FIGURES)
def test_a_bar_is_within_half_a_unit_of_its_exact_share(previous, current):
    drawn = bars(previous, current)

    if drawn is None:
        assert previous == current == 0
        return
    for length, value in ((drawn.previous, previous), (drawn.current, current)):
        exact = LONGEST * Fraction(value) / Fraction(max(previous, current))
        assert abs(length - exact) <= Fraction(1, 2) or (length == SHORTEST > exact > 0)


@pytest.mark.parametrize("value", ["NaN", "Infinity"])
def test_what_is_no_number_has_no_bar(value):
    with pytest.raises(ValueError, match="finite"):
        bars(5, value)


def test_a_drawing_shows_both_bars_from_one_line_and_has_nothing_but_attributes():
    drawn = etree.fromstring(drawing(Bars(116, 73)))
    above, below = drawn.findall(f"{SVG}rect")

    # The outline is drawn on its edge: half a unit outside on each side.
    outside = float(above.get("x")) - 0.5, float(above.get("width")) + 1
    assert outside == (float(below.get("x")), 116)
    assert below.get("width") == "73"
    assert float(above.get("y")) + float(above.get("height")) + 0.5 < float(below.get("y"))
    assert (drawn.get("viewBox"), drawn.get("color")) == (f"0 0 {WIDTH} {HEIGHT}", "#10495a")
    assert above.get("stroke") == below.get("fill") == "currentColor"
    assert (above.get("fill-opacity"), below.get("fill-opacity")) == ("0.2", None)
    assert {each.tag for each in drawn.iter()} == {f"{SVG}svg", f"{SVG}path", f"{SVG}rect"}
    assert {name for each in drawn.iter() for name in each.attrib} == STYLES | PLACES | UNREAD
    assert not re.search(r">[^<]+<", drawing(Bars(116, 73)))


def test_a_figure_of_nought_has_no_bar():
    assert drawing(Bars(0, 116)).count("<rect") == 1
    assert 'x="2" y="13"' not in drawing(Bars(116, 0))
