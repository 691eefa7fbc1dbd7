"""The days on which those who have not answered a round are reminded, as plain values."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from partnerships.working_days import working_day

from .models import Round

WEEK = timedelta(days=7)

NOT_BEFORE = time(8)
"""Nobody is reminded earlier in the day, London time."""


def reminder_days(round: Round) -> list[date]:
    """The partnership's days before the due date, then every week of grace until it closes.

    None is on the day on which the round was opened, for everybody is asked then, nor before it.
    """
    if round.due_on is None or round.closes_at is None or round.opened_on is None:
        return []
    last = timezone.localdate(round.closes_at)
    days = [round.due_on - timedelta(days=before) for before in round.partnership.reminder_days]
    weekly = round.due_on + WEEK
    while weekly <= last:
        days.append(weekly)
        weekly += WEEK
    return [day for day in days if day > round.opened_on]


def reminder_day_reached(round: Round, now: datetime) -> date | None:
    """The latest day of reminders that has come; None where there is none, or no mail goes now.

    Mail goes on working days, from the morning on, while the round takes answers: a day that is a
    weekend or a bank holiday is caught up on the next working day, as any that was missed.
    """
    here = timezone.localtime(now)
    today = here.date()
    if not round.takes_answers(now) or here.time() < NOT_BEFORE or working_day(today) != today:
        return None
    return max((day for day in reminder_days(round) if day <= today), default=None)
