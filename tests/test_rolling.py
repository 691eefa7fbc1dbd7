"""The figure of a rolling year, from the readings there are."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerships.quarters import Period, add_months, month_end
from performance.rolling import Basis, Part, RollingYear, rolling_year

YEAR = Period(date(2022, 10, 1), date(2023, 9, 30))
VALUES = st.decimals(min_value=0, max_value=10**7, places=2)


def part(period: Period, value: str | int | Decimal, provisional: bool = False) -> Part:
    return Part(period, Decimal(value), provisional, "Police")


def month(number: int, value: str | int = 10) -> Part:
    return part(Period.of_month(2022 if number >= 10 else 2023, number), value)


def months(value: str | int = 10) -> list[Part]:
    return [part(period, value) for period in YEAR.months()]


def quarters(value: str | int = 30) -> list[Part]:
    return [part(period, value) for period in YEAR.quarters()]


def worked_out(parts: Iterable[Part], summable: bool = True) -> RollingYear:
    return rolling_year(parts, YEAR, summable=summable)


def test_twelve_months_are_added_up() -> None:
    year = worked_out(months("396.58"))

    assert year.value == Decimal("4758.96")
    assert year.basis is Basis.MONTHS
    assert year.statement == ""
    assert year.missing == ()


def test_four_quarters_are_added_up() -> None:
    year = worked_out(quarters())

    assert (year.value, year.basis) == (Decimal(120), Basis.QUARTERS)


def test_months_and_quarters_are_added_up_together_where_they_fit() -> None:
    year = worked_out([*months()[:6], *quarters()[2:]])

    assert (year.value, year.basis) == (Decimal(120), Basis.MIXED)


def test_the_year_itself_may_have_been_entered() -> None:
    year = worked_out([part(YEAR, 4759)])

    assert (year.value, year.basis) == (Decimal(4759), Basis.WHOLE_YEAR)
    assert year.entered == Decimal(4759)
    assert year.missing == ()
    assert year.statement == ""


def test_a_year_entered_stands_in_for_months_that_are_not_all_there() -> None:
    year = worked_out([part(YEAR, 4759), *months()[:5]])

    assert (year.value, year.basis) == (Decimal(4759), Basis.WHOLE_YEAR)
    assert year.disagreements == ()


def test_the_sum_is_printed_and_a_different_year_entered_is_said() -> None:
    parts = [part(YEAR, 4759), *[month(n, 396) for n in range(1, 12)], month(12, 404)]
    year = worked_out(parts)

    assert year.value == Decimal(4760)
    assert year.entered == Decimal(4759)
    assert year.differs == Decimal(1)
    assert year.statement == "The months add up to 4,760; the year was entered as 4,759."


def test_a_year_entered_that_agrees_says_nothing() -> None:
    year = worked_out([part(YEAR, "120.0"), *quarters()])

    assert year.basis is Basis.QUARTERS
    assert year.differs is None
    assert year.statement == ""


def test_a_quarter_that_is_not_the_sum_of_its_months_is_said() -> None:
    year = worked_out([*months(), part(YEAR.quarters()[3], 31)])

    assert year.value == Decimal(120)
    assert year.differs is None
    assert year.statement == (
        "The months of July to September 2023 add up to 30; it was entered as 31."
    )


def without(parts: list[Part], *missing: int) -> list[Part]:
    return [each for each in parts if each.period.starts_on.month not in missing]


@pytest.mark.parametrize(
    ("missing", "statement"),
    [
        ((8,), "incomplete: August 2023 is missing"),
        ((7, 8, 9), "incomplete: July to September 2023 are missing"),
        ((7, 9), "incomplete: July 2023 and September 2023 are missing"),
        (
            (10, 12, 1, 5),
            "incomplete: October 2022, December 2022 to January 2023 and May 2023 are missing",
        ),
    ],
)
def test_missing_months_are_named_and_no_smaller_sum_is_given(
    missing: tuple[int, ...], statement: str
) -> None:
    year = worked_out(without(months(), *missing))

    assert year.value is None
    assert year.basis is Basis.NONE
    assert year.statement == statement
    assert year.sources == ()
    assert not year.provisional


def test_a_quarter_and_a_month_missing_among_quarters() -> None:
    year = worked_out([*quarters()[1:3], month(10), month(12), month(7), month(8)])

    assert year.missing == (Period.of_month(2022, 11), Period.of_month(2023, 9))
    assert year.statement == "incomplete: November 2022 and September 2023 are missing"


def test_a_quarter_fills_in_where_one_of_its_months_is_missing() -> None:
    year = worked_out([*without(months(), 8), quarters()[3]])

    assert (year.value, year.basis) == (Decimal(120), Basis.MIXED)


def test_nothing_at_all_is_not_yet_received() -> None:
    year = worked_out([])

    assert year.statement == "not yet received"
    assert year.missing == (YEAR,)


def test_readings_outside_the_year_or_across_its_edge_do_not_count() -> None:
    outside = [
        part(Period.of_month(2023, 10), 10),
        part(Period(date(2022, 8, 1), date(2022, 10, 31)), 30),
        part(Period(date(2022, 10, 1), date(2022, 10, 15)), 5),
    ]

    assert worked_out(outside).statement == "not yet received"


def test_overlapping_readings_are_not_added_twice() -> None:
    odd_quarter = part(Period(date(2022, 11, 1), date(2023, 1, 31)), 30)

    year = worked_out([odd_quarter, *quarters()])
    assert year.value == Decimal(120)

    year = worked_out([odd_quarter, *quarters()[1:]])
    assert year.value is None
    assert year.missing == (Period(date(2022, 10, 1), date(2022, 12, 31)),)


def test_rates_and_percentages_are_never_added_up() -> None:
    year = worked_out(quarters(), summable=False)

    assert year.value is None
    assert year.statement == (
        "not yet received: this figure is not added up and needs one for the whole year"
    )
    assert worked_out([], summable=False).statement == "not yet received"


def test_a_rate_entered_for_the_year_is_the_figure_of_the_year() -> None:
    year = worked_out([part(YEAR, "4.5"), *quarters()], summable=False)

    assert (year.value, year.basis) == (Decimal("4.5"), Basis.WHOLE_YEAR)
    assert year.statement == ""


def test_a_year_is_provisional_when_one_of_its_readings_is() -> None:
    parts = months()
    parts[3] = Part(parts[3].period, Decimal(10), True, "Police, early count")

    year = worked_out(parts)

    assert year.provisional
    assert year.sources == ("Police", "Police, early count")
    assert not worked_out([part(YEAR, 5, provisional=True), *months()]).provisional


def test_two_readings_for_the_same_period_are_refused() -> None:
    with pytest.raises(ValueError, match="same period"):
        worked_out([month(7, 10), month(7, 11)])


@pytest.mark.parametrize(
    "year",
    [
        Period(date(2023, 1, 1), date(2023, 11, 30)),
        Period(date(2023, 1, 2), date(2024, 1, 1)),
        Period(date(2023, 1, 1), date(2024, 12, 31)),
    ],
)
def test_a_rolling_year_is_twelve_whole_months(year: Period) -> None:
    with pytest.raises(ValueError, match="twelve whole months"):
        rolling_year([], year, summable=True)


@st.composite
def any_readings(draw: st.DrawFn) -> list[Part]:
    """Readings of one to twelve months, here and there, overlapping as they may."""
    pieces = draw(
        st.sets(st.tuples(st.integers(-2, 12), st.sampled_from([1, 1, 3, 3, 6, 12])), max_size=30)
    )
    readings = []
    for start, length in sorted(pieces):
        starts_on = add_months(YEAR.starts_on, start)
        ends_on = month_end(add_months(starts_on, length - 1))
        readings.append(part(Period(starts_on, ends_on), draw(VALUES), draw(st.booleans())))
    return readings


@st.composite
def tilings(draw: st.DrawFn) -> list[Part]:
    """Months, quarters and half-years that cover the year exactly once, in any order."""
    lengths: list[int] = []
    while (left := 12 - sum(lengths)) > 0:
        lengths.append(draw(st.sampled_from([n for n in (1, 3, 6) if n <= left])))
    starts = [sum(lengths[:index]) for index in range(len(lengths))]
    periods = [
        Period(
            add_months(YEAR.starts_on, start),
            month_end(add_months(YEAR.starts_on, start + length - 1)),
        )
        for start, length in zip(starts, lengths, strict=True)
    ]
    return draw(st.permutations([part(period, draw(VALUES)) for period in periods]))


@given(any_readings(), st.randoms(use_true_random=False), st.booleans())
def test_the_order_of_the_readings_makes_no_difference(
    readings: list[Part], shuffle: Random, summable: bool
) -> None:
    shuffled = list(readings)
    shuffle.shuffle(shuffled)

    assert worked_out(shuffled, summable) == worked_out(readings, summable)


@given(tilings())
def test_any_exact_cover_is_its_sum(parts: list[Part]) -> None:
    assert worked_out(parts).value == sum(each.value for each in parts)


@given(tilings(), st.data())
def test_leaving_out_any_part_leaves_no_sum(parts: list[Part], data: st.DataObject) -> None:
    left_out = data.draw(st.sampled_from(parts))

    year = worked_out([each for each in parts if each != left_out])

    assert year.value is None
    assert any(gap.encloses(left_out.period) for gap in year.missing)


@given(st.lists(VALUES, min_size=12, max_size=12))
def test_months_and_the_quarters_they_make_give_the_same_year(values: list[Decimal]) -> None:
    by_month = [part(period, value) for period, value in zip(YEAR.months(), values, strict=True)]
    by_quarter = [
        part(period, sum(values[3 * index : 3 * index + 3], Decimal(0)))
        for index, period in enumerate(YEAR.quarters())
    ]

    assert worked_out(by_month).value == worked_out(by_quarter).value
    assert worked_out([*by_month, *by_quarter]).value == worked_out(by_month).value
    assert worked_out([*by_month, *by_quarter]).disagreements == ()


@given(any_readings())
def test_overlapping_readings_of_one_a_month_always_make_twelve(readings: list[Part]) -> None:
    """Where every reading counts its months, a year can only ever come to twelve."""
    counted = [part(each.period, len(each.period.months())) for each in readings]

    year = worked_out(counted)

    assert year.value in (None, Decimal(12))
    assert (year.value is None) == bool(year.missing)
    assert year.disagreements == ()
