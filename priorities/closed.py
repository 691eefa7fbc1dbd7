"""A plan whose year was closed: nothing in it changes until it is opened again."""

from typing import Any

from django.utils import timezone

from partnerships.refusals import Refused

from .models import Plan


class PlanClosed(Refused):
    """The plan's year was closed, and with it the position of every action."""

    def __init__(self, plan: Plan) -> None:
        day = timezone.localdate(plan.closed_at)
        super().__init__(
            f"{plan} was closed on {day.day} {day:%B %Y}. "
            "It can be changed once an administrator has opened it again."
        )
        self.plan = plan


def plan_of(row: Any) -> Plan | None:
    """The plan of a priority or an action, or of what belongs to one of them.

    A link between actions belongs to the later one. Nothing where a form has not said yet.
    """
    if isinstance(row, Plan):
        return row
    for name in ("plan", "later", "action", "priority"):
        above = getattr(row, name, None)
        if above is not None:
            return plan_of(above)
    return None


def refuse_closed(plan: Plan) -> None:
    if plan.closed_at is not None:
        raise PlanClosed(plan)
