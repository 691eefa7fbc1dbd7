"""A date in three boxes."""

from datetime import date

import pytest
from django import forms
from django.core.exceptions import ValidationError

from partnerships.dates import DayMonthYearField, read_date


@pytest.mark.parametrize(
    ("day", "month", "year", "read"),
    [
        ("9", "6", "2024", date(2024, 6, 9)),
        ("09", "06", "2024", date(2024, 6, 9)),
        ("30", "June", "2024", date(2024, 6, 30)),
        ("1", "sept", "2023", date(2023, 9, 1)),
        ("29", "2", "2024", date(2024, 2, 29)),
        ("31", "12", "2199", date(2199, 12, 31)),
    ],
)
def test_a_date_is_read_as_people_write_it(day, month, year, read):
    assert read_date(day, month, year) == read


@pytest.mark.parametrize(
    ("day", "month", "year", "message", "part"),
    [
        ("31", "6", "2024", "June has 30 days: check the day", "day"),
        ("29", "2", "2023", "February 2023 has 28 days: check the day", "day"),
        ("0", "6", "2024", "June has 30 days: check the day", "day"),
        ("9th", "6", "2024", "Enter the day in figures, such as 9", "day"),
        ("²", "6", "2024", "Enter the day in figures, such as 9", "day"),
        ("9", "13", "2024", "Enter the month as a number from 1 to 12", "month"),
        ("9", "0", "2024", "Enter the month as a number from 1 to 12", "month"),
        ("9", "Ju", "2024", "Enter the month as a number from 1 to 12", "month"),
        ("9", "6", "24", "Enter the year in four figures, such as 2024", "year"),
        ("9", "6", "0204", "Enter the year in four figures, such as 2024", "year"),
        ("9", "6", "9" * 5000, "Enter the year in four figures, such as 2024", "year"),
    ],
)
def test_a_wrong_date_says_what_to_do_and_where(day, month, year, message, part):
    with pytest.raises(ValidationError) as raised:
        read_date(day, month, year)

    assert raised.value.messages == [message]
    assert raised.value.params == {"parts": (part,)}


class HolidayForm(forms.Form):
    starts_on = DayMonthYearField()
    ends_on = DayMonthYearField(required=False)


def holiday(starts, ends=("", "", "")):
    parts = ("day", "month", "year")
    return HolidayForm(
        {f"starts_on_{part}": typed for part, typed in zip(parts, starts, strict=True)}
        | {f"ends_on_{part}": typed for part, typed in zip(parts, ends, strict=True)}
    )


def test_three_boxes_make_one_date_and_an_optional_one_may_be_empty():
    form = holiday((" 1 ", "4", "2023"))

    assert form.is_valid()
    assert form.cleaned_data == {"starts_on": date(2023, 4, 1), "ends_on": None}


def test_empty_boxes_are_asked_for():
    assert holiday(("", "", "")).errors["starts_on"] == ["Enter a day, month and year"]


def test_a_date_half_filled_in_is_never_taken_for_none():
    form = holiday(("1", "4", "2023"), ("", "5", ""))

    assert form.errors["ends_on"] == ["Enter a day, month and year"]
    assert form.errors.as_data()["ends_on"][0].params == {"parts": ("day", "year")}


@pytest.mark.parametrize(
    ("typed", "changed"), [("1", False), ("01", False), ("2", True), ("31", True), ("", True)]
)
def test_a_date_has_changed_only_when_it_means_another_day(typed, changed):
    field = DayMonthYearField()

    assert field.has_changed(date(2023, 4, 1), [typed, "4", "2023"]) is changed
