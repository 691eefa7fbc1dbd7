"""The example's rounds and their dates; one of them is always open."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from partnerships.models import Membership
from priorities.models import Plan
from rounds.models import Round

from .files import moment, saved
from .past import happened
from .story import Story

AROUND_TODAY = "around the day of loading"
DAYS_LEFT = 3
"""A round of the example always has at least so many days to its due date when it is loaded."""


def make_round(plan: Plan, facts: dict, *, planned_at: str, now: datetime) -> None:
    """A round as its file tells it: planned, open and partly answered, or closed."""
    partnership = plan.partnership
    coordinator = User.objects.get(email=facts["coordinator"])
    with happened(partnership, moment(planned_at), coordinator):
        round = saved(
            Round(partnership=partnership, plan=plan, **facts["round"], **_dates(facts, now))
        )
    if "updates" in facts:
        Story(round, coordinator).play(facts)


def keep_open(slug: str, quarters: Iterable[dict], *, now: datetime) -> None:
    """Move on the dates of the rounds around today where their time is up, or nearly.

    A round that somebody has closed stays closed, and another partnership that has the
    example's address is not the example.
    """
    today = timezone.localdate(now)
    for facts in quarters:
        if facts.get("dates") != AROUND_TODAY:
            continue
        if not Membership.objects.filter(
            partnership__slug=slug, user__email=facts["coordinator"]
        ).exists():
            continue
        for round in Round.objects.select_for_update().filter(
            Q(due_on__lt=today + timedelta(days=DAYS_LEFT)) | Q(closes_at__lte=now),
            partnership__slug=slug,
            slug=facts["round"]["slug"],
            state=Round.State.OPEN,
        ):
            for name, day in _dates_ahead(today).items():
                setattr(round, name, day)
            round._change_reason = "The example’s dates moved on"
            round.save()


def _dates(facts: dict, now: datetime) -> dict:
    """When the round opens, is due, closes and is met on; nothing where its file says nothing."""
    given = facts.get("dates", {})
    if given == AROUND_TODAY:
        today = timezone.localdate(now)
        return {"opens_on": _monday_of(today) - timedelta(days=14), **_dates_ahead(today)}
    if given:
        return given | {"closes_at": moment(given["closes_at"])}
    return {}


def _dates_ahead(today: date) -> dict:
    """Due on a Friday twelve to eighteen days ahead, closed the Monday after, met that Friday."""
    due_on = _monday_of(today) + timedelta(days=18)
    closes_on = due_on + timedelta(days=3)
    return {
        "due_on": due_on,
        "closes_at": timezone.make_aware(datetime.combine(closes_on, time(17))),
        "meets_on": closes_on + timedelta(days=4),
    }


def _monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())
