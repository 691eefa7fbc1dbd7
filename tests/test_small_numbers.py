"""Which figures are too small for the public, and what gives a hidden one away."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from partnerships.quarters import Period
from performance.figures import figure_row
from performance.models import Indicator
from performance.rolling import Part
from reports.small_numbers import PublicRow, gives_away, has_small_number, is_small

QUARTER = Period(date(2023, 7, 1), date(2023, 9, 30))
YEAR = QUARTER.rolling_year()
BEFORE = YEAR.year_before()
NEXT = Period(date(2023, 10, 1), date(2024, 9, 30))


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


SHOWN = PublicRow("burglary", YEAR, NEXT, Decimal(52), Decimal(90))
HIDDEN = PublicRow("burglary", BEFORE, YEAR, None, None, is_hidden=True)


def given_away(new, *earlier):
    return gives_away([new], earlier, threshold=5)


def test_the_next_years_report_must_not_complete_a_hidden_change():
    before = PublicRow("burglary", BEFORE.year_before(), BEFORE, Decimal(80), Decimal(50))

    assert given_away(SHOWN, HIDDEN, before) == {"burglary"}
    assert given_away(SHOWN, HIDDEN) == set()
    assert given_away(replace(SHOWN, previous=Decimal(62)), HIDDEN, before) == set()


def test_a_small_number_of_the_last_report_must_not_stand_in_this_one():
    assert given_away(replace(SHOWN, previous=Decimal(3)), HIDDEN) == {"burglary"}


def test_what_an_earlier_version_shows_is_named():
    first = replace(HIDDEN, previous=Decimal(90), current=Decimal(93), is_hidden=False)

    assert given_away(HIDDEN, first) == {"burglary"}
    assert given_away(HIDDEN, replace(first, indicator="robbery")) == set()


def test_what_was_given_away_before_is_no_reason_to_hide_more():
    first = replace(HIDDEN, previous=Decimal(90), current=Decimal(93), is_hidden=False)
    shown = PublicRow("burglary", YEAR, NEXT, Decimal(93), Decimal(190))

    assert given_away(shown, first, HIDDEN) == set()


def test_years_that_overlap_must_not_give_away_a_quarter_after_a_year_of_nought():
    def quarter(start, current, previous=60):
        year = Period(start, start.replace(year=start.year + 1) - timedelta(days=1))
        before, now = Decimal(previous), Decimal(current)
        return PublicRow("burglary", year.year_before(), year, before, now)

    nought, six = quarter(date(2022, 1, 1), 0), quarter(date(2022, 4, 1), 6)
    eight = quarter(date(2022, 7, 1), 8)

    assert given_away(eight, six, nought) == {"burglary"}
    assert given_away(nought, six, eight) == {"burglary"}
    assert given_away(replace(eight, current=Decimal(12)), six, nought) == set()
    assert given_away(eight, six, replace(nought, current=Decimal(5))) == set()
    assert given_away(quarter(date(2022, 10, 1), 20), eight, six, nought) == set()
