"""The actions of a plan as a list to be filtered, sorted and taken away as a file."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

import django_filters
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When

from actions.models import Action, ActionLead, Milestone, Progress
from actions.wording import progress_label, progress_labels
from partnerships.forms import PortalForm
from partnerships.models import Group, Membership, Organisation
from partnerships.permissions import Access
from priorities.leads import linked_to
from priorities.models import Plan, Priority, PriorityLead
from rounds.models import Answer, Rag

OVERDUE = [("yes", "Overdue"), ("no", "Not overdue")]
NO_RATING = "none"
GROUP = "group-"
RATINGS = [*Rag.choices, (NO_RATING, "No rating yet")]
# Red first: what needs help stands at the top.
RAG_PLACES = {Rag.RED: 1, Rag.AMBER: 2, Rag.GREEN: 3, Rag.NOT_RATED: 4}


class FilterForm(PortalForm):
    marks_optional = False


def actions_of(plan: Plan, access: Access) -> QuerySet[Action]:
    """The plan's actions, each with the last rating that this person may read, and of when.

    One is overdue when its own date has passed, or that of a milestone which is not done.
    """
    latest = Answer.objects.visible_to(access).sent().filter(action=OuterRef("pk")).latest_first()
    done = Q(progress__in=[Progress.COMPLETE, Progress.WITHDRAWN])
    late_milestones = Milestone.objects.filter(
        action=OuterRef("pk"), due_on__lt=access.today, completed_on__isnull=True
    )
    late = (Q(due_on__lt=access.today) | Q(Exists(late_milestones))) & ~done
    return plan.actions.select_related("priority").annotate(
        rag=Subquery(latest.values("rag")[:1]),
        rag_round=Subquery(latest.values("update__round__short_label")[:1]),
        rag_place=Case(
            *[When(rag=rag, then=Value(place)) for rag, place in RAG_PLACES.items()],
            default=Value(5),
        ),
        overdue=Case(When(late, then=Value(True)), default=Value(False)),
    )


class ActionFilter(django_filters.FilterSet):
    """Which of a plan's actions, and in which order."""

    priority = django_filters.ModelChoiceFilter(
        queryset=Priority.objects.none(), empty_label="All", label="Priority"
    )
    organisation = django_filters.ChoiceFilter(
        choices=(), empty_label="All", label="Organisation or group", method="led_by_body"
    )
    lead = django_filters.ModelChoiceFilter(
        queryset=Membership.objects.none(), empty_label="All", label="Lead", method="led_by_person"
    )
    rag = django_filters.ChoiceFilter(
        choices=RATINGS, empty_label="All", label="Rating", method="rated"
    )
    progress = django_filters.ChoiceFilter(choices=(), empty_label="All", label="Progress")
    overdue = django_filters.ChoiceFilter(
        choices=OVERDUE, empty_label="All", label="Overdue", method="is_overdue"
    )
    sort = django_filters.ChoiceFilter(
        choices=[
            ("plan", "As in the plan"),
            ("title", "Title"),
            ("due", "End date, earliest first"),
            ("rating", "Rating, red first"),
            ("progress", "Progress"),
        ],
        empty_label=None,
        label="Sort by",
        method="sorted_by",
    )

    class Meta:
        form = FilterForm

    def __init__(self, data, *, plan: Plan, access: Access) -> None:
        super().__init__(data, queryset=actions_of(plan, access).order_by(*ORDERS["plan"]))
        filters = self.filters
        filters["priority"].queryset = plan.priorities.all()
        leads = Q(leads__priority__plan=plan) | Q(action_leads__action__plan=plan)
        filters["lead"].queryset = Membership.objects.filter(leads).distinct()
        in_plan = Q(pk__in=filters["lead"].queryset.values("organisation")) | leads
        filters["organisation"].extra["choices"] = _bodies(
            Organisation.objects.filter(in_plan), Group.objects.filter(leads)
        )
        filters["progress"].extra["choices"] = list(progress_labels(access.partnership).items())

    def led_by_person(self, actions, name, membership):
        return actions.filter(_led(membership=membership))

    def led_by_body(self, actions, name, value):
        number = value.removeprefix(GROUP)
        if number != value:
            return actions.filter(_led(group=number))
        return actions.filter(_led(Q(organisation=number) | Q(membership__organisation=number)))

    def rated(self, actions, name, value):
        if value == NO_RATING:
            return actions.filter(Q(rag__isnull=True) | Q(rag=""))
        return actions.filter(rag=value)

    def is_overdue(self, actions, name, value):
        return actions.filter(overdue=value == "yes")

    def sorted_by(self, actions, name, value):
        return actions.order_by(*ORDERS.get(value, ORDERS["plan"]))


