"""Days and times as the pages say them: "Friday 27 October", "in 7 days", "today at 14:32".

Nothing here reads the clock: today is an argument. A year is said where it is not today's. A
time of closing is said as people say it, "5pm"; any other time on the 24-hour clock.
"""

from datetime import date, datetime, time, timedelta

from .quarters import MONTH_NAMES, ONE_DAY

A_YEAR = 366  # days, at most

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def long_day(day: date, today: date) -> str:
    """As in "27 October", or "27 October 2022" in another year than today's."""
    year = "" if day.year == today.year else f" {day.year}"
    return f"{day.day} {MONTH_NAMES[day.month - 1]}{year}"


def weekday_day(day: date, today: date) -> str:
    """As in "Friday 27 October": for what is still to be done by then."""
    return f"{WEEKDAYS[day.weekday()]} {long_day(day, today)}"


def away(day: date, today: date) -> str:
    """How far off a due day is: "today", "tomorrow", "in 7 days", "1 day late", "3 days late".

    In the round of an old plan it may be years: then nobody counts days.
    """
    days = (day - today) // ONE_DAY
    named = {0: "today", 1: "tomorrow", -1: "1 day late"}
    if days in named:
        return named[days]
    if days < -A_YEAR:
        return "more than a year ago"
    return f"in {days} days" if days > 0 else f"{-days} days late"


def moment(when: datetime, today: date) -> str:
    """When something was done, given in local time: "today at 14:32", "18 October"."""
    if when.date() == today:
        return f"today at {when:%H:%M}"
    if when.date() == today - timedelta(days=1):
        return f"yesterday at {when:%H:%M}"
    return long_day(when.date(), today)


def clock(at: time) -> str:
    """A deadline's time of day: "5pm", "5:30pm", "noon", "midnight"."""
    if (at.hour, at.minute) == (0, 0):
        return "midnight"
    if (at.hour, at.minute) == (12, 0):
        return "noon"
    minutes = f":{at.minute:02d}" if at.minute else ""
    return f"{at.hour % 12 or 12}{minutes}{'am' if at.hour < 12 else 'pm'}"
