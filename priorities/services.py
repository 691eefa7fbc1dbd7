"""How a plan's priorities come in, change, move and leave.

A reference is text and kept as typed; the plan is held while one is checked, so that two people
cannot take the same at once.
"""

from collections.abc import Sequence
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError

from accounts.models import User
from partnerships.markers import marker_of, marker_of_fields
from partnerships.ordering import keep_order, moved
from partnerships.refusals import ChangedSince, Refused

from .closed import refuse_closed
from .models import LEADERS, GroupHeading, Lead, Plan, Priority

FACTS_OF_LEAD = (*(f"{name}_id" for name in LEADERS), "is_deputy", "starts_on", "ends_on")
WORDS_OF_PRIORITY = ("reference", "title", "lead_text", "summary", "activities")


class ReferenceTaken(Refused):
    """Another row of the plan has the reference."""


def marker_of_priority(priority: Priority) -> str:
    return marker_of_fields(priority, WORDS_OF_PRIORITY)


@transaction.atomic
def keep_plan(*, plan: Plan, facts: Sequence[str], marker: str) -> None:
    """Save these fields of a plan, unless somebody changed them since; its address stays."""
    saved = locked_plan(plan.pk)
    if marker_of_fields(saved, facts) != marker:
        raise ChangedSince(saved)
    for name in facts:
        setattr(saved, name, getattr(plan, name))
    saved.save()


@transaction.atomic
def add_priority(*, priority: Priority, by: User) -> Priority:
    """Add a priority after the last one of its kind, a theme after the last theme."""
    plan = locked_plan(priority.plan_id)
    _refuse_taken_reference(priority)
    siblings = list(plan.priorities.all())
    priority.take_partnership()
    priority.save()
    of_kind = [at for at, each in enumerate(siblings, start=1) if each.kind == priority.kind]
    siblings.insert(of_kind[-1] if of_kind else len(siblings), priority)
    keep_order(siblings, by=by)
    return priority


@transaction.atomic
def reword_priority(*, priority: Priority, marker: str) -> None:
    """Save the words of a priority; past rounds keep the reference, title and lead they had."""
    locked_plan(priority.plan_id)
    saved = Priority.objects.get(pk=priority.pk)
    if marker_of_priority(saved) != marker:
        raise ChangedSince(saved)
    _refuse_taken_reference(priority)
    for name in WORDS_OF_PRIORITY:
        setattr(saved, name, getattr(priority, name))
    saved.save()


@transaction.atomic
def move_priority(*, priority: Priority, up: bool, by: User) -> None:
    """Move a priority or theme one place in its plan."""
    plan = locked_plan(priority.plan_id)
    keep_order(moved(plan.priorities.all(), priority, up=up), by=by)


@transaction.atomic
def withdraw_priority(*, priority: Priority, reason: str, on: date) -> None:
    """Take a priority out of the plan from a day: no round opened later asks for it."""
    priority = _locked(priority)
    if priority.withdrawn_on:
        raise Refused(f"{priority.label} is withdrawn already: “{priority.withdrawn_reason}”")
    priority.withdrawn_on, priority.withdrawn_reason = on, reason
    priority.save()


@transaction.atomic
def restore_priority(*, priority: Priority) -> None:
    """Take a withdrawal back; its history keeps that it was withdrawn, and why."""
    priority = _locked(priority)
    if not priority.withdrawn_on:
        raise Refused(f"{priority.label} is in the plan.")
    priority.withdrawn_on, priority.withdrawn_reason = None, ""
    priority.save()


def marker_of_lead(lead: Lead) -> str:
    return marker_of_fields(lead, FACTS_OF_LEAD)


@transaction.atomic
def keep_lead(*, lead: Lead, marker: str) -> None:
    """Save who leads a priority or an action, from when and until when.

    One that somebody changed since is left alone, and nobody leads the same thing twice at a time.
    """
    locked_plan(getattr(lead, lead.owner).plan_id)
    if lead.pk:
        saved = type(lead).objects.with_names().select_for_update(of=("self",)).get(pk=lead.pk)
        if marker_of_lead(saved) != marker:
            raise ChangedSince(saved)
    try:
        lead.clean()
        lead.validate_constraints()
    except ValidationError as refused:
        raise Refused(" ".join(refused.messages)) from refused
    lead.save()


def marker_of_heading(heading: GroupHeading) -> str:
    """The mark of a heading's words and groups."""
    return marker_of(heading.heading, sorted(heading.groups.values_list("pk", flat=True)))


@transaction.atomic
def keep_heading(*, heading: GroupHeading, groups, by: User, marker: str = "") -> None:
    """Save a group heading, a new one after the others; one of the same words comes back.

    What is there already is saved over what its marker was given out for, and nothing newer.
    """
    priority = _locked(heading.priority)
    if heading.pk:
        saved = priority.group_headings.get(pk=heading.pk)
        if marker_of_heading(saved) != marker:
            raise ChangedSince(saved)
    same = priority.group_headings.exclude(pk=heading.pk).filter(heading=heading.heading).first()
    if same and (heading.pk or same.withdrawn_on is None):
        raise Refused(f"{priority.label} has the heading “{same.heading}” already.")
    if not heading.pk:
        siblings = [each for each in priority.group_headings.all() if each != same]
        heading = same or heading
        heading.withdrawn_on = None
        heading.take_partnership()
        heading.save()
        keep_order([*siblings, heading], by=by)
    else:
        heading.save()
    heading.groups.set(groups)


@transaction.atomic
def move_heading(*, heading: GroupHeading, up: bool, by: User) -> None:
    priority = _locked(heading.priority)
    keep_order(moved(priority.group_headings.in_use(), heading, up=up), by=by)


@transaction.atomic
def remove_heading(*, heading: GroupHeading, today: date) -> None:
    """Ask under a heading no more. One that was asked under is kept for the rounds it is in."""
    _locked(heading.priority)
    try:
        with transaction.atomic():
            heading.groups.clear()
            heading.delete()
    except ProtectedError:
        heading.withdrawn_on = today
        heading.save()


def locked_plan(pk: int) -> Plan:
    """The plan as it stands now, held until the transaction ends; a closed one is refused."""
    plan = Plan.objects.select_for_update().get(pk=pk)
    refuse_closed(plan)
    return plan


def _locked(priority: Priority) -> Priority:
    held = Priority.objects.select_related("plan").select_for_update(of=("self",))
    found = held.get(pk=priority.pk)
    refuse_closed(found.plan)
    return found


def _refuse_taken_reference(priority: Priority) -> None:
    if not priority.reference:
        return
    others = Priority.objects.exclude(pk=priority.pk).filter(plan=priority.plan_id)
    other = others.filter(kind=priority.kind, reference=priority.reference).first()
    if other:
        gone = ", which has been withdrawn" if other.withdrawn_on else ""
        raise ReferenceTaken(f"{other.reference} is already the reference of “{other.title}”{gone}")
