"""The change between two figures, as it is worked out and as it is printed."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from performance.change import (
    MINUS,
    Basis,
    Direction,
    Verdict,
    change_between,
    format_value,
    judge,
)

FIGURES = st.decimals(min_value=0, max_value=10**9, places=2)
BASES = st.decimals(min_value=20, max_value=10**9, places=2)


def change(previous: str | int, current: str | int, **options: bool) -> str:
    return change_between(Decimal(previous), Decimal(current), **options).printed


@pytest.mark.parametrize(
    ("previous", "current", "printed"),
    [
        (5326, 4759, "−567 (−10.6%)"),
        (7268, 6505, "−763 (−10.5%)"),
        (183, 172, "−11 (−6.0%)"),
        (1882, 1830, "−52 (−2.8%)"),
        (1068, 1704, "+636 (+59.6%)"),
        (2595, 2668, "+73 (+2.8%)"),
        (162, 237, "+75 (+46.3%)"),
        (573, 827, "+254 (+44.3%)"),
    ],
)
def test_the_eight_figures_of_a_published_report(previous: int, current: int, printed: str) -> None:
    assert change(previous, current) == printed


@pytest.mark.parametrize(
    ("previous", "current", "printed"),
    [
        (100, 100, "0 (0.0%)"),
        (0, 5, "+5, n/a (was 0)"),
        (0, 0, "0, n/a (was 0)"),
        (19, 22, "+3"),
        (4, 1, "−3"),
        (20, 22, "+2 (+10.0%)"),
        (1000, 0, "−1,000 (−100.0%)"),
        (1000, 12345, "+11,345 (+1,134.5%)"),
        (10000, 10001, "+1 (0.0%)"),
        (10000, 9999, "−1 (0.0%)"),
        (2000, 2001, "+1 (+0.1%)"),  # 0.05 exactly: away from zero
        (2000, 1999, "−1 (−0.1%)"),
        ("40.00", "44.50", "+4.5 (+11.3%)"),  # 11.25 exactly
        (800, 801, "+1 (+0.1%)"),
        (-30, 5, "+35"),
    ],
)
def test_a_change_is_printed(previous: str | int, current: str | int, printed: str) -> None:
    assert change(previous, current) == printed


def test_a_percentage_is_rounded_once_and_exactly() -> None:
    # 10.0499… with more nines than a Decimal division keeps: rounded twice it would be 10.1.
    previous = Decimal("1" + "0" * 30)
    current = Decimal("11004" + "9" * 26)

    assert change_between(previous, current).percentage == Decimal("10.0")


def test_the_partnership_sets_its_own_small_base() -> None:
    five_to_six = change_between(Decimal(5), Decimal(6), small_base=5)

    assert five_to_six.printed == "+1 (+20.0%)"
    assert change_between(Decimal(50), Decimal(60), small_base=51).basis is Basis.SMALL_BASE
    assert change_between(Decimal(50), Decimal(60), small_base=51).printed_percentage == ""


@pytest.mark.parametrize(
    ("previous", "current", "printed"),
    [
        ("45.2", "47.5", "+2.3 points"),
        ("47.5", "45.25", "−2.3 points"),
        ("5", "0", "−5.0 points"),
        ("0", "12", "+12.0 points"),
        ("45.2", "45.2", "0.0 points"),
        ("45.21", "45.22", "0.0 points"),
    ],
)
def test_percentages_differ_in_points(previous: str, current: str, printed: str) -> None:
    assert change(previous, current, points=True) == printed


def test_points_carry_no_percentage() -> None:
    points = change_between(Decimal(50), Decimal(60), points=True)

    assert points.percentage is None
    assert points.printed_percentage == ""
    assert points.basis is Basis.POINTS


@pytest.mark.parametrize("figure", ["NaN", "Infinity"])
def test_a_figure_that_is_not_a_number_is_refused(figure: str) -> None:
    with pytest.raises(ValueError, match="finite"):
        change_between(Decimal(100), Decimal(figure))
    with pytest.raises(ValueError, match="finite"):
        change_between(Decimal(figure), Decimal(100))


@pytest.mark.parametrize(
    ("polarity", "current", "verdict", "direction", "word"),
    [
        ("lower", 90, Verdict.BETTER, Direction.DOWN, "Better"),
        ("lower", 110, Verdict.WORSE, Direction.UP, "Worse"),
        ("higher", 110, Verdict.BETTER, Direction.UP, "Better"),
        ("higher", 90, Verdict.WORSE, Direction.DOWN, "Worse"),
        ("none", 110, Verdict.NONE, Direction.UP, "Up, no judgement"),
        ("none", 90, Verdict.NONE, Direction.DOWN, "Down, no judgement"),
        ("lower", 100, Verdict.SAME, Direction.LEVEL, "No change"),
        ("none", 100, Verdict.SAME, Direction.LEVEL, "No change"),
    ],
)
def test_a_change_is_judged(
    polarity: str, current: int, verdict: Verdict, direction: Direction, word: str
) -> None:
    judgement = judge(change_between(Decimal(100), Decimal(current)), polarity)

    assert (judgement.verdict, judgement.direction, judgement.word) == (verdict, direction, word)


def test_an_unknown_polarity_is_refused() -> None:
    with pytest.raises(ValueError, match="polarity"):
        judge(change_between(Decimal(100), Decimal(90)), "lower_is_better")


@pytest.mark.parametrize(
    ("value", "decimals", "printed"),
    [
        ("5326", None, "5,326"),
        ("5326.00", None, "5,326"),
        ("4.50", None, "4.5"),
        ("100", None, "100"),
        ("1E+3", None, "1,000"),
        ("0.00", None, "0"),
        ("-0", None, "0"),
        ("-1204.5", None, "−1,204.5"),
        ("4.5", 0, "5"),
        ("-4.5", 0, "−5"),
        ("2.25", 1, "2.3"),
        ("7", 1, "7.0"),
        ("-0.04", 1, "0.0"),
    ],
)
def test_a_figure_is_printed(value: str, decimals: int | None, printed: str) -> None:
    assert format_value(Decimal(value), decimals) == printed


@given(FIGURES, FIGURES)
def test_going_back_undoes_the_difference(one: Decimal, other: Decimal) -> None:
    there, back = change_between(one, other), change_between(other, one)

    assert there.difference == -back.difference
    assert {there.direction, back.direction} in (
        {Direction.UP, Direction.DOWN},
        {Direction.LEVEL},
    )


@given(BASES, FIGURES)
def test_the_percentage_gives_the_difference_back_within_rounding(
    previous: Decimal, current: Decimal
) -> None:
    worked_out = change_between(previous, current)

    assert isinstance(worked_out.percentage, Decimal)
    given_back = Fraction(worked_out.percentage) * Fraction(previous) / 100
    half_a_tenth = Fraction(previous) * Fraction(1, 2000)
    assert abs(given_back - Fraction(worked_out.difference)) <= half_a_tenth


@given(BASES, FIGURES)
def test_rising_and_falling_are_rounded_alike(previous: Decimal, step: Decimal) -> None:
    up = change_between(previous, previous + step).percentage
    down = change_between(previous, previous - step).percentage

    assert up is not None
    assert down == -up


@given(FIGURES, FIGURES, st.booleans())
def test_what_is_printed_reads_back_and_has_no_hyphen(
    previous: Decimal, current: Decimal, points: bool
) -> None:
    worked_out = change_between(previous, current, points=points)
    printed = worked_out.printed

    assert "-" not in printed
    number = worked_out.printed_difference.removesuffix(" points")
    read_back = Decimal(number.replace(",", "").replace(MINUS, "-"))
    assert abs(read_back - worked_out.difference) <= (Decimal("0.05") if points else 0)
    if worked_out.percentage is not None:
        percentage = worked_out.printed_percentage.removesuffix("%")
        assert Decimal(percentage.replace(",", "").replace(MINUS, "-")) == worked_out.percentage
        assert percentage == "0.0" or percentage[0] in f"+{MINUS}"
