"""A plan as its readers see it: every priority with its actions, and how each of them goes.

Two queries after the plan is found, however many actions it has, and one more where the plan names
no lead of a priority; the templates run none.
"""

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from operator import attrgetter

from django.db.models import F, FilteredRelation, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject

from actions.models import Action
from partnerships.permissions import Access
from priorities.leads import Linked, linked_to
from priorities.models import Plan, Priority

from .models import Answer, Rag
from .steps import Counted, Step, joined_to_milestones, steps_in

RAG_ORDER = (Rag.RED, Rag.AMBER, Rag.GREEN, Rag.NOT_RATED)


@dataclass(frozen=True)
class Latest:
    """The latest answer about an action that a person may read, and the round it is of."""

    rag: str
    response: str
    round: str
    short_round: str
    year: str
    period_ends_on: str

    @property
    def rag_label(self) -> str:
        return Rag(self.rag).label if self.rag else ""

    @property
    def response_label(self) -> str:
        return Answer.Response(self.response).label

    @property
    def full_round(self) -> str:
        return f"{self.round}, {self.year}"

    @property
    def narrow_round(self) -> str:
        return f"{self.short_round} {self.year}"


@dataclass
class ActionRow:
    """One action with its milestones, and how it goes."""

    action: Action
    is_overdue: bool
    latest: Latest | None
    steps: list[Step] = field(default_factory=list)

    @property
    def next(self) -> Step | None:
        """The first that is overdue, else the first to be done, else the first that goes on."""
        first = [
            next(filter(attrgetter(which), self.steps), None)
            for which in ("is_overdue", "is_open", "goes_on")
        ]
        return next(filter(None, first), None)

    @property
    def counted(self) -> Counted:
        return Counted.of(self.steps)


@dataclass
class PrioritySection:
    """A priority or theme, the groups that report to it, and its actions."""

    priority: Priority
    headings: list[str] = field(default_factory=list)
    rows: list[ActionRow] = field(default_factory=list)
    linked: Linked = field(default_factory=Linked)

    @property
    def lead(self) -> str:
        return self.priority.lead_text or self.linked.in_words or "to be confirmed"

    @property
    def is_withdrawn(self) -> bool:
        return self.priority.withdrawn_on is not None

    @property
    def rows_in_plan(self) -> list[ActionRow]:
        """Those that were withdrawn neither themselves nor with their priority."""
        if self.is_withdrawn:
            return []
        return [row for row in self.rows if not row.action.is_withdrawn]

    @property
    def is_theme(self) -> bool:
        return self.priority.kind == Priority.Kind.THEME


@dataclass(frozen=True)
class PlanPage:
    """A plan's sections in its own order, and what is counted over all of them."""

    all_sections: list[PrioritySection]
    reads_sensitive: bool
    """Whether an action without a rating here has none at all."""

    @classmethod
    def of(cls, plan: Plan, access: Access) -> "PlanPage":
        by_priority = _sections(plan)
        for row in _rows(plan, access):
            by_priority[row.action.priority_id].rows.append(row)
        unnamed = [pk for pk, found in by_priority.items() if not found.priority.lead_text]
        for pk, linked in linked_to(unnamed, access.today).items():
            by_priority[pk].linked = linked
        return cls(list(by_priority.values()), access.reads_sensitive)

    @property
    def sections(self) -> list[PrioritySection]:
        """The priorities, and the themes that have actions of their own."""
        return [section for section in self.all_sections if section.rows or not section.is_theme]

    @property
    def bare_themes(self) -> list[Priority]:
        """The themes without actions, which every lead comments on."""
        bare = (section for section in self.all_sections if section.is_theme and not section.rows)
        return [section.priority for section in bare]

    @property
    def rows_in_plan(self) -> list[ActionRow]:
        return [row for section in self.all_sections for row in section.rows_in_plan]

    @cached_property
    def rows(self) -> list[ActionRow]:
        return [row for section in self.all_sections for row in section.rows]

    @property
    def contents(self) -> list[str]:
        """As in "4 priorities", "3 cross-cutting themes", "17 actions", "1 withdrawn"."""
        kept = [section for section in self.all_sections if not section.is_withdrawn]
        themes = sum(section.is_theme for section in kept)
        actions = len(self.rows_in_plan)
        counted = (
            (len(kept) - themes, "priority", "priorities"),
            (themes, "cross-cutting theme", "cross-cutting themes"),
            (actions, "action", "actions"),
            (len(self.rows) - actions, "withdrawn", "withdrawn"),
        )
        return [f"{count} {one if count == 1 else many}" for count, one, many in counted if count]

    @cached_property
    def latest_round(self) -> Latest | None:
        """An answer of the latest round that any of the answers shown is of."""
        shown = (row.latest for row in self.rows if row.latest)
        return max(shown, key=lambda latest: latest.period_ends_on, default=None)

    @property
    def legend(self) -> list[tuple[str, str, int]]:
        """How many actions have which rating in that round, those without one last."""
        if self.latest_round is None:
            return []
        ends_on = self.latest_round.period_ends_on
        rated = Counter(
            row.latest.rag if row.latest and row.latest.period_ends_on == ends_on else ""
            for row in self.rows_in_plan
        )
        unrated = "No rating" if self.reads_sensitive else "No rating shown to you"
        labels = {code.value: code.label for code in RAG_ORDER} | {"": unrated}
        return [(code, label, rated[code]) for code, label in labels.items() if rated[code]]


def _sections(plan: Plan) -> dict[int, PrioritySection]:
    """By priority; one query, with a row for each of a priority's headings."""
    found: dict[int, PrioritySection] = {}
    in_use = FilteredRelation(
        "group_headings", condition=Q(group_headings__withdrawn_on__isnull=True)
    )
    joined = plan.priorities.annotate(used=in_use).annotate(heading=F("used__heading"))
    for priority in joined.order_by("order", "pk", "used__order", "used__pk"):
        section = found.setdefault(priority.pk, PrioritySection(priority))
        if priority.heading:
            section.headings.append(priority.heading)
    return found


def _rows(plan: Plan, access: Access) -> list[ActionRow]:
    """Every action of the plan; one query, with a row for each of an action's milestones."""
    joined = joined_to_milestones(plan.actions.annotate(latest=Subquery(_latest_answer(access))))
    found = []
    for _, rows in groupby(joined, key=lambda row: row.pk):
        rows = list(rows)
        action = rows[0]
        latest = Latest(**action.latest) if action.latest else None
        steps = steps_in(rows, plan.period, access.today)
        found.append(ActionRow(action, action.is_overdue(access.today), latest, steps))
    return found


def _latest_answer(access: Access):
    """What was sent last about an action, as far as this person may read it."""
    return (
        Answer.objects.visible_to(access)
        .sent()
        .filter(action=OuterRef("pk"))
        .latest_first()
        .values(
            told=JSONObject(
                rag="rag",
                response="response",
                round="update__round__label",
                short_round="update__round__short_label",
                year="update__round__plan__year_label",
                period_ends_on="update__round__period_ends_on",
            )
        )[:1]
    )
