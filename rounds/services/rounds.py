"""A round from planned to closed: made, opened, asked of, closed, opened again."""

from datetime import datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Prefetch
from django.utils import timezone
from simple_history.utils import bulk_create_with_history

from accounts.models import User
from actions.models import Action
from actions.wording import progress_labels
from partnerships.models import Partnership
from partnerships.quarters import ONE_DAY, split_year
from partnerships.working_days import working_day
from priorities.closed import refuse_closed
from priorities.leads import linked_to
from priorities.models import GroupHeading, Plan, Priority

from ..as_closed import write_down
from ..locks import sharing_round
from ..models import Answer, LeadUpdate, Round
from ..wording import rag_meanings
from .asking import ask_everybody
from .refusals import RecommendationsChanged, Refused

NOBODY_TO_ASK = (
    "The plan has no priorities yet, or none with a section to answer, so nobody would be asked."
)


@transaction.atomic
def make_rounds(*, plan: Plan, months_each: int | None = None) -> list[Round]:
    """Make the planned rounds of the plan's year, for the months that no round covers yet.

    They are as long as the partnership's rounds are, unless another length is asked for.
    Dates are proposed as the printed papers have them: opened on the first day after the period,
    due 25 days later, closed the Monday after at 17:00, met on that week's Friday. One that falls
    on a weekend or a bank holiday moves to the next working day.
    """
    plan = (
        Plan.objects.select_for_update(of=("self",)).select_related("partnership").get(pk=plan.pk)
    )
    refuse_closed(plan)
    months_each = months_each or plan.partnership.round_months
    name, letter = {3: ("Quarter", "Q"), 6: ("Half-year", "H")}.get(months_each, ("Round", "R"))
    covered = [round.period for round in plan.rounds.all()]
    made = []
    for number, period in enumerate(split_year(plan.starts_on, plan.ends_on, months_each), start=1):
        if any(period.overlaps(other) for other in covered):
            continue
        opens_on = working_day(period.ends_on + ONE_DAY)
        due_on = working_day(opens_on + timedelta(days=25))
        monday = due_on + timedelta(days=7 - due_on.weekday())
        made.append(
            Round.objects.create(
                partnership_id=plan.partnership_id,
                plan=plan,
                label=f"{name} {number}",
                short_label=f"{letter}{number}",
                slug=f"{plan.slug}-{letter.lower()}{number}",
                period_starts_on=period.starts_on,
                period_ends_on=period.ends_on,
                opens_on=opens_on,
                due_on=due_on,
                closes_at=timezone.make_aware(datetime.combine(working_day(monday), time(17))),
                meets_on=working_day(monday + timedelta(days=4)),
            )
        )
    return made


@transaction.atomic
def open_round(*, round: Round, by: User, now: datetime) -> None:
    """Open the round and make the row of every section: this decides what is in the report."""
    round = _locked_round(round)
    if not round.is_planned:
        raise Refused(f"{round.full_label} has been opened already.")
    refuse_closed(round.plan)
    if round.closes_at is None or round.due_on is None:
        raise Refused("Set the due date and the closing time before opening the round.")
    if round.closes_at <= now:
        raise Refused("The closing time has passed: set a later one before opening the round.")
    asked, wanted = _priorities_to_ask(round)
    if not asked:
        raise Refused(NOBODY_TO_ASK)

    linked = linked_to([priority.pk for priority in asked], timezone.localdate(now))
    round.state = Round.State.OPEN
    round.opened_at = now
    round.rag_meanings = rag_meanings(round.partnership)
    round.progress_labels = progress_labels(round.partnership)
    round.save()
    updates = bulk_create_with_history(
        [
            LeadUpdate(
                partnership_id=round.partnership_id,
                round=round,
                priority=priority,
                label=priority.label,
                title=priority.title,
                lead_text=priority.lead_text or linked[priority.pk].in_words,
                order=order,
            )
            for order, priority in enumerate(asked)
        ],
        LeadUpdate,
        default_user=by,
    )
    # Found again by what is unique, since a database need not give back keys of many rows.
    updates = LeadUpdate.objects.filter(round=round).select_related("priority", "round")
    by_priority = {update.priority_id: update for update in updates}
    sections = [
        section
        for priority in asked
        for section in _sections(by_priority[priority.pk], priority, wanted)
    ]
    bulk_create_with_history(sections, Answer, default_user=by)
    ask_everybody(round=round, now=now)


def sections_to_ask(round: Round) -> list[tuple[Priority, list[Answer]]]:
    """What opening the round would ask for now, by priority: answers that are not in the table."""
    asked, wanted = _priorities_to_ask(round)
    update = LeadUpdate(partnership_id=round.partnership_id, round=round)
    return [(priority, _sections(update, priority, wanted)) for priority in asked]


