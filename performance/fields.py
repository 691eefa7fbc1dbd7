"""Boxes for figures and for the months that they are of."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from documents.characters import tidy
from partnerships.dates import DayMonthYearField, DayMonthYearWidget, read_date


class FigureField(forms.CharField):
    """A figure as people type it: "1,704", or with decimals where the indicator has them.

    Gives a Decimal, or None for an empty box. A comma may stand between thousands and nowhere
    else, so that "1,70" is asked about and not read as 170.
    """

    digits = re.compile(r"(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.([0-9]+))?")
    most_digits, most_decimals = 10, 4

    def __init__(self, *, whole: bool, **kwargs):
        super().__init__(required=False, **kwargs)
        self.whole = whole
        self.example = "a whole number, such as 1,450" if whole else "a number, such as 4.5"

    def clean(self, value):
        text = tidy(str(value or "")).replace(" ", "").removesuffix("%")
        if not text:
            return None
        if text[0] in "-−–":
            raise ValidationError("Enter a figure that is not below nought")
        found = self.digits.fullmatch(text)
        if found is None or (found[1] and self.whole):
            raise ValidationError(f"Enter {self.example}, in figures")
        if found[1] and len(found[1]) > self.most_decimals:
            raise ValidationError(f"Enter at most {self.most_decimals} decimal places")
        number = Decimal(text.replace(",", ""))
        if number >= 10**self.most_digits:
            raise ValidationError("This figure has too many digits: check it")
        return number

    def has_changed(self, initial, data):
        return str(initial or "").strip() != str(data or "").strip()


class MonthYearWidget(DayMonthYearWidget):
    """Two text boxes, named `<name>_month` and `<name>_year`."""

    parts = ("month", "year")

    def decompress(self, value: date | None) -> list[str]:
        return ["", ""] if value is None else [str(value.month), str(value.year)]


class MonthYearField(DayMonthYearField):
    """A month in two boxes, as the date of its first day. It is always asked for."""

    widget = MonthYearWidget

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)

    def to_python(self, value: Any) -> date:
        month, year = (tidy(str(part or "")).strip() for part in value)
        missing = tuple(part for part, typed in (("month", month), ("year", year)) if not typed)
        if missing:
            raise ValidationError("Enter a month and year", params={"parts": missing})
        return read_date(day="1", month=month, year=year)
