"""Periods and quarters, at the dates where calendars go wrong."""

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerships.quarters import (
    Period,
    Quarter,
    add_months,
    financial_year_label,
    financial_year_of,
    month_end,
    quarters_between,
    split_year,
)

DAYS = st.dates(min_value=date(1900, 1, 1), max_value=date(2199, 12, 31))
MONTHS = st.builds(Period.of_month, st.integers(1900, 2199), st.integers(1, 12))


@st.composite
def whole_month_periods(draw: st.DrawFn) -> Period:
    first = draw(MONTHS)
    return Period(first.starts_on, month_end(add_months(first.starts_on, draw(st.integers(0, 40)))))


@pytest.mark.parametrize(
    ("day", "quarter"),
    [
        (date(2024, 3, 31), Quarter(2023, 4)),
        (date(2024, 4, 1), Quarter(2024, 1)),
        (date(2024, 6, 30), Quarter(2024, 1)),
        (date(2024, 7, 1), Quarter(2024, 2)),
        (date(2023, 9, 30), Quarter(2023, 2)),
        (date(2023, 12, 31), Quarter(2023, 3)),
        (date(2024, 1, 1), Quarter(2023, 4)),
        (date(2024, 2, 29), Quarter(2023, 4)),
    ],
)
def test_a_day_falls_in_its_quarter(day: date, quarter: Quarter) -> None:
    assert Quarter.containing(day) == quarter
    assert quarter.period.contains(day)


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (date(2024, 3, 31), 2023),
        (date(2024, 4, 1), 2024),
        (date(2023, 12, 31), 2023),
        (date(2024, 1, 1), 2023),
    ],
)
def test_the_financial_year_turns_on_the_first_of_april(day: date, year: int) -> None:
    assert financial_year_of(day) == year


def test_a_financial_year_is_labelled_with_both_its_years() -> None:
    assert financial_year_label(2023) == "2023/24"
    assert financial_year_label(1999) == "1999/00"
    assert financial_year_label(2008) == "2008/09"


def test_a_quarter_has_a_label_a_name_a_short_form_and_a_slug() -> None:
    quarter = Quarter(2023, 2)

    assert quarter.label == str(quarter) == "Quarter 2, 2023/24"
    assert quarter.name == "Quarter 2"
    assert quarter.short == "Q2 2023/24"
    assert quarter.slug == "2023-24-q2"


def test_the_fourth_quarter_is_in_the_next_calendar_year() -> None:
    assert Quarter(2023, 4).period == Period(date(2024, 1, 1), date(2024, 3, 31))


def test_quarters_follow_one_another_over_the_turn_of_the_year() -> None:
    assert Quarter(2023, 4).next() == Quarter(2024, 1)
    assert Quarter(2024, 1).previous() == Quarter(2023, 4)
    assert Quarter(2023, 4) < Quarter(2024, 1)


@pytest.mark.parametrize("number", [0, 5, -1])
def test_there_is_no_fifth_quarter(number: int) -> None:
    with pytest.raises(ValueError, match="1 to 4"):
        Quarter(2023, number)


@given(DAYS)
def test_quarters_leave_no_day_out_and_hold_none_twice(day: date) -> None:
    quarter = Quarter.containing(day)

    assert quarter.period.contains(day)
    assert quarter.next().period.starts_on == quarter.period.ends_on + timedelta(days=1)
    assert quarter.next().previous() == quarter


def test_quarters_between_two_dates_include_those_only_touched() -> None:
    assert quarters_between(date(2024, 3, 31), date(2024, 7, 1)) == (
        Quarter(2023, 4),
        Quarter(2024, 1),
        Quarter(2024, 2),
    )
    assert quarters_between(date(2024, 3, 31), date(2024, 3, 31)) == (Quarter(2023, 4),)
    with pytest.raises(ValueError, match="before it starts"):
        quarters_between(date(2024, 6, 2), date(2024, 6, 1))


def test_a_period_cannot_end_before_it_starts() -> None:
    with pytest.raises(ValueError, match="before it starts"):
        Period(date(2024, 4, 1), date(2024, 3, 31))


