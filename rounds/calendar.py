"""Dates of a round as iCalendar (RFC 5545) entries."""

from datetime import datetime, timedelta

from icalendar import Calendar, Event

from .models import Round

PRODUCT = "-//CSP Portal//Rounds//EN"


def due_date_file(round: Round, *, now: datetime) -> str:
    """The due date as a file to be added to a calendar; nothing where there is none."""
    if round.due_on is None:
        return ""
    calendar = _calendar()
    calendar.add("method", "PUBLISH")
    calendar.add_component(due_date_entry(round, now=now))
    return calendar.to_ical().decode()


def due_date_entry(round: Round, *, now: datetime) -> Event:
    """A whole day; its number stays the same when the date moves."""
    event = Event()
    event.add("uid", f"round-{round.pk}-due@{round.partnership.slug}.csp-portal")
    event.add("dtstamp", now)
    event.add("summary", f"{round.full_label}: update due, {round.partnership}")
    event.add("dtstart", round.due_on)
    event.add("dtend", round.due_on + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    return event


def _calendar() -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    return calendar
