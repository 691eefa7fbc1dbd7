"""Ending a plan's year: where each action stood at its end, asked once, then fixed.

Positions are kept on the actions as they are given, so that part of them can be saved and found
again; they count once the plan is closed. What is refused is refused with a `Refused`, whose text
is fit for the person who asked.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from accounts.models import User
from actions.models import Action, ActionLink, Closing, Milestone, Progress
from partnerships.markers import marker_of
from partnerships.ordering import STEP
from partnerships.refusals import ChangedSince, Refused
from priorities.models import Plan, Priority
from priorities.services import locked_plan
from rounds.models import Round

# Of the milestones of actions, those that could be done once and for all, and are not.
MILESTONE_TO_DO = Q(
    milestones__completed_on__isnull=True,
    milestones__timescale_kind__in=Milestone.DONE_ONCE,
)

WITH_THE_PLAN = "Complete with the closing of its plan"


@dataclass(frozen=True)
class Position:
    """Where one action ended, as a person says; empty while nobody has."""

    closing: str = ""
    reason: str = ""

    @classmethod
    def of(cls, action: Action) -> "Position":
        return cls(action.closing, action.closing_reason)


def marker_of_positions(actions: Iterable[Action]) -> str:
    """Tells the positions and the progress as they stand from any other, for the conflict check."""
    return marker_of(
        sorted((each.pk, each.progress, each.closing, each.closing_reason) for each in actions)
    )


def hindrance(plan: Plan, rounds: Sequence[Round], today: date) -> str:
    """Why the plan's year cannot be ended yet; nothing where it can."""
    last = max(rounds, key=lambda round: round.period_ends_on, default=None)
    has_last = last is not None and last.is_closed and last.period_ends_on >= plan.ends_on
    if plan.ends_on < today or has_last:
        return ""
    return (
        f"The year of {plan} ends on {plan.ends_on.day} {plan.ends_on:%B %Y}. It can be closed "
        "after that day, or once its last round is closed."
    )


def open_round_hindrance(rounds: Iterable[Round]) -> str:
    """Answers still to come would change what is being closed."""
    in_order = sorted(rounds, key=lambda round: round.period_ends_on)
    names = [round.full_label for round in in_order if round.is_open]
    return f"{', '.join(names)} is still open: close it first." if names else ""


@transaction.atomic
def save_positions(
    *,
    plan: Plan,
    positions: Mapping[int, Position],
    marker: str,
    by: User,
    today: date,
) -> int:
    """Keep the positions of actions, by their number; return how many were new or changed."""
    _, _, actions = _to_close(plan, today)
    if marker_of_positions(actions) != marker:
        raise ChangedSince({action.pk: Position.of(action) for action in actions})
    changed = []
    for action in actions:
        position = positions.get(action.pk, Position.of(action))
        if position != Position.of(action):
            action.closing = position.closing
            action.closing_reason = position.reason
            changed.append(action)
    if changed:
        bulk_update_with_history(changed, Action, ["closing", "closing_reason"], default_user=by)
    return len(changed)


@transaction.atomic
def close_plan(*, plan: Plan, marker: str, by: User, now: datetime, today: date) -> None:
    """Fix every action's position; those that ended complete are complete in the plan too."""
    plan, rounds, actions = _to_close(plan, today)
    refusal = open_round_hindrance(rounds)
    if refusal:
        raise Refused(refusal)
    if marker_of_positions(actions) != marker:
        raise ChangedSince({action.pk: Position.of(action) for action in actions})
    missing = sum(not action.closing for action in actions)
    if missing:
        raise Refused(f"{missing} of {len(actions)} actions have no closing position yet.")
    completed = becoming_complete(actions)
    for action in completed:
        action.progress = Progress.COMPLETE
        action.completed_on = day_of_completion(plan, today)
    if completed:
        bulk_update_with_history(
            completed,
            Action,
            ["progress", "completed_on"],
            default_user=by,
            default_change_reason=WITH_THE_PLAN,
        )
    plan.closed_at = now
    plan._change_reason = "Closed"  # type: ignore[attr-defined] # for its history
    plan.save()


def is_doubtful(action: Action, undone: int) -> bool:
    """Whether something speaks against "complete": its progress, or milestones not done.

    It may be complete all the same, and is then taken as that.
    """
    return action.progress != Progress.COMPLETE or undone > 0


def becoming_complete(actions: Iterable[Action]) -> list[Action]:
    """Those that ended complete and whose progress does not say so yet."""
    return [
        action
        for action in actions
        if action.closing == Closing.COMPLETE and action.progress != Progress.COMPLETE
    ]


def day_of_completion(plan: Plan, today: date) -> date:
    """The last day of the year, or today where the plan is closed before it."""
    return min(plan.ends_on, today)


@transaction.atomic
def reopen_plan(*, plan: Plan, reason: str, by: User) -> None:
    """Let the plan be changed again; what closing made complete is as it was before."""
    plan = Plan.objects.select_for_update().get(pk=plan.pk)
    if plan.closed_at is None:
        raise Refused(f"{plan} is not closed.")
    taken_back = _before_closing(plan)
    if taken_back:
        bulk_update_with_history(
            taken_back,
            Action,
            ["progress", "completed_on"],
            default_user=by,
            default_change_reason="Plan opened again",
        )
    plan.closed_at = None
    plan._change_reason = f"Opened again: {reason}"  # type: ignore[attr-defined]
    plan.save()


