"""Weekends and bank holidays move to the next working day."""

from datetime import date

import pytest

from partnerships.working_days import working_day


@pytest.mark.parametrize(
    ("day", "moved"),
    [
        (date(2023, 10, 27), date(2023, 10, 27)),  # a Friday
        (date(2023, 10, 28), date(2023, 10, 30)),  # a Saturday
        (date(2024, 1, 1), date(2024, 1, 2)),  # New Year's Day
        (date(2024, 3, 29), date(2024, 4, 2)),  # Good Friday, then Easter Monday
        (date(2023, 5, 8), date(2023, 5, 9)),  # the coronation's, in that year alone
        (date(2027, 12, 25), date(2027, 12, 29)),  # a Saturday, with two days in lieu
    ],
)
def test_a_day_off_moves_to_the_next_working_day(day, moved):
    assert working_day(day) == moved
