"""What a partnership still needs before the first round of its plan can open, step by step.

A fixed number of queries, however large the partnership is; the templates run none.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse

from actions.models import Action
from partnerships.models import Group, Membership, Organisation
from partnerships.permissions import GRANTS, Access, Permission
from performance.models import PriorityIndicator
from priorities.leads import Linked, linked_to
from priorities.models import Plan, Priority
from rounds.models import Round
from rounds.preview import hindrance

PLANS_OFFERED = 6


class Standing(StrEnum):
    """How far a step is. What may be left out is never in the way of a round."""

    DONE = "Done"
    TO_DO = "To do"
    LEFT_OUT = "Can be left out"


@dataclass(frozen=True)
class Step:
    """One step of the set-up: what is there, what is missing, and where it is mended."""

    title: str
    said: str
    needs: Permission
    page: str
    """The address of the page where it is mended."""
    standing: Standing
    missing: Sequence[str] = ()
    without: str = ""
    """What no round can open without, where that is so."""

    @property
    def is_done(self) -> bool:
        return self.standing == Standing.DONE

    @property
    def is_to_do(self) -> bool:
        return self.standing == Standing.TO_DO

    @property
    def is_in_the_way(self) -> bool:
        return bool(self.without) and self.is_to_do

    @property
    def done_by(self) -> str:
        """Who can mend it, for those who cannot."""
        return "the coordinator" if self.needs == Permission.RUN_ROUNDS else "an administrator"


@dataclass(frozen=True)
class Checklist:
    """The steps of one plan's set-up as a person sees them."""

    access: Access
    plan: Plan | None
    closed: Plan | None
    """The last plan that was closed."""
    others: list[Plan]
    """Other plans whose set-up can be looked at."""
    steps: list[Step]
    next_round: Round | None
    has_begun: bool
    """Whether a round of the plan has been opened."""
    coordinators: list[Membership]
    administrators: list[Membership]

    @property
    def rows(self) -> list[tuple[Step, bool]]:
        """Each step, and whether this person can mend it."""
        return [(step, self.access.can(step.needs)) for step in self.steps]

    @property
    def done(self) -> int:
        return sum(step.is_done for step in self.steps)

    @property
    def asked(self) -> int:
        """The steps that are not left out."""
        return sum(step.standing != Standing.LEFT_OUT for step in self.steps)

    @property
    def in_the_way(self) -> list[Step]:
        return [step for step in self.steps if step.is_in_the_way]

    @property
    def can_open(self) -> bool:
        return self.next_round is not None and not self.in_the_way

    @property
    def to_do(self) -> list[Step]:
        return [step for step in self.steps if step.is_to_do]


def checklist_of(access: Access, now: datetime, plan_pk: int | None = None) -> Checklist:
    """The set-up of one plan: the one asked for, else the next to begin, else the plan of today.

    A closed plan has none.
    """
    found = Plan.objects.visible_to(access).current_first(access.today)
    open_first = found.order_by(F("closed_at").asc(nulls_first=True), *found.query.order_by)
    found = list(
        open_first.annotate(has_begun=Exists(_opened(OuterRef("pk"))))[: PLANS_OFFERED * 2]
    )
    plans = [plan for plan in found if plan.closed_at is None]
    closed = [plan for plan in found if plan.closed_at is not None]
    plan = _plan_to_set_up(plans, access.today, plan_pk)
    people = list(
        Membership.objects.visible_to(access).current(access.today).select_related("user")
    )
    rounds = list(plan.rounds.order_by("period_starts_on")) if plan else []
    next_round = next((round for round in rounds if round.is_planned), None)
    facts = _Facts.of(access, plan)
    last_closed = max(closed, key=lambda each: each.starts_on, default=None)
    return Checklist(
        access=access,
        plan=plan,
        closed=last_closed,
        others=[each for each in plans if each != plan][:PLANS_OFFERED],
        steps=[
            _details(access),
            *_partnership_steps(access, facts, people),
            *_plan_steps(access, plan, last_closed, facts),
            _dates(access, plan, rounds, next_round, facts, now),
        ],
        next_round=next_round,
        has_begun=plan is not None and plan.has_begun,
        coordinators=who_may(Permission.RUN_ROUNDS, people),
        administrators=who_may(Permission.KEEP_PLAN, people),
    )


def _opened(plan: object) -> QuerySet[Round]:
    return Round.objects.filter(plan=plan).exclude(state=Round.State.PLANNED)


