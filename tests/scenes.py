"""Scenes that many tests begin with: a partnership in the middle of a quarter."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.utils import timezone
from simple_history.utils import bulk_create_with_history

from accounts.models import User
from actions.models import Action, Progress
from partnerships.access import accesses_of
from partnerships.models import Membership, Partnership
from performance.models import Indicator
from priorities.models import GroupHeading, Plan, Priority
from rounds.models import Answer, LeadUpdate, Rag, Round
from rounds.services import (
    Content,
    Figure,
    accept_answers,
    close_round,
    open_round,
    return_answer,
    save_answer,
    submit_update,
)
from tests.factories import (
    ActionFactory,
    GroupFactory,
    GroupHeadingFactory,
    IndicatorFactory,
    MembershipFactory,
    PartnershipFactory,
    PlanFactory,
    PriorityFactory,
    PriorityIndicatorFactory,
    PriorityLeadFactory,
    RoundFactory,
)


@dataclass
class Scene:
    """One priority of one plan, asked about in one round, and the people around it."""

    now: datetime
    partnership: Partnership
    plan: Plan
    priority: Priority
    actions: list[Action]
    heading: GroupHeading
    indicator: Indicator
    theme: Priority
    lead: User
    deputy: User
    coordinator: User
    administrator: User
    member: User
    guest: User
    round: Round
    memberships: dict[str, Membership] = field(default_factory=dict)

    @property
    def update(self) -> LeadUpdate:
        return LeadUpdate.objects.get(round=self.round, priority=self.priority)

    @property
    def answers(self) -> list[Answer]:
        """The sections of the update as they stand now, in order."""
        return list(self.update.answers.select_related("action", "update__round"))

    @property
    def action_answers(self) -> list[Answer]:
        return [answer for answer in self.answers if answer.is_action]

    def answer(self, kind: str) -> Answer:
        """The section of a kind; the first of the actions."""
        return next(answer for answer in self.answers if answer.kind == kind)

    def access(self, user: User):
        """What the person of this name may do here, as a view would learn it."""
        today = timezone.localdate(self.now)
        return next(
            access for access in accesses_of(user, today) if access.partnership == self.partnership
        )


def open_round_scene(*, actions=3, now=None, opened=True, **of_partnership) -> Scene:
    """A round that takes answers: three actions, key issues, a group, a theme and one figure.

    Its dates lie around `now`, the real clock unless given: due in seven days, closing in ten.
    Give `now=NOW` (tests/factories.py) where the test passes the time itself or travels to it.
    What else is given goes to the partnership: open_round_scene(slug="elsewhere").
    """
    now = now or timezone.now()
    partnership = PartnershipFactory(**of_partnership)
    plan = PlanFactory(partnership=partnership)
    priority = PriorityFactory(plan=plan, reference="1", title="Safer streets", order=10)
    found = bulk_create_with_history(
        [
            ActionFactory.build(
                priority=priority, reference=f"1.{n}", title=f"Title of action 1.{n}", order=n * 10
            )
            for n in range(1, actions + 1)
        ],
        Action,
    )
    group = GroupFactory(partnership=partnership, name="Streets Group", short_name="Streets")
    memberships = _memberships(partnership, priority)
    scene = Scene(
        now=now,
        partnership=partnership,
        plan=plan,
        priority=priority,
        actions=found,
        heading=GroupHeadingFactory(priority=priority, heading="Streets Group", groups=[group]),
        indicator=_indicator(priority),
        theme=PriorityFactory(plan=plan, theme=True, reference="1", title="Training", order=20),
        round=RoundFactory(plan=plan, today=timezone.localdate(now)),
        memberships=memberships,
        **{name: membership.user for name, membership in memberships.items()},
    )
    if opened:
        open_round(round=scene.round, by=scene.coordinator, now=now)
        scene.round.refresh_from_db()
    return scene


def _memberships(partnership, priority) -> dict[str, Membership]:
    made = {
        "lead": MembershipFactory(partnership=partnership, member=True, post="Strategic lead"),
        "deputy": MembershipFactory(partnership=partnership, member=True, post="Deputy lead"),
        "coordinator": MembershipFactory(partnership=partnership, coordinator=True),
        "administrator": MembershipFactory(partnership=partnership, administrator=True),
        "member": MembershipFactory(partnership=partnership, member=True),
        "guest": MembershipFactory(partnership=partnership, guest=True),
    }
    PriorityLeadFactory(priority=priority, membership=made["lead"])
    PriorityLeadFactory(priority=priority, membership=made["deputy"], is_deputy=True)
    return made


def _indicator(priority) -> Indicator:
    indicator = IndicatorFactory(
        partnership=priority.partnership, name="Reports of damage", unit="reports"
    )
    PriorityIndicatorFactory(priority=priority, indicator=indicator)
    return indicator


# Moving the scene on: each through the service that a page would call. ----------------


def write(
    scene: Scene, answer: Answer, text="<p>The work goes on.</p>", *, by=None, figures=(), **content
):
    """Save a written answer as its lead: a draft, green and in progress unless said otherwise."""
    content = {"response": Answer.Response.WRITTEN, "text": text} | content
    if answer.is_action:
        content = {"progress": Progress.IN_PROGRESS, "rag": Rag.GREEN} | content
    return save_answer(
        answer=answer,
        content=Content(**content),
        version=answer.version,
        by=scene.access(by or scene.lead),
        now=scene.now,
        figures=figures,
    )


def on_behalf(scene: Scene, answer: Answer, content: Content, *, figures=()) -> Answer:
    """Save as the coordinator: sent for the lead, or an edit of what was sent."""
    return save_answer(
        answer=answer,
        content=content,
        version=answer.version,
        by=scene.access(scene.coordinator),
        now=scene.now,
        figures=figures,
        on_behalf=True,
    )


def all_figures(scene: Scene) -> list[Figure]:
    """Both years of the scene's indicator, as its lead would type them."""
    year = scene.round.period.rolling_year()
    return [
        Figure(scene.indicator.pk, each, Decimal(value), "Kent Police", False)
        for each, value in ((year.year_before(), 400), (year, 412))
    ]


