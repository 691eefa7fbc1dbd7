"""How a plan's actions and their milestones come in, change, move and leave."""

from collections.abc import Mapping, Sequence

from django.db import transaction
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from accounts.models import User
from partnerships.markers import marker_of, marker_of_fields
from partnerships.ordering import STEP, keep_order, moved
from partnerships.refusals import ChangedSince, Refused
from priorities.closed import refuse_closed
from priorities.services import ReferenceTaken, locked_plan

from .models import Action, Milestone, Progress

WORDS_OF_ACTION = (
    "reference",
    "title",
    "desired_outcome",
    "lead_text",
    "due_on",
    "priority_id",
)
WRITTEN_OF_MILESTONE = (
    "title",
    "timescale",
    "timescale_kind",
    "due_on",
    "completed_on",
    "order",
)
FACTS_OF_MILESTONE = ("pk", *WRITTEN_OF_MILESTONE)


def marker_of_action(action: Action, milestones: Sequence[Milestone]) -> str:
    """The mark of everything that is kept on an action's page."""
    return marker_of(
        marker_of_fields(action, WORDS_OF_ACTION),
        *(marker_of_fields(milestone, FACTS_OF_MILESTONE) for milestone in milestones),
    )


@transaction.atomic
def add_action(*, action: Action, milestones: Sequence[Milestone], by: User) -> Action:
    """Add an action after the last one of its priority, with its milestones in this order."""
    action.take_partnership()
    locked_plan(action.plan_id)
    _refuse_withdrawn_priority(action)
    _refuse_taken_reference(action)
    action.order = _last_order(action) + STEP
    action.save()
    _save_milestones(action, milestones, {}, by=by)
    return action


@transaction.atomic
def keep_action(
    *,
    action: Action,
    milestones: Sequence[Milestone],
    removed: Sequence[Milestone] = (),
    marker: str,
    by: User,
) -> None:
    """Save an action and its milestones in this order, unless somebody changed them since.

    Past rounds keep the reference and the title of their opening. An action that goes to another
    priority of its plan stands last there.
    """
    locked_plan(action.plan_id)
    saved = Action.objects.get(pk=action.pk)
    before = list(saved.milestones.all())
    if marker_of_action(saved, before) != marker:
        raise ChangedSince(saved)
    if action.reference != saved.reference:
        _refuse_taken_reference(action)
    if action.priority_id != saved.priority_id:
        _refuse_withdrawn_priority(action)
        saved.order = _last_order(action) + STEP
    changed = [name for name in WORDS_OF_ACTION if getattr(saved, name) != getattr(action, name)]
    for name in changed:
        setattr(saved, name, getattr(action, name))
    if changed:
        saved.save()
    for milestone in removed:
        milestone.delete()
    _save_milestones(saved, milestones, {each.pk: _facts(each) for each in before}, by=by)


@transaction.atomic
def move_action(*, action: Action, up: bool, by: User) -> None:
    """Move an action one place among those of its priority."""
    locked_plan(action.plan_id)
    siblings = Action.objects.filter(priority=action.priority_id)
    keep_order(moved(siblings, action, up=up), by=by)


@transaction.atomic
def withdraw_action(*, action: Action, reason: str) -> None:
    """Take an action out of the plan: no round opened later asks for it."""
    action = _locked(action)
    if action.is_withdrawn:
        raise Refused(f"{action} is withdrawn already: “{action.withdrawn_reason}”")
    action.progress, action.completed_on = Progress.WITHDRAWN, None
    action.withdrawn_reason = reason
    action.save()


@transaction.atomic
def restore_action(*, action: Action) -> None:
    """Take a withdrawal back: the action stands where it stood before it was withdrawn."""
    action = _locked(action)
    if not action.is_withdrawn:
        raise Refused(f"{action} is in the plan.")
    before = action.history.exclude(progress=Progress.WITHDRAWN).first()
    action.progress = before.progress if before else Progress.NOT_STARTED
    action.completed_on = before.completed_on if before else None
    action.withdrawn_reason = ""
    action.save()


def _locked(action: Action) -> Action:
    """The action as it stands now, held until the transaction ends; refused in a closed plan."""
    held = Action.objects.select_related("plan").select_for_update(of=("self",))
    found = held.get(pk=action.pk)
    refuse_closed(found.plan)
    return found


def _save_milestones(
    action: Action,
    milestones: Sequence[Milestone],
    before: Mapping[int, tuple[object, ...]],
    *,
    by: User,
) -> None:
    """Write the milestones that are new or changed, each in its place."""
    for place, milestone in enumerate(milestones, start=1):
        milestone.action = action
        milestone.take_partnership()
        milestone.order = place * STEP
    new = [milestone for milestone in milestones if milestone.pk not in before]
    changed = [
        milestone
        for milestone in milestones
        if milestone.pk in before and before[milestone.pk] != _facts(milestone)
    ]
    if new:
        bulk_create_with_history(new, Milestone, default_user=by)
    if changed:
        bulk_update_with_history(changed, Milestone, WRITTEN_OF_MILESTONE, default_user=by)


def _facts(milestone: Milestone) -> tuple[object, ...]:
    return tuple(getattr(milestone, name) for name in FACTS_OF_MILESTONE)


def _last_order(action: Action) -> int:
    last = Action.objects.filter(priority=action.priority_id).order_by("order").last()
    return last.order if last else 0


def _refuse_withdrawn_priority(action: Action) -> None:
    if action.priority.withdrawn_on:
        raise Refused(f"{action.priority.label} has been withdrawn: choose another priority.")


def _refuse_taken_reference(action: Action) -> None:
    if not action.reference:
        return
    others = Action.objects.exclude(pk=action.pk).select_related("priority")
    other = others.filter(plan=action.plan_id, reference=action.reference).first()
    if other:
        gone = ", which has been withdrawn" if other.is_withdrawn else ""
        raise ReferenceTaken(
            f"{other.reference} is already the reference of “{other.title}” "
            f"under {other.priority.label}{gone}"
        )