def _priorities_to_ask(round: Round) -> tuple[list[Priority], set[Answer.Kind]]:
    """The priorities and themes of which a lead is asked, and the kinds of sections asked for."""
    priorities = list(
        round.plan.priorities.in_plan().prefetch_related(
            "actions",
            Prefetch("group_headings", GroupHeading.objects.in_use()),
            "priority_indicators",
        )
    )
    wanted = _kinds_wanted(round.partnership, priorities)
    update = LeadUpdate(partnership_id=round.partnership_id, round=round)
    asked = [
        priority
        for priority in priorities
        if priority.kind == Priority.Kind.PRIORITY
        or any(not action.is_withdrawn for action in priority.actions.all())
    ]
    return [each for each in asked if _sections(update, each, wanted)], wanted


def _kinds_wanted(partnership: Partnership, priorities: list[Priority]) -> set[Answer.Kind]:
    """What the partnership's settings ask leads for; of themes only where the plan has some."""
    has_themes = any(priority.kind == Priority.Kind.THEME for priority in priorities)
    asks = {
        Answer.Kind.FIGURES: True,
        Answer.Kind.ACTION: True,
        Answer.Kind.KEY_ISSUES: partnership.asks_key_issues,
        Answer.Kind.GROUP: partnership.asks_groups,
        Answer.Kind.THEMES: partnership.asks_themes and has_themes,
    }
    return {kind for kind, is_asked in asks.items() if is_asked}


def _sections(update: LeadUpdate, priority: Priority, wanted: set[Answer.Kind]) -> list[Answer]:
    """The unsaved answers of an update, in the printed paper's order."""
    found = []
    if priority.priority_indicators.all():
        found.append(_section(update, Answer.Kind.FIGURES))
    for action in priority.actions.all():
        if not action.is_withdrawn:
            found.append(_section_of_action(update, action))
    found.append(_section(update, Answer.Kind.KEY_ISSUES))
    for heading in priority.group_headings.all():
        found.append(
            _section(update, Answer.Kind.GROUP, title=heading.heading, group_heading=heading)
        )
    if priority.kind == Priority.Kind.PRIORITY:
        found.append(_section(update, Answer.Kind.THEMES))
    found = [answer for answer in found if answer.kind in wanted]
    for order, answer in enumerate(found):
        answer.order = order * 10
    return found


def _section_of_action(update: LeadUpdate, action: Action) -> Answer:
    return _section(
        update, Answer.Kind.ACTION, title=action.title, reference=action.reference, action=action
    )


def _section(update: LeadUpdate, kind: Answer.Kind, **subject: Any) -> Answer:
    return Answer(
        partnership_id=update.partnership_id,
        update=update,
        period_ends_on=update.round.period_ends_on,
        kind=kind,
        **{"title": kind.label} | subject,
    )


@transaction.atomic
def ask_for_action(*, round: Round, action: Action) -> Answer:
    """Ask for an action that came into the plan after the round had been opened."""
    refuse_closed(action.plan)
    updates = LeadUpdate.objects.select_for_update(of=("self",)).select_related("round__plan")
    update = sharing_round(updates).filter(round=round, priority=action.priority_id).first()
    if update is not None and not update.round.is_open:
        raise Refused(f"{round.full_label} is not open.")
    if update is None:
        raise Refused("This round does not ask for that action's priority.")
    if action.is_withdrawn or action.priority.withdrawn_on:
        raise Refused(f"{action} has been withdrawn from the plan.")
    if update.answers.filter(action=action).exists():
        raise Refused(f"{round.full_label} asks for {action} already.")
    earlier = update.answers.filter(kind=Answer.Kind.ACTION).order_by("order").last()
    answer = _section_of_action(update, action)
    answer.order = earlier.order + 1 if earlier else 1
    answer.save()
    return answer


@transaction.atomic
def close_round(*, round: Round, now: datetime) -> None:
    """Stop taking answers, and write down what the plan says of them on this day.

    Drafts stay drafts until the coordinator takes them in.
    """
    round = _locked_round(round)
    if not round.is_open:
        raise Refused(f"{round.full_label} is not open.")
    write_down(round, timezone.localdate(now))
    round.state = Round.State.CLOSED
    round.closed_at = now
    round.save()


@transaction.atomic
def reopen_round(*, round: Round, reason: str, closes_at: datetime, now: datetime) -> None:
    """Take answers again until a new closing time, with the reason kept."""
    round = _locked_round(round)
    if not round.is_closed:
        raise Refused(f"{round.full_label} is not closed.")
    refuse_closed(round.plan)
    if closes_at <= now:
        raise Refused("Choose a closing time that is still to come.")
    round.state = Round.State.OPEN
    round.closed_at = None
    round.closes_at = closes_at
    round.reopened_reason = reason
    round._change_reason = f"Reopened: {reason}"[:100]  # type: ignore[attr-defined] # for its history
    round.save()


@transaction.atomic
def write_recommendations(*, round: Round, text: str, marker: str) -> None:
    """Set the recommendations to the Executive; `marker` is of the text the person started from."""
    round = _locked_round(round)
    if round.recommendations_marker != marker and round.recommendations != text:
        raise RecommendationsChanged(round)
    round.recommendations = text
    round.save()


def _locked_round(round: Round) -> Round:
    """The round as it stands now, held until the transaction ends."""
    found: Round = (
        Round.objects.select_related("plan", "partnership")
        .select_for_update(of=("self",))
        .get(pk=round.pk)
    )
    return found
