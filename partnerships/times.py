"""A time of day as people type it: "5pm", "17:00", "5.30 pm", "noon"."""

import re
from datetime import UTC, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from .days import clock

_NAMED = {"noon": time(12), "midday": time(12), "midnight": time(0)}
_TYPED = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm)?")


def in_london(wall: datetime, *, second: bool = False) -> datetime:
    """The moment, in UTC, at which clocks in London show this; the second where there are two."""
    return timezone.make_aware(wall.replace(fold=int(second))).astimezone(UTC)


def happens_twice(wall: datetime) -> bool:
    """Whether clocks in London show this twice, as in the night in which they go back."""
    first, second = in_london(wall), in_london(wall, second=True)
    return first != second and never_happens(wall) is False


def never_happens(wall: datetime) -> bool:
    """Whether they never show it, as in the night in which they go forward."""
    return timezone.make_naive(in_london(wall)) != wall.replace(fold=0)


def which_of_two(when: datetime) -> str:
    """ " BST" or " GMT" behind a time of day in London that comes twice; nothing behind others."""
    local = timezone.localtime(when)
    return f" {local:%Z}" if happens_twice(local.replace(tzinfo=None)) else ""


def read_time(typed: str) -> time:
    """The time of day of a text. Raises ValidationError saying what to do."""
    text = re.sub(r"(?<=[ap])\.?(m)\.?$", r"\1", typed.strip().lower())
    if text in _NAMED:
        return _NAMED[text]
    found = _TYPED.fullmatch(text) if text.isascii() else None
    if found:
        hour, minute, half = int(found[1]), int(found[2] or 0), found[3]
        says_which_half = half or found[2]
        if half and 1 <= hour <= 12:
            hour = hour % 12 + (12 if half == "pm" else 0)
        elif half:
            hour = -1
        if says_which_half and 0 <= hour < 24 and minute < 60:
            return time(hour, minute)
    raise ValidationError("Enter a time such as 5pm or 17:00", code="invalid")


class TimeOfDayField(forms.Field):
    """One text box for a time of day; what was typed comes back on error."""

    widget = forms.TextInput(attrs={"class": "govuk-input--width-5", "autocomplete": "off"})
    default_error_messages = {"required": "Enter a time such as 5pm or 17:00"}

    def to_python(self, value: Any) -> time | None:
        if value is None or isinstance(value, time):
            return value
        typed = str(value)
        return read_time(typed) if typed.strip() else None

    def prepare_value(self, value: Any) -> Any:
        return clock(value) if isinstance(value, time) else value