def write_all(scene: Scene, answers: list[Answer] | None = None) -> None:
    """A written draft in every section, or in these, and every figure."""
    for answer in answers or scene.answers:
        write(scene, answer, figures=all_figures(scene) if answer.is_figures else ())


def write_all_at_once(scene: Scene) -> None:
    """The same for hundreds of actions: one is saved, the others are set to what that wrote."""
    first, *others = scene.action_answers
    write_all(scene, [answer for answer in scene.answers if answer not in others])
    first.refresh_from_db()
    names = ("state", "response", "text", "progress", "rag", "version", "saved_at", "saved_as")
    written = {name: getattr(first, name) for name in (*names, "saved_by")}
    scene.update.answers.filter(kind=first.kind).update(**written)


def submit(scene: Scene) -> None:
    submit_update(update=scene.update, by=scene.lead, now=scene.now)


def accept(scene: Scene) -> None:
    accept_answers(answers=scene.answers, now=scene.now)


def give_back(scene: Scene, answer: Answer, reason="Say how many people came.") -> Answer:
    answer.refresh_from_db()
    return return_answer(
        answer=answer,
        reason=reason,
        version=answer.version,
        by=scene.coordinator,
        now=scene.now,
    )


def close(scene: Scene) -> None:
    close_round(round=scene.round, now=scene.now)
    scene.round.refresh_from_db()


def closed_round_scene(**given) -> Scene:
    """The same with everything written, submitted and accepted, and the round closed."""
    scene = open_round_scene(**given)
    finish(scene)
    return scene


def finish(scene: Scene) -> None:
    """Write, submit and accept everything, and close the round."""
    scene.round.refresh_from_db()
    write_all(scene)
    submit(scene)
    accept(scene)
    close(scene)
