"""Where each action of a plan ended, as it is asked on one page."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.http import QueryDict

from actions.models import Action, Closing
from partnerships.permissions import Access
from priorities.models import Plan, Priority
from rounds.plan_page import ActionRow, PlanPage

from .closing import Position, marker_of_positions
from .forms.closing import PositionForm


@dataclass
class ClosingSection:
    """A priority or theme: its actions that are asked about, and those that were withdrawn."""

    priority: Priority
    asked: list[tuple[ActionRow, PositionForm]] = field(default_factory=list)
    withdrawn: list[Action] = field(default_factory=list)


@dataclass(frozen=True)
class ClosingPage:
    """Every action of the plan in its order, with how it stands and a form for where it ended."""

    sections: list[ClosingSection]
    marker: str

    @classmethod
    def of(cls, plan: Plan, access: Access, posted: QueryDict | None = None) -> "ClosingPage":
        sections = []
        for found in PlanPage.of(plan, access).all_sections:
            section = ClosingSection(found.priority)
            for row in found.rows:
                if row.action.is_withdrawn or found.priority.withdrawn_on:
                    section.withdrawn.append(row.action)
                else:
                    to_do = row.counted.still_to_do
                    section.asked.append(
                        (row, PositionForm(posted, action=row.action, undone=to_do))
                    )
            if section.asked or section.withdrawn:
                sections.append(section)
        asked = [row.action for section in sections for row, _ in section.asked]
        return cls(sections, marker_of_positions(asked))

    @property
    def forms(self) -> list[PositionForm]:
        return [form for section in self.sections for _, form in section.asked]

    @property
    def decided(self) -> int:
        """How many have a position that is saved."""
        return sum(bool(form.action.closing) for form in self.forms)

    @property
    def is_whole(self) -> bool:
        return self.decided == len(self.forms)

    def is_valid(self) -> bool:
        """Every form is looked at, so that all that is wrong is shown at once."""
        wrong = [form for form in self.forms if not form.is_valid()]
        return not wrong

    @property
    def positions(self) -> dict[int, Position]:
        return {form.action.pk: form.position for form in self.forms}

    def theirs(self, saved: Mapping[int, Position]) -> list[str]:
        """What somebody else saved meanwhile and is not what was typed here."""
        return [
            f"{form.name}: {Closing(position.closing).label if position.closing else 'nothing'}"
            + (f" ({position.reason})" if position.reason else "")
            for form in self.forms
            for position in [saved.get(form.action.pk)]
            if position is not None and position != form.position
        ]


def tally_of(actions: Iterable[Action]) -> list[tuple[str, int]]:
    """How many actions ended where, in the order of the choices."""
    counted = Counter(action.closing for action in actions)
    return [(label, counted[code]) for code, label in Closing.choices if counted[code]]
