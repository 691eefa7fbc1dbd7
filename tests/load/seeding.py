"""Partnerships in the middle of a quarter: ten leads each, with a section still to be written."""

from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from rounds.models import Answer, Rag
from rounds.services import close_round, open_round
from tests.factories import (
    ActionFactory,
    IndicatorFactory,
    MembershipFactory,
    MilestoneFactory,
    PartnershipFactory,
    PlanFactory,
    PriorityFactory,
    PriorityIndicatorFactory,
    PriorityLeadFactory,
    ReadingFactory,
    RoundFactory,
)

LEADS, ACTIONS, MILESTONES = 5, 3, 2
WORDS = (
    "The group met, agreed what is next, and told its partners what has been done. " * 8
).strip()
A_YEAR_BEFORE = {"period_starts_on": date(2021, 10, 1), "period_ends_on": date(2022, 9, 30)}


@dataclass(frozen=True)
class Writer:
    """A lead who is signed in, and the section that they write."""

    session: str
    answer: int
    address: str


@dataclass(frozen=True)
class Reader:
    """A coordinator who is signed in, and the report that they look at."""

    session: str
    address: str


def seed(leads: int) -> tuple[list[Writer], list[Reader]]:
    """So many leads, and a coordinator for every ten of them."""
    now = timezone.now()
    writers, readers = [], []
    while len(writers) < leads:
        _add_partnership(now, min(LEADS, leads - len(writers)), writers, readers)
    with connection.cursor() as cursor:
        # As PostgreSQL does by itself within minutes: it plans by what it knows of the rows.
        cursor.execute("ANALYZE")
    return writers, readers


def _add_partnership(now: datetime, leads: int, writers: list, readers: list) -> None:
    """Last quarter is closed; of this one all is written, and of every other lead sent."""
    partnership = PartnershipFactory()
    plan = PlanFactory(partnership=partnership)
    coordinator = MembershipFactory(partnership=partnership, coordinator=True, user__password=None)
    by_priority = {}
    for number in range(1, leads + 1):
        priority = PriorityFactory(plan=plan, reference=str(number), order=number * 10)
        lead = MembershipFactory(
            partnership=partnership, member=True, post="Strategic lead", user__password=None
        )
        PriorityLeadFactory(priority=priority, membership=lead)
        by_priority[priority.pk] = lead.user
        for place in range(1, ACTIONS + 1):
            action = ActionFactory(
                priority=priority, reference=f"{number}.{place}", order=place * 10
            )
            MilestoneFactory.create_batch(MILESTONES, action=action)
        indicator = IndicatorFactory(partnership=partnership)
        PriorityIndicatorFactory(priority=priority, indicator=indicator)
        ReadingFactory(indicator=indicator)
        ReadingFactory(indicator=indicator, **A_YEAR_BEFORE)
    last = RoundFactory(
        plan=plan,
        label="Quarter 1",
        short_label="Q1",
        slug="2023-24-q1",
        period_starts_on=date(2023, 4, 1),
        period_ends_on=date(2023, 6, 30),
        today=timezone.localdate(now),
    )
    this = RoundFactory(plan=plan, today=timezone.localdate(now))
    for round in (last, this):
        open_round(round=round, by=coordinator.user, now=now)
        _write(round, now)
    sent = Answer.objects.filter(update__round=last) | Answer.objects.filter(
        update__round=this, update__priority__in=list(by_priority)[::2]
    )
    sent.update(state=Answer.State.SUBMITTED, submitted_at=now)
    close_round(round=last, now=now)
    slug = partnership.slug
    for answer in Answer.objects.filter(update__round=this, order=_first_order(this)):
        writers.append(
            Writer(
                session=_session_of(by_priority[answer.update.priority_id]),
                answer=answer.pk,
                address=reverse("rounds:answer", args=[slug, answer.pk]),
            )
        )
    readers.append(
        Reader(_session_of(coordinator.user), reverse("reports:report", args=[slug, this.pk]))
    )


def _first_order(round) -> int:
    orders = Answer.objects.filter(update__round=round, kind=Answer.Kind.ACTION)
    return orders.order_by("order").values_list("order", flat=True)[0]


def _write(round, now: datetime) -> None:
    """Every section has its text, as a draft; no service is asked, to be quick."""
    answers = Answer.objects.filter(update__round=round)
    written = {"response": Answer.Response.WRITTEN, "state": Answer.State.DRAFT, "saved_at": now}
    answers.filter(kind=Answer.Kind.ACTION).update(
        **written, text=f"<p>{WORDS}</p>", progress="in_progress", rag=Rag.GREEN
    )
    answers.filter(kind=Answer.Kind.FIGURES).update(**written)
    rest = answers.exclude(kind__in=(Answer.Kind.ACTION, Answer.Kind.FIGURES))
    rest.update(**written, text=f"<p>{WORDS}</p>")


def _session_of(user) -> str:
    """The key of a session in which this person has signed in."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return session.session_key
