"""Days and times in templates; `today` is always given, as in `{{ day|away:access.today }}`."""

from datetime import date, datetime

from django import template
from django.utils import timezone

from partnerships import days
from partnerships.times import which_of_two

register = template.Library()


@register.filter
def long_day(day: date | None, today: date) -> str:
    """As in "27 October"; nothing for no day."""
    return days.long_day(day, today) if day else ""


@register.filter
def weekday_day(day: date | None, today: date) -> str:
    """As in "Friday 27 October"."""
    return days.weekday_day(day, today) if day else ""


@register.filter
def away(day: date | None, today: date) -> str:
    """As in "in 7 days" or "2 days late", of a day something is due."""
    return days.away(day, today) if day else ""


@register.filter
def moment(when: datetime | None, today: date) -> str:
    """As in "today at 14:32", in London."""
    return days.moment(timezone.localtime(when), today) if when else ""


@register.filter
def deadline(when: datetime | None, today: date) -> str:
    """As in "Monday 30 October, 5pm", in London."""
    if when is None:
        return ""
    local = timezone.localtime(when)
    at = f"{days.clock(local.time())}{which_of_two(local)}"
    return f"{days.weekday_day(local.date(), today)}, {at}"
