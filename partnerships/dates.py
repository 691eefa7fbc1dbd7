"""A date asked for in three boxes: day, month and year.

People copy dates from memory or paper; a calendar to click through is slow and hard to use
without a mouse, so each part has a labelled box of its own and a message of its own.
"""

from calendar import monthrange
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
PARTS = ("day", "month", "year")
FIRST_YEAR, LAST_YEAR = 1900, 2199


class DayMonthYearWidget(forms.MultiWidget):
    """Three text boxes, named `<name>_day`, `<name>_month` and `<name>_year`, ids likewise."""

    parts: tuple[str, ...] = PARTS

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({part: forms.TextInput() for part in self.parts}, attrs)

    def decompress(self, value: date | None) -> list[str]:
        if value is None:
            return ["", "", ""]
        return [str(value.day), str(value.month), str(value.year)]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        widget = context["widget"]
        for part, box in zip(self.parts, widget["subwidgets"], strict=True):
            box["part"] = part
            if "id" in widget["attrs"]:
                box["attrs"]["id"] = f"{widget['attrs']['id']}_{part}"
        return context


class DayMonthYearField(forms.Field):
    """A date in three boxes; what was typed comes back on error, with what to do about it.

    A message that concerns one box carries `params={"parts": ("month",)}`, so that the page
    can mark that box and lead to it.
    """

    widget = DayMonthYearWidget
    default_error_messages = {"required": "Enter a day, month and year"}

    def to_python(self, value: Any) -> date | None:
        if value is None or isinstance(value, date):
            return value
        typed = dict(zip(PARTS, (str(part or "").strip() for part in value), strict=True))
        missing = tuple(part for part in PARTS if not typed[part])
        if len(missing) == len(PARTS):
            return None
        if missing:
            raise _problem("Enter a day, month and year", *missing)
        return read_date(**typed)

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(initial) != self.to_python(data))
        except ValidationError:
            return True


def read_date(day: str, month: str, year: str) -> date:
    """The date of three texts as people type them ("9", "09"; "6", "June", "Jun"; "2024").

    Raises ValidationError saying what to do, with the part it concerns.
    """
    month_number = _read_month(month)
    if not (_is_figures(year) and len(year) == 4 and FIRST_YEAR <= int(year) <= LAST_YEAR):
        raise _problem("Enter the year in four figures, such as 2024", "year")
    if not _is_figures(day):
        raise _problem("Enter the day in figures, such as 9", "day")
    days = monthrange(int(year), month_number)[1]
    if not 1 <= int(day) <= days:
        named = MONTHS[month_number - 1]
        if month_number == 2:
            named = f"{named} {year}"
        raise _problem(f"{named} has {days} days: check the day", "day")
    return date(int(year), month_number, int(day))


def _read_month(month: str) -> int:
    if _is_figures(month) and 1 <= int(month) <= 12:
        return int(month)
    if len(month) >= 3 and month.isalpha():
        for number, name in enumerate(MONTHS, start=1):
            if name.lower().startswith(month.lower()):
                return number
    raise _problem("Enter the month as a number from 1 to 12", "month")


def _is_figures(text: str) -> bool:
    """Short enough to be part of a date, and made of 0 to 9 only."""
    return len(text) <= 4 and text.isascii() and text.isdigit()


def _problem(message: str, *parts: str) -> ValidationError:
    return ValidationError(message, code="invalid", params={"parts": parts})
