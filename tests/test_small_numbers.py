"""Which figures are too small for the public."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from partnerships.quarters import Period
from performance.figures import figure_row
from performance.models import Indicator
from performance.rolling import Part
from reports.small_numbers import has_small_number, is_small

QUARTER = Period(date(2023, 7, 1), date(2023, 9, 30))
YEAR = QUARTER.rolling_year()
BEFORE = YEAR.year_before()


def row_of(previous, current, *more, kind="count"):
    values = ((BEFORE, previous), (YEAR, current), *more)
    parts = [Part(period, Decimal(value), False, "Police") for period, value in values]
    indicator = Indicator(kind=kind, polarity="lower")
    return figure_row(indicator, parts, QUARTER, small_base=20)


@pytest.mark.parametrize(
    ("value", "small"), [(0, False), (1, True), (4, True), (5, False), (-4, True), (-5, False)]
)
def test_small_is_more_than_nought_and_below_the_threshold(value, small):
    assert is_small(Decimal(value), 5) is small


@pytest.mark.parametrize(
    ("previous", "current", "small"),
    [
        (0, 0, False),
        (0, 7, False),
        (3, 90, True),
        (90, 3, True),
        (90, 94, True),
        (90, 86, True),
        (90, 95, False),
        (90, 90, False),
    ],
)
def test_a_count_is_hidden_for_either_year_or_for_its_change(previous, current, small):
    assert has_small_number(row_of(previous, current), 5) is small


def test_a_number_in_a_note_counts_too():
    months = [
        (Period(YEAR.starts_on, date(2023, 3, 31)), 20),
        (Period(date(2023, 4, 1), YEAR.ends_on), 23),
    ]

    assert has_small_number(row_of(90, 40, *months), 5)
    assert not has_small_number(row_of(90, 43, *months), 5)


def test_what_the_notes_leave_of_a_year_counts_too():
    def row(last):
        parts = [((2022, 10), (2023, 1), 30), ((2023, 1), (2023, 4), 30)]
        parts += [((2023, month), (2023, month + 1), 10) for month in (4, 5, 6)]
        parts += [((2023, 7), (2023, 10), last)]
        # Two that disagree, which the notes tell: of nine months together.
        parts += [((2022, 10), (2023, 4), 90), ((2023, 4), (2023, 7), 50)]
        return row_of(30, 90 + last, *((months(*ends), value) for *ends, value in parts))

    assert has_small_number(row(3), 5)
    assert not has_small_number(row(13), 5)


def months(since, until):
    return Period(date(*since, 1), date(*until, 1) - timedelta(days=1))


@pytest.mark.parametrize("kind", ["rate", "percentage"])
def test_rates_and_percentages_are_no_counts_of_people(kind):
    assert not has_small_number(row_of(3, 4, kind=kind), 5)


def test_a_threshold_of_nought_hides_nothing():
    assert not has_small_number(row_of(1, 2), 0)
