"""Days and times as the pages say them and as people type them."""

from datetime import date, datetime, time

import pytest
from django.core.exceptions import ValidationError

from partnerships.days import away, clock, moment, weekday_day
from partnerships.times import read_time

TODAY = date(2023, 10, 20)


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2023, 10, 27), "in 7 days"),
        (date(2023, 10, 21), "tomorrow"),
        (TODAY, "today"),
        (date(2023, 10, 19), "1 day late"),
        (date(2023, 10, 17), "3 days late"),
        (date(2016, 10, 20), "more than a year ago"),
    ],
)
def test_how_far_off_a_day_is(day, said):
    assert away(day, TODAY) == said


@pytest.mark.parametrize(
    ("day", "said"),
    [(date(2023, 10, 27), "Friday 27 October"), (date(2024, 1, 2), "Tuesday 2 January 2024")],
)
def test_a_day_says_its_year_where_it_is_not_todays(day, said):
    assert weekday_day(day, TODAY) == said


@pytest.mark.parametrize(
    ("when", "said"),
    [
        (datetime(2023, 10, 20, 14, 32), "today at 14:32"),  # noqa: DTZ001 - local by definition
        (datetime(2023, 10, 19, 9, 5), "yesterday at 09:05"),  # noqa: DTZ001
        (datetime(2023, 10, 18, 9, 5), "18 October"),  # noqa: DTZ001
        (datetime(2022, 12, 31, 9, 5), "31 December 2022"),  # noqa: DTZ001
    ],
)
def test_when_something_was_done(when, said):
    assert moment(when, TODAY) == said


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (time(17), "5pm"),
        (time(9, 30), "9:30am"),
        (time(12), "noon"),
        (time(12, 5), "12:05pm"),
        (time(0), "midnight"),
        (time(0, 30), "12:30am"),
    ],
)
def test_a_deadlines_time_is_said_as_people_say_it_and_read_back(at, said):
    assert clock(at) == said
    assert read_time(said) == at


@pytest.mark.parametrize("typed", ["5pm", " 5 PM ", "17:00", "17.00", "5.00pm", "5 p.m.", "05pm"])
def test_a_time_is_read_as_people_type_it(typed):
    assert read_time(typed) == time(17)


@pytest.mark.parametrize(
    "typed", ["5", "17", "25:00", "17:60", "13pm", "0am", "five", "5pm!", "٥pm", "17:00:00"]
)
def test_a_time_that_is_not_clear_is_asked_for_again(typed):
    with pytest.raises(ValidationError, match="Enter a time such as 5pm or 17:00"):
        read_time(typed)
