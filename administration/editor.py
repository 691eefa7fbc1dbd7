"""A plan as those who keep it see it: everything in order, with what can be done to each row.

Three queries after the plan is found, however much is in it; the templates run none.
"""

from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count

from actions.models import Action
from priorities.leads import Linked, linked_to
from priorities.models import Plan, Priority


@dataclass(frozen=True)
class ActionRow:
    action: Action
    is_first: bool
    is_last: bool


@dataclass
class PriorityRow:
    priority: Priority
    linked: Linked
    is_first: bool
    is_last: bool
    actions: list[ActionRow] = field(default_factory=list)

    @property
    def is_theme(self) -> bool:
        return self.priority.kind == Priority.Kind.THEME


@dataclass(frozen=True)
class EditorPage:
    rows: list[PriorityRow]

    @classmethod
    def of(cls, plan: Plan, today: date) -> "EditorPage":
        priorities = list(plan.priorities.all())
        linked = linked_to([priority.pk for priority in priorities], today)
        actions: dict[int, list[Action]] = {}
        for action in plan.actions.annotate(steps=Count("milestones")).order_by("order", "pk"):
            actions.setdefault(action.priority_id, []).append(action)
        return cls(
            [
                PriorityRow(
                    priority,
                    linked[priority.pk],
                    priority == priorities[0],
                    priority == priorities[-1],
                    _rows(actions.get(priority.pk, [])),
                )
                for priority in priorities
            ]
        )


def _rows(actions: list[Action]) -> list[ActionRow]:
    return [ActionRow(each, each == actions[0], each == actions[-1]) for each in actions]