def _plan_to_set_up(plans: list[Plan], today: date, pk: int | None) -> Plan | None:
    chosen = [plan for plan in plans if plan.pk == pk]
    to_begin = [plan for plan in plans if not plan.has_begun and plan.ends_on >= today]
    found = chosen or sorted(to_begin, key=lambda plan: plan.starts_on) or plans
    return found[0] if found else None


def who_may(permission: Permission, people: Iterable[Membership]) -> list[Membership]:
    """The posts whose role grants something."""
    return [each for each in people if permission in GRANTS[each.role]]


# What is there ---------------------------------------------------------------------------


@dataclass
class _Facts:
    """What the steps count."""

    organisations: int
    groups: int
    priorities: list[Priority] = field(default_factory=list)
    """Those in the plan, each with `actions_in_plan` and `figures`."""
    linked: dict[int, Linked] = field(default_factory=dict)
    actions: int = 0
    with_milestones: int = 0

    @classmethod
    def of(cls, access: Access, plan: Plan | None) -> "_Facts":
        today, merged = access.today, Q(merged_into=None)
        facts = cls(
            Organisation.objects.visible_to(access).current(today).filter(merged).count(),
            Group.objects.visible_to(access).current(today).filter(merged).count(),
        )
        if plan is None:
            return facts
        actions = Action.objects.filter(plan=plan, priority__withdrawn_on=None).in_plan()
        facts.priorities = list(
            plan.priorities.in_plan().annotate(
                has_actions=Exists(actions.filter(priority=OuterRef("pk"))),
                has_figures=Exists(PriorityIndicator.objects.filter(priority=OuterRef("pk"))),
            )
        )
        facts.linked = linked_to([each.pk for each in facts.priorities], today)
        counts = actions.order_by().aggregate(
            every=Count("pk", distinct=True),
            with_milestones=Count("pk", distinct=True, filter=Q(milestones__isnull=False)),
        )
        facts.actions, facts.with_milestones = counts["every"], counts["with_milestones"]
        return facts

    @property
    def asked(self) -> list[Priority]:
        """Those whose lead a round asks: every priority, and a theme with actions of its own."""
        return [each for each in self.priorities if _is_priority(each) or each.has_actions]


def _is_priority(priority: Priority) -> bool:
    return priority.kind == Priority.Kind.PRIORITY


# The steps -------------------------------------------------------------------------------


def _standing(is_done: bool, otherwise: Standing = Standing.TO_DO) -> Standing:
    return Standing.DONE if is_done else otherwise


def _page(access: Access, name: str, *args: int) -> str:
    return reverse(name, args=[access.partnership.slug, *args])