def _before_closing(plan: Plan) -> list[Action]:
    """The actions that closing made complete, with the progress they had before; two queries."""
    actions = {action.pk: action for action in plan.actions.filter(closing=Closing.COMPLETE)}
    versions = (
        Action.history.filter(id__in=actions)
        .order_by("id", "history_id")
        .values_list("id", "progress", "completed_on", "history_change_reason")
    )
    before: dict[int, tuple[str, date | None]] = {}
    found: dict[int, tuple[str, date | None]] = {}
    for pk, progress, completed_on, why in versions:
        if why == WITH_THE_PLAN and pk in before:
            found[pk] = before[pk]
        elif why != WITH_THE_PLAN:
            # Whatever came after it, such as an earlier opening, counts again.
            found.pop(pk, None)
        before[pk] = (progress, completed_on)
    for pk, (progress, completed_on) in found.items():
        actions[pk].progress, actions[pk].completed_on = progress, completed_on
    return [actions[pk] for pk in found]


def _to_close(plan: Plan, today: date) -> tuple[Plan, list[Round], list[Action]]:
    """The plan, held, its rounds, and the actions that are asked about; refused too early."""
    plan = locked_plan(plan.pk)
    rounds = list(plan.rounds.all())
    for round in rounds:
        round.plan = plan
    refusal = hindrance(plan, rounds, today)
    if refusal:
        raise Refused(refusal)
    return plan, rounds, list(plan.actions.in_plan())


# Into the next plan --------------------------------------------------------------------


def next_plan(plan: Plan) -> Plan | None:
    """The plan of its kind that comes after this one, if it has been made."""
    later = Plan.objects.filter(
        partnership=plan.partnership_id, kind=plan.kind, starts_on__gt=plan.starts_on
    )
    return later.order_by("starts_on", "pk").first()


def to_carry(plan: Plan) -> list[Action]:
    """The actions carried forward that have nothing in a later plan yet."""
    in_order = plan.actions.left_to_carry().order_by("priority__order", "priority", "order", "pk")
    return list(in_order.select_related("priority"))


@dataclass(frozen=True)
class Carried:
    """What becomes of one action: made under a priority of the next plan, or there already."""

    action: Action
    under: Priority | None = None
    as_action: Action | None = None


@transaction.atomic
def carry_forward(*, chosen: Sequence[Carried], into: Plan, by: User) -> int:
    """Make actions in the next plan with what is left to do, each linked with the one before.

    Their progress stays, and so do references that no action of the next plan has yet.
    Milestones that were not met come along, their timescales as written and understood anew in
    the new year.
    """
    into = locked_plan(into.pk)
    unlinked = {action.pk for action in to_carry(chosen[0].action.plan)} if chosen else set()
    chosen = [each for each in chosen if each.action.pk in unlinked]
    new = {each.action.pk: new_action for each, new_action in _made(chosen, into, by)}
    links = [
        ActionLink(
            partnership_id=into.partnership_id,
            earlier=each.action,
            later=each.as_action or new[each.action.pk],
            kind=ActionLink.Kind.CARRIED,
        )
        for each in chosen
    ]
    if links:
        bulk_create_with_history(links, ActionLink, default_user=by)
    return len(links)


def _made(chosen: Sequence[Carried], into: Plan, by: User) -> list[tuple[Carried, Action]]:
    """The new actions, each after the last one of its priority."""
    to_make = [each for each in chosen if each.under is not None]
    if not to_make:
        return []
    present = list(into.actions.values_list("reference", "order"))
    taken = {reference for reference, _ in present}
    order = max((order for _, order in present), default=0)
    new = []
    for place, each in enumerate(to_make, start=1):
        earlier = each.action
        reference = "" if earlier.reference in taken else earlier.reference
        taken.add(reference)
        new.append(
            Action(
                partnership_id=into.partnership_id,
                plan=into,
                priority=each.under,
                reference=reference,
                title=earlier.title,
                title_is_withheld=earlier.title_is_withheld,
                title_withheld_reason=earlier.title_withheld_reason,
                desired_outcome=earlier.desired_outcome,
                lead_text=earlier.lead_text,
                due_on=_due_in(into, earlier.due_on),
                progress=_still(earlier.progress),
                order=order + place * STEP,
            )
        )
    bulk_create_with_history(new, Action, default_user=by)
    # Found again by their order, since a database need not give back keys of many rows.
    made = {action.order: action for action in into.actions.filter(order__gt=order)}
    pairs = [(each, made[action.order]) for each, action in zip(to_make, new, strict=True)]
    _carry_milestones(pairs, into, by)
    return pairs


def _still(progress: str) -> str:
    """What goes on stays as far as it had got; what is carried forward was not complete."""
    return Progress.IN_PROGRESS if progress == Progress.COMPLETE else progress


def _due_in(plan: Plan, day: date | None) -> date | None:
    """A date that the new year holds; an earlier one has passed, and is asked anew."""
    return day if day is not None and day >= plan.starts_on else None


def _carry_milestones(pairs: Sequence[tuple[Carried, Action]], into: Plan, by: User) -> None:
    later = {each.action.pk: action for each, action in pairs}
    milestones = []
    for old in Milestone.objects.filter(action__in=later, completed_on__isnull=True):
        milestone = Milestone(
            partnership_id=into.partnership_id,
            action=later[old.action_id],
            title=old.title,
            timescale=old.timescale,
            order=old.order,
        )
        milestone.understand_timescale(into.period)
        if milestone.timescale_kind == Milestone.Timescale.UNKNOWN:
            milestone.timescale_kind, milestone.due_on = old.timescale_kind, old.due_on
        milestones.append(milestone)
    if milestones:
        bulk_create_with_history(milestones, Milestone, default_user=by)
