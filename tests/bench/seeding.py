"""The rows that are asked for: a place, a hundred places, a hundred times its history."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.apps import apps
from django.db import connection
from django.utils import timezone

from partnerships.quarters import add_months, month_end
from performance.models import Reading
from rounds.models import Answer, LeadUpdate, Rag, Round
from rounds.services import accept_answers, close_round, open_round, submit_update
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
    RoundFactory,
)

PRIORITIES, ACTIONS, MILESTONES, INDICATORS = 4, 5, 3, 2
MANY = 100
WORDS = "The group met, agreed what is next, and told its partners what has been done. " * 4
# As answers are kept: `documents.richtext.clean` would change nothing in it.
TEXT = f"<p>{WORDS.strip()}</p>" * 2


@dataclass
class Place:
    """A partnership in the middle of a quarter, and whom it is looked at by."""

    plan: object
    round: Round
    coordinator: object
    lead: object
    now: datetime

    @property
    def slug(self) -> str:
        return self.plan.partnership.slug


def a_place(now: datetime, *, actions: int = ACTIONS) -> Place:
    """A plan in its third year: nine quarters closed, the tenth answered.

    Each of its four priorities has so many actions.
    """
    partnership = PartnershipFactory()
    year = now.year if now.month > 3 else now.year - 1
    plan = PlanFactory(
        partnership=partnership, starts_on=date(year - 2, 4, 1), ends_on=date(year + 1, 3, 31)
    )
    coordinator = MembershipFactory(partnership=partnership, coordinator=True)
    lead = MembershipFactory(partnership=partnership, member=True, post="Strategic lead")
    for number in range(1, PRIORITIES + 1):
        priority = PriorityFactory(plan=plan, reference=str(number), order=number * 10)
        PriorityLeadFactory(priority=priority, membership=lead)
        for place in range(1, actions + 1):
            action = ActionFactory(
                priority=priority, reference=f"{number}.{place}", order=place * 10
            )
            MilestoneFactory.create_batch(MILESTONES, action=action)
        for _ in range(INDICATORS):
            indicator = IndicatorFactory(partnership=partnership)
            PriorityIndicatorFactory(priority=priority, indicator=indicator)
            _give_readings(indicator, year)
    place = Place(plan, None, coordinator.user, lead.user, now)
    first = RoundFactory(
        plan=plan,
        label="Quarter 1",
        short_label="Q1",
        slug="q1",
        period_starts_on=date(year, 4, 1),
        period_ends_on=date(year, 6, 30),
        today=now.date(),
    )
    _answer(place, first)
    close_round(round=first, now=now)
    first.refresh_from_db()
    starts = [add_months(first.period_starts_on, -3 * number) for number in range(1, 9)]
    _say_again(first, ((starts_on, _last_day(starts_on)) for starts_on in starts))
    place.round = RoundFactory(
        plan=plan,
        period_starts_on=date(year, 7, 1),
        period_ends_on=date(year, 9, 30),
        today=now.date(),
    )
    _answer(place, place.round)
    return place


def _give_readings(indicator, year: int) -> None:
    starts = [date(y, m, 1) for y in (year - 2, year - 1, year) for m in (1, 4, 7, 10)][:-1]
    Reading.objects.bulk_create(
        Reading(
            partnership_id=indicator.partnership_id,
            indicator=indicator,
            period_starts_on=starts_on,
            period_ends_on=_last_day(starts_on),
            value=Decimal(100 + number),
            source="Kent Police",
            entered_at=timezone.now(),
        )
        for number, starts_on in enumerate(starts)
    )


def _last_day(quarter_starts_on: date) -> date:
    return month_end(add_months(quarter_starts_on, 2))


def _answer(place: Place, round: Round) -> None:
    """Open the round; every section of it is written, submitted and accepted."""
    open_round(round=round, by=place.coordinator, now=place.now)
    answers = Answer.objects.filter(update__round=round)
    written = {"response": Answer.Response.WRITTEN, "state": Answer.State.DRAFT}
    written |= {"text": TEXT, "saved_by": place.lead, "saved_at": place.now}
    answers.exclude(kind=Answer.Kind.FIGURES).update(**written)
    answers.filter(kind=Answer.Kind.FIGURES).update(**written | {"text": ""})
    answers.filter(kind=Answer.Kind.ACTION).update(progress="in_progress", rag=Rag.GREEN)
    for update in round.updates.all():
        submit_update(update=update, by=place.lead, now=place.now)
    accept_answers(answers=answers, now=place.now)


def _say_again(round: Round, periods: Iterable[tuple[date, date]]) -> None:
    """The same round with the same answers for other periods; no service is asked, to be quick."""
    updates = list(round.updates.all())
    answers = list(Answer.objects.filter(update__round=round))
    for starts_on, ends_on in periods:
        again = replace_row(
            round,
            label=f"From {starts_on}",
            slug=f"from-{starts_on}",
            period_starts_on=starts_on,
            period_ends_on=ends_on,
        )
        again.save()
        new = LeadUpdate.objects.bulk_create(replace_row(each, round=again) for each in updates)
        of = {each.pk: new[at] for at, each in enumerate(updates)}
        Answer.objects.bulk_create(
            replace_row(each, update=of[each.update_id], period_ends_on=ends_on) for each in answers
        )


def give_history(place: Place) -> None:
    """A hundred times the history: past rounds, superseded readings, rows of history."""
    latest = place.plan.rounds.get(slug="q1")
    closed = place.plan.rounds.filter(state=Round.State.CLOSED).count()
    before = place.plan.starts_on
    months = (before - timedelta(days=30 * number) for number in range(1, closed * (MANY - 1) + 1))
    _say_again(latest, ((starts_on, starts_on + timedelta(days=29)) for starts_on in months))
    readings = list(Reading.objects.filter(partnership=place.plan.partnership))
    for _ in range(MANY - 1):
        Reading.objects.bulk_create(replace_row(each, superseded_at=place.now) for each in readings)
    for model in apps.get_models():
        if hasattr(model._meta, "simple_history_manager_attribute"):
            _multiply(model.history.model)


def _multiply(past) -> None:
    """Each row a hundred times, by the database itself."""
    fields = [field for field in past._meta.concrete_fields if not field.primary_key]
    columns = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    table = connection.ops.quote_name(past._meta.db_table)
    copies = "SELECT 1 UNION ALL SELECT n + 1 FROM copies WHERE n < %s"
    again = f"WITH RECURSIVE copies(n) AS ({copies}) SELECT {columns} FROM {table}, copies"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({columns}) {again}", [MANY - 1])


def replace_row(row, **changed):
    """The same row as a new one, with some of it changed."""
    values = {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if not field.primary_key
    }
    new = type(row)(**values)
    for name, value in changed.items():
        setattr(new, name, value)
    return new