def counted(number: int, one: str, many: str = "") -> str:
    """As in "1 priority" and "3 priorities"."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def _details(access: Access) -> Step:
    help_at = [access.partnership.help_email, access.partnership.help_telephone]
    told = ", ".join(filter(None, help_at))
    return Step(
        "Partnership details",
        f"Help from {told}" if told else "Nobody is named whom people can ask for help",
        Permission.CHANGE_SETTINGS,
        _page(access, "administration:settings_details"),
        _standing(bool(told)),
    )


def _partnership_steps(
    access: Access, facts: _Facts, people: list[Membership]
) -> tuple[Step, Step, Step]:
    has_some = facts.organisations > 0
    persons = {each.user_id for each in people}
    coordinators = who_may(Permission.RUN_ROUNDS, people)
    waiting = {each.user_id for each in people if not each.user.is_active}
    said = f"{counted(len(persons), 'person', 'people')}, " + (
        f"{len({each.user_id for each in coordinators})} of them to run rounds"
        if coordinators
        else "nobody to run rounds"
    )
    invited = counted(len(waiting), "invitation has", "invitations have")
    return (
        Step(
            "Organisations",
            counted(facts.organisations, "organisation") if has_some else "None yet",
            Permission.KEEP_PEOPLE,
            _page(access, f"administration:organisations{'' if has_some else '_proposed'}"),
            _standing(has_some),
        ),
        Step(
            "Groups",
            counted(facts.groups, "group") if facts.groups else "None yet",
            Permission.KEEP_PEOPLE,
            _page(access, "administration:groups"),
            _standing(facts.groups > 0, Standing.LEFT_OUT),
        ),
        Step(
            "People",
            said + (f"; {invited} not been accepted yet" if waiting else ""),
            Permission.KEEP_PEOPLE,
            _page(access, "administration:people"),
            _standing(bool(coordinators)),
            () if coordinators else ["Invite a coordinator, who opens the rounds"],
            without="a coordinator",
        ),
    )


def _plan_steps(
    access: Access, plan: Plan | None, closed: Plan | None, facts: _Facts
) -> list[Step]:
    edit = (
        _page(access, "administration:edit_plan", plan.pk)
        if plan
        else _page(access, "administration:new_plan")
    )
    keep = Permission.KEEP_PLAN
    priorities = [each for each in facts.priorities if _is_priority(each)]
    themes = len(facts.priorities) - len(priorities)
    found = counted(len(priorities), "priority", "priorities")
    if themes:
        found += f" and {counted(themes, 'cross-cutting theme')}"
    return [
        Step(
            "Plan",
            _said_of_plan(plan, closed),
            keep,
            _page(access, "administration:plan_details", plan.pk) if plan else edit,
            _standing(plan is not None),
            without="a plan",
        ),
        Step(
            "Priorities and themes",
            found if facts.priorities else "None yet",
            keep,
            edit,
            _standing(bool(facts.asked)),
            ["Add a priority"] if themes and not facts.asked else (),
            without="a priority",
        ),
        _actions(edit, facts, priorities),
        _leads(edit, facts),
        _figures(access, facts),
    ]


def _said_of_plan(plan: Plan | None, closed: Plan | None) -> str:
    if plan is not None:
        return f"{plan.title}, {plan.period.long}"
    return f"{closed.title} is closed: make the next plan" if closed else "None yet"


def _actions(edit: str, facts: _Facts, priorities: list[Priority]) -> Step:
    lacking = [str(each) for each in priorities if not each.has_actions]
    return Step(
        "Actions and milestones",
        f"{counted(facts.actions, 'action')}, {facts.with_milestones} of them with milestones"
        if facts.actions
        else "None yet",
        Permission.KEEP_PLAN,
        edit,
        _standing(facts.actions > 0 and not lacking),
        [f"No action yet: {each}" for each in lacking],
    )


def _leads(edit: str, facts: _Facts) -> Step:
    lacking = [str(each) for each in facts.asked if not facts.linked[each.pk].people]
    with_deputy = sum(
        any(link.is_deputy and link.membership_id for link in facts.linked[each.pk].links)
        for each in facts.asked
    )
    asked, every = len(facts.asked) - len(lacking), len(facts.asked)
    said = (
        f"{asked} of {counted(every, 'priority', 'priorities')} {'has' if asked == 1 else 'have'} "
        f"a person who is asked, {with_deputy} a deputy"
    )
    return Step(
        "Leads and deputies",
        said if every else "None yet",
        Permission.KEEP_PLAN,
        edit,
        _standing(every > 0 and not lacking),
        [f"Nobody is asked yet: {each}" for each in lacking],
    )


def _figures(access: Access, facts: _Facts) -> Step:
    with_figures = [each for each in facts.priorities if each.has_figures]
    every = counted(len(facts.priorities), "priority or theme", "priorities and themes")
    return Step(
        "Figures",
        f"Under {len(with_figures)} of {every}" if with_figures else "None under a priority yet",
        Permission.KEEP_PLAN,
        _page(access, "performance:indicators"),
        _standing(bool(with_figures), Standing.LEFT_OUT),
    )


def _dates(
    access: Access,
    plan: Plan | None,
    rounds: list[Round],
    next_round: Round | None,
    facts: _Facts,
    now: datetime,
) -> Step:
    page = _page(access, "rounds:rounds")
    if next_round is None:
        is_done = bool(rounds)
        said = "Every round has been opened" if is_done else "No round has been made yet"
        missing: Sequence[str] = ()
        if plan and not rounds:
            missing = [f"The coordinator makes the rounds of {plan.year_label}"]
    else:
        page = _page(access, "rounds:dates", next_round.pk)
        why_not = hindrance(next_round, facts.asked, now) if facts.asked else ""
        is_done, said = not why_not, f"{next_round.full_label} opens next"
        missing = [why_not] if why_not else ()
    return Step(
        "Dates of the rounds",
        said,
        Permission.RUN_ROUNDS,
        page,
        _standing(is_done),
        missing,
        without="a round with its dates",
    )
