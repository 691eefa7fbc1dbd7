"""The milestones of a plan's actions as a file, a line for each."""

from collections.abc import Iterator

from django.db.models import QuerySet

from actions.models import Action, Milestone, Progress
from partnerships.permissions import Access
from priorities.models import Plan

HEADINGS = [
    "Plan",
    "Priority",
    "Reference",
    "Action",
    "Milestone",
    "Timescale",
    "Understood as",
    "How often",
    "Due on",
    "Completed on",
    "Overdue",
]


def lines_of(actions: QuerySet[Action], plan: Plan, access: Access) -> Iterator[list[str]]:
    """In the plan's order; dates as 2023-10-27, nothing for what is not known. One query.

    As in the list of actions, nothing of an action that is over is overdue.
    """
    milestones = Milestone.objects.filter(action__in=actions.order_by().values("pk"))
    for milestone in milestones.select_related("action__priority").order_by(
        "action__priority__order", "action__priority", "action__order", "action", "order", "pk"
    ):
        action = milestone.action
        is_over = action.progress in (Progress.COMPLETE, Progress.WITHDRAWN)
        yield [
            plan.year_label,
            str(action.priority),
            action.reference,
            action.title,
            milestone.title,
            milestone.timescale,
            milestone.get_timescale_kind_display() if milestone.timescale else "",
            milestone.how_often,
            milestone.due_on.isoformat() if milestone.due_on else "",
            milestone.completed_on.isoformat() if milestone.completed_on else "",
            "yes" if milestone.is_overdue(access.today) and not is_over else "no",
        ]