def test_a_period_contains_both_its_ends_and_nothing_beyond() -> None:
    period = Quarter(2023, 4).period

    assert period.contains(date(2024, 1, 1))
    assert period.contains(date(2024, 3, 31))
    assert not period.contains(date(2023, 12, 31))
    assert not period.contains(date(2024, 4, 1))


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "long", "short"),
    [
        (date(2023, 7, 1), date(2023, 9, 30), "July to September 2023", "Jul to Sep 2023"),
        (
            date(2022, 10, 1),
            date(2023, 3, 31),
            "October 2022 to March 2023",
            "Oct 2022 to Mar 2023",
        ),
        (date(2023, 7, 1), date(2023, 7, 31), "July 2023", "Jul 2023"),
        (date(2024, 2, 1), date(2024, 2, 29), "February 2024", "Feb 2024"),
        (date(2024, 2, 1), date(2024, 2, 28), "1 February to 28 February 2024", None),
        (date(2023, 12, 14), date(2024, 1, 13), "14 December 2023 to 13 January 2024", None),
        (date(2024, 5, 14), date(2024, 5, 14), "14 May 2024", "14 May 2024"),
        (date(2021, 10, 1), date(2022, 9, 30), None, "Oct 2021 to Sep 2022"),
        (date(2022, 7, 1), date(2023, 7, 31), "July 2022 to July 2023", None),
    ],
)
def test_a_period_is_written_in_words(
    starts_on: date, ends_on: date, long: str | None, short: str | None
) -> None:
    period = Period(starts_on, ends_on)

    assert long is None or period.long == str(period) == long
    assert short is None or period.short == short


def test_a_rolling_year_is_the_twelve_months_to_the_end_of_the_period() -> None:
    quarter = Quarter(2023, 2).period

    assert quarter.rolling_year() == Period(date(2022, 10, 1), date(2023, 9, 30))
    assert quarter.year_to == "Year to Sep 2023"
    assert Quarter(2023, 3).period.rolling_year() == Period(date(2023, 1, 1), date(2023, 12, 31))
    half_a_month = Period(date(2024, 2, 1), date(2024, 2, 14))
    assert half_a_month.rolling_year() == Period(date(2023, 3, 1), date(2024, 2, 29))


@pytest.mark.parametrize(
    ("period", "before"),
    [
        (
            Period(date(2022, 10, 1), date(2023, 9, 30)),
            Period(date(2021, 10, 1), date(2022, 9, 30)),
        ),
        (
            Period(date(2024, 3, 1), date(2025, 2, 28)),
            Period(date(2023, 3, 1), date(2024, 2, 29)),
        ),
        (
            Period(date(2023, 3, 1), date(2024, 2, 29)),
            Period(date(2022, 3, 1), date(2023, 2, 28)),
        ),
        (
            Period(date(2024, 2, 29), date(2024, 3, 6)),
            Period(date(2023, 2, 28), date(2023, 3, 6)),
        ),
        (
            Period(date(2025, 2, 1), date(2025, 2, 27)),
            Period(date(2024, 2, 1), date(2024, 2, 27)),
        ),
    ],
)
def test_the_year_before_keeps_month_ends(period: Period, before: Period) -> None:
    assert period.year_before() == before


@given(whole_month_periods())
def test_whole_months_stay_whole_a_year_earlier(period: Period) -> None:
    assert period.year_before().whole_months
    assert len(period.year_before().months()) == len(period.months())


@given(DAYS, st.integers(0, 2000))
def test_a_rolling_year_is_always_twelve_whole_months(starts_on: date, length: int) -> None:
    period = Period(starts_on, starts_on + timedelta(days=length))

    year = period.rolling_year()

    assert year.whole_months
    assert len(year.months()) == 12
    assert year.contains(period.ends_on)
    assert year.year_before().ends_on + timedelta(days=1) == year.starts_on


