"""Starting the plan of a year, from nothing or from the plan before it.

What is copied is what goes on from one year to the next: priorities and themes with who leads
them, the headings groups report under, and the places of the figures. Actions are not: they are
carried forward once the year before is closed (see `closing.py`).
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Model, Prefetch
from simple_history.utils import bulk_create_with_history

from accounts.models import User
from partnerships.models import Group
from partnerships.ordering import STEP
from partnerships.refusals import Refused
from performance.models import PriorityIndicator
from priorities.models import GroupHeading, Plan, Priority, PriorityLead

FROM_BEFORE = "Copied from the plan before"


@transaction.atomic
def start_plan(*, plan: Plan, before: Plan | None, by: User, today: date) -> Plan:
    """Save a new plan; with a plan before it, what goes on of that one is in it as well.

    As many queries for a large plan as for a small one, but a few for each group heading.
    """
    if before is not None and before.partnership_id != plan.partnership_id:
        raise Refused("Choose a plan of the same partnership to start from.")
    plan.save()
    if before is not None:
        _copy(before, plan, by, max(today, plan.starts_on))
    return plan


def _copy(before: Plan, plan: Plan, by: User, first_day: date) -> None:
    """Copy what stands in the plan before; of its leads those who have not left by a day.

    Whoever takes over on that day or later is among them.
    """
    old = list(before.priorities.in_plan())
    copies = [
        _copy_of(priority, plan_id=plan.pk, order=place * STEP)
        for place, priority in enumerate(old, start=1)
    ]
    made = _create(Priority, copies, by)
    new = {priority.pk: copy.pk for priority, copy in zip(old, made, strict=True)}
    _create(PriorityLead, _under(new, _going_on(new, first_day)), by)
    places = PriorityIndicator.objects.filter(priority__in=new)
    _create(PriorityIndicator, _under(new, places), by)
    _copy_headings(new, by, first_day)


def _going_on(priorities: Iterable[int], day: date) -> list[PriorityLead]:
    """The links to leads and deputies that hold on a day or begin later, with their dates."""
    links = PriorityLead.objects.filter(priority__in=priorities).not_over(day)
    return [
        link
        for link in links.select_related("membership", "organisation", "group")
        if all(
            body is None or body.ends_on is None or body.ends_on >= day
            for body in (link.membership, link.organisation, link.group)
        )
    ]


def _copy_headings(new: dict[int, int], by: User, day: date) -> None:
    """Copy the headings in use, each with those of its groups that go on."""
    current = Prefetch("groups", Group.objects.current(day))
    headings = list(
        GroupHeading.objects.in_use().filter(priority__in=new).prefetch_related(current)
    )
    for old, made in zip(headings, _create(GroupHeading, _under(new, headings), by), strict=True):
        made.groups.set(old.groups.all())


def _under(new: dict[int, int], rows: Iterable[Any]) -> list[Any]:
    """Copies of what stands under the old priorities, each under the new one."""
    return [_copy_of(row, priority_id=new[row.priority_id]) for row in rows]


def _copy_of(row: Any, **changed: object) -> Any:
    """A new row that says what this one says, in every field of its table but those changed."""
    fields = [field for field in row._meta.concrete_fields if not field.primary_key]
    return type(row)(**({each.attname: getattr(row, each.attname) for each in fields} | changed))


def _create(model: type[Model], rows: list[Any], by: User) -> list[Any]:
    return bulk_create_with_history(rows, model, default_user=by, default_change_reason=FROM_BEFORE)
