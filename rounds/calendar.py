"""Dates of rounds as iCalendar (RFC 5545): a file with a message, and a person's own calendar."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta

from django.db.models import Q
from django.utils import timezone
from icalendar import Calendar, Event

from accounts.links import full_address
from partnerships.permissions import Access
from priorities.models import PriorityLead

from .models import Delegation, Round, priorities_supplied_by

PRODUCT = "-//CSP Portal//Rounds//EN"
SHOWN_FOR = timedelta(days=31)
"""How long a date stays in the calendar once it has passed."""


def due_date_file(*rounds: Round, now: datetime) -> str:
    """Due dates as a file to be added to a calendar; nothing where none is still to come."""
    today = timezone.localdate(now)
    dates = [(each, each.due_on) for each in rounds if each.due_on and each.due_on >= today]
    events = [_due(round, due_on, now) for round, due_on in dates]
    return _calendar(events, method="PUBLISH") if events else ""


def calendar_of(accesses: Sequence[Access], *, now: datetime) -> str:
    """When what a person is asked for is due and closes; who runs rounds finds meetings too.

    Nothing but dates and the names of rounds and partnerships stands in it. One query.
    """
    runs = {access.partnership.pk for access in accesses if access.runs_rounds}
    entries: list[Event] = []
    for round in _rounds_of(accesses, runs, timezone.localdate(now)):
        if round.due_on is not None:
            entries.append(_due(round, round.due_on, now))
        if round.closes_at is not None:
            entries.append(_closing(round, round.closes_at, now))
        if round.meets_on is not None and round.partnership_id in runs:
            entries.append(_meeting(round, round.meets_on, now))
    return _calendar(entries)


def _rounds_of(accesses: Sequence[Access], runs: set[int], today: date) -> Iterable[Round]:
    memberships = [pk for access in accesses for pk in access.membership_ids]
    led = PriorityLead.objects.filter(membership__in=memberships).current(today)
    given = Delegation.objects.held_by(memberships).filter(
        answer__update__round__state=Round.State.OPEN
    )
    latest = today - SHOWN_FOR
    return (
        Round.objects.filter(
            Q(partnership__in=runs)
            | Q(plan__priorities__in=led.values("priority"))
            | Q(plan__priorities__in=priorities_supplied_by(memberships))
            | Q(pk__in=given.values("answer__update__round")),
            Q(due_on__gte=latest) | Q(closes_at__date__gte=latest) | Q(meets_on__gte=latest),
            plan__closed_at__isnull=True,
        )
        .select_related("plan", "partnership")
        .order_by("due_on", "pk")
        .distinct()
    )


def _due(round: Round, day: date, now: datetime) -> Event:
    return _whole_day(round, "due", f"{round.full_label}: update due", day, now)


def _meeting(round: Round, day: date, now: datetime) -> Event:
    return _whole_day(round, "meeting", f"{round.full_label}: the Executive meets", day, now)


def _closing(round: Round, at: datetime, now: datetime) -> Event:
    entry = _entry(round, "closing", f"{round.full_label}: answers close", now)
    # As a moment, which every calendar shows in its own time zone.
    entry.add("dtstart", at.astimezone(UTC))
    entry.add("dtend", at.astimezone(UTC))
    return entry


def _whole_day(round: Round, what: str, summary: str, day: date, now: datetime) -> Event:
    entry = _entry(round, what, summary, now)
    entry.add("dtstart", day)
    entry.add("dtend", day + timedelta(days=1))
    return entry


def _entry(round: Round, what: str, summary: str, now: datetime) -> Event:
    """Its number stays the same when the date moves."""
    entry = Event()
    entry.add("uid", f"round-{round.pk}-{what}@{round.partnership.slug}.csp-portal")
    entry.add("dtstamp", now)
    entry.add("summary", f"{summary}, {round.partnership}")
    entry.add("url", full_address(round.partnership.get_absolute_url()))
    entry.add("transp", "TRANSPARENT")
    return entry


def _calendar(entries: Iterable[Event], *, method: str = "") -> str:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    if method:
        calendar.add("method", method)
    for entry in entries:
        calendar.add_component(entry)
    return calendar.to_ical().decode()