def assert_tiles(whole: Period, pieces: tuple[Period, ...]) -> None:
    """The pieces cover the whole in order, with no gap and no overlap."""
    assert pieces[0].starts_on == whole.starts_on
    assert pieces[-1].ends_on == whole.ends_on
    for earlier, later in itertools.pairwise(pieces):
        assert later.starts_on == earlier.ends_on + timedelta(days=1)


@given(whole_month_periods())
def test_months_and_quarters_tile_a_period_of_whole_months(period: Period) -> None:
    assert_tiles(period, period.months())
    assert period.month_count == len(period.months())
    assert_tiles(period, period.quarters())
    assert all(len(quarter.months()) == 3 for quarter in period.quarters()[:-1])


def test_quarters_are_counted_from_the_start_of_the_period() -> None:
    assert [piece.short for piece in Period(date(2023, 2, 1), date(2023, 8, 31)).quarters()] == [
        "Feb to Apr 2023",
        "May to Jul 2023",
        "Aug 2023",
    ]


def test_a_period_of_broken_months_is_not_cut_into_months() -> None:
    broken = Period(date(2024, 4, 2), date(2025, 3, 31))

    assert not broken.whole_months
    with pytest.raises(ValueError, match="whole months"):
        broken.months()
    with pytest.raises(ValueError, match="whole months"):
        _ = broken.month_count
    with pytest.raises(ValueError, match="whole months"):
        broken.quarters()


@pytest.mark.parametrize(
    ("months_each", "written"),
    [
        (3, ["Apr to Jun 2024", "Jul to Sep 2024", "Oct to Dec 2024", "Jan to Mar 2025"]),
        (4, ["Apr to Jul 2024", "Aug to Nov 2024", "Dec 2024 to Mar 2025"]),
        (6, ["Apr to Sep 2024", "Oct 2024 to Mar 2025"]),
        (12, ["Apr 2024 to Mar 2025"]),
    ],
)
def test_a_plan_year_is_cut_into_rounds(months_each: int, written: list[str]) -> None:
    rounds = split_year(date(2024, 4, 1), date(2025, 3, 31), months_each)

    assert [period.short for period in rounds] == written


def test_a_plan_year_from_mid_month_is_cut_on_that_day() -> None:
    assert split_year(date(2023, 12, 31), date(2024, 12, 30), 6) == (
        Period(date(2023, 12, 31), date(2024, 6, 29)),
        Period(date(2024, 6, 30), date(2024, 12, 30)),
    )


@given(DAYS, st.integers(0, 1200), st.sampled_from([3, 4, 6, 12]))
def test_rounds_tile_any_plan_year(starts_on: date, length: int, months_each: int) -> None:
    ends_on = starts_on + timedelta(days=length)

    assert_tiles(Period(starts_on, ends_on), split_year(starts_on, ends_on, months_each))


@pytest.mark.parametrize("months_each", [0, 1, 5, 7, -3])
def test_other_lengths_of_round_are_refused(months_each: int) -> None:
    with pytest.raises(ValueError, match="3, 4, 6 or 12"):
        split_year(date(2024, 4, 1), date(2025, 3, 31), months_each)


def test_periods_are_ordered_by_start_then_end() -> None:
    july = Period.of_month(2023, 7)
    quarter = Quarter(2023, 2).period

    assert sorted([Period.of_month(2023, 8), quarter, july]) == [
        july,
        quarter,
        Period.of_month(2023, 8),
    ]
    assert quarter.encloses(july)
    assert not july.encloses(quarter)


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "share_a_day"),
    [
        (date(2023, 4, 1), date(2023, 6, 30), False),
        (date(2023, 4, 1), date(2023, 7, 1), True),
        (date(2023, 8, 1), date(2023, 8, 1), True),
        (date(2023, 10, 1), date(2023, 12, 31), False),
    ],
)
def test_periods_overlap_when_they_share_a_day(starts_on, ends_on, share_a_day):
    quarter, other = Quarter(2023, 2).period, Period(starts_on, ends_on)

    assert quarter.overlaps(other) is share_a_day
    assert other.overlaps(quarter) is share_a_day