def _bodies(organisations: QuerySet, groups: QuerySet):
    """Organisations and groups to choose from, those by number alone; one query."""
    rows = [
        bodies.order_by().annotate(mark=Value(mark)).values_list("mark", "pk", "name")
        for bodies, mark in ((organisations, ""), (groups, GROUP))
    ]
    found = list(rows[0].union(rows[1]).order_by("name"))
    every = (
        (label, [(f"{mark}{pk}", name) for mark, pk, name in found if mark == of_label])
        for label, of_label in (("Organisations", ""), ("Groups", GROUP))
    )
    return [(label, bodies) for label, bodies in every if bodies]


IN_PLAN = ("priority__order", "priority__pk", "order", "pk")
ORDERS = {
    "plan": IN_PLAN,
    "title": ("title", "pk"),
    "due": (F("due_on").asc(nulls_last=True), *IN_PLAN),
    "rating": ("rag_place", *IN_PLAN),
    "progress": ("progress", *IN_PLAN),
}


def _led(*conditions, **facts) -> Q:
    """Actions that somebody leads, themselves or with their priority."""
    return Q(Exists(ActionLead.objects.filter(*conditions, action=OuterRef("pk"), **facts))) | Q(
        Exists(PriorityLead.objects.filter(*conditions, priority=OuterRef("priority"), **facts))
    )


HEADINGS = [
    "Plan",
    "Priority",
    "Reference",
    "Action",
    "Desired outcome",
    "Lead",
    "Progress",
    "Completed on",
    "Ends on",
    "Overdue",
    "Rating",
    "Rated in",
]


@dataclass(frozen=True)
class Row:
    """One action as the list tells it."""

    action: Action
    lead: str
    rag_label: str
    overdue: str
    """ "Overdue", or that a milestone is; nothing where neither is."""


def rows_of(actions: Iterable[Action], access: Access) -> list[Row]:
    """The rows of some actions; who leads without being named in the plan is named by post."""
    actions = list(actions)
    unnamed = {action.priority_id for action in actions if not action.priority.lead_text}
    linked = linked_to(unnamed, access.today)
    return [
        Row(
            action,
            action.lead_text or action.priority.lead_text or linked[action.priority_id].in_words,
            Rag(action.rag).label if action.rag else "",
            _overdue(action, access.today),
        )
        for action in actions
    ]


def _overdue(action: Action, today: date) -> str:
    if not action.overdue:
        return ""
    return "Overdue" if action.is_overdue(today) else "A milestone is overdue"


def lines_of(actions: QuerySet[Action], plan: Plan, access: Access) -> Iterator[list[str]]:
    """The list as lines of a file: dates as 2023-10-27, nothing for what is not known."""
    for row in rows_of(actions, access):
        action = row.action
        yield [
            plan.year_label,
            str(action.priority),
            action.reference,
            action.title,
            action.desired_outcome,
            row.lead,
            progress_label(action.progress, access.partnership),
            action.completed_on.isoformat() if action.completed_on else "",
            action.due_on.isoformat() if action.due_on else "",
            "yes" if action.overdue else "no",
            row.rag_label,
            action.rag_round if action.rag else "",
        ]
