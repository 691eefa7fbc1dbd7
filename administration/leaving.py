"""Somebody leaves a post: what they hold, and how each of it goes on with somebody else."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from simple_history.utils import bulk_update_with_history

from accounts.models import User
from actions.models import ActionLead, Progress
from partnerships.days import long_day
from partnerships.models import Membership
from partnerships.people import end_post
from partnerships.permissions import Access, Permission
from partnerships.quarters import ONE_DAY
from partnerships.refusals import Refused
from performance.models import Indicator
from priorities.handing_on import hand_on
from priorities.models import Lead, PriorityLead
from rounds.models import Answer, Delegation, Round

SENSITIVE_FIGURE = "A figure marked OFFICIAL-SENSITIVE"


@dataclass(frozen=True)
class Held:
    """One thing that a person of this post leads or supplies."""

    row: Lead | Indicator
    label: str
    hint: str
    address: str = ""

    @property
    def grade(self) -> str:
        """As lead or as deputy; a figure has neither."""
        return f"as {_grade(self.row).lower()}" if isinstance(self.row, Lead) else ""

    @property
    def name(self) -> str:
        """As a form names it."""
        return f"{self.row._meta.model_name}-{self.row.pk}"


@dataclass(frozen=True)
class Holding:
    """What a person leads, as lead or deputy, which figures they are asked for, and what they
    were given to write.
    """

    priorities: list[Held]
    actions: list[Held]
    figures: list[Held]
    sections: list[Delegation] = field(default_factory=list)
    """What they were given to write in open rounds; it goes back to whoever leads it."""

    @property
    def everything(self) -> list[Held]:
        return [*self.priorities, *self.actions, *self.figures]


def holding_of(memberships: list[int], access: Access, day: date) -> Holding:
    """What people of these posts hold on a day or after it, in plans that go on; five queries.

    A plan goes on until it is closed, or its year and all its rounds are over: its last quarter is
    answered after the year.
    """
    priority_leads = list(
        _going_on(PriorityLead.objects.of(access.partnership), memberships, day)
        .filter(_plan_goes_on("priority__plan", day), priority__withdrawn_on__isnull=True)
        .select_related("priority__plan__partnership")
        .order_by("priority__plan__starts_on", "priority__order", "pk")
    )
    action_leads = (
        _going_on(ActionLead.objects.of(access.partnership), memberships, day)
        .filter(_plan_goes_on("action__plan", day))
        .exclude(action__progress=Progress.WITHDRAWN)
        .select_related("action__plan", "action__partnership")
        .order_by("action__plan__starts_on", "action__order", "pk")
    )
    figures = (
        Indicator.objects.of(access.partnership)
        .filter(supplier__in=memberships)
        .select_related("partnership")
    )
    sections = (
        Delegation.objects.of(access.partnership)
        .held_by(memberships)
        .filter(answer__update__round__state=Round.State.OPEN, answer__state__in=Answer.UNSENT)
        .select_related("answer__update__round__plan")
        .order_by("answer__update__order", "answer__order", "pk")
    )
    unsent = _unsent_sections([lead.priority_id for lead in priority_leads])
    return Holding(
        priorities=[
            _of_priority(lead, unsent.get(lead.priority_id, "")) for lead in priority_leads
        ],
        actions=[_of_action(lead) for lead in action_leads],
        figures=[_of_figure(indicator, access) for indicator in figures],
        sections=list(sections),
    )


def _going_on(leads: QuerySet, memberships: list[int], day: date) -> QuerySet:
    return leads.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), membership__in=memberships)


def _plan_goes_on(plan: str, day: date) -> Q:
    to_answer = Round.objects.filter(plan=OuterRef(plan)).exclude(state=Round.State.CLOSED)
    is_under_way = Q(**{f"{plan}__ends_on__gte": day}) | Q(Exists(to_answer))
    return is_under_way & Q(**{f"{plan}__closed_at__isnull": True})


def _unsent_sections(priorities: list[int]) -> dict[int, str]:
    """What open rounds still wait for, by priority: "3 sections of Quarter 2, 2023/24"."""
    waiting = (
        Answer.objects.filter(
            update__priority__in=priorities,
            update__round__state=Round.State.OPEN,
            state__in=Answer.UNSENT,
        )
        .values("update__priority", "update__round__label", "update__round__plan__year_label")
        .annotate(sections=Count("pk"))
        .order_by("period_ends_on")
    )
    found: dict[int, list[str]] = {}
    for each in waiting:
        number = each["sections"]
        said = f"{number} section{'' if number == 1 else 's'} of {each['update__round__label']}"
        said += f", {each['update__round__plan__year_label']}"
        found.setdefault(each["update__priority"], []).append(said)
    return {priority: " and ".join(said) for priority, said in found.items()}


def _of_priority(lead: PriorityLead, unsent: str) -> Held:
    hint = f"{_grade(lead)}, {lead.priority.plan.year_label}."
    if unsent:
        hint = f"{hint} Not sent yet: {unsent}."
    return Held(lead, str(lead.priority), hint, lead.priority.get_absolute_url())


def _of_action(lead: ActionLead) -> Held:
    hint = f"{_grade(lead)}, {lead.action.plan.year_label}."
    return Held(lead, f"Action {lead.action}", hint, lead.action.get_absolute_url())


def _of_figure(indicator: Indicator, access: Access) -> Held:
    if indicator.is_sensitive and not access.can(Permission.READ_SENSITIVE):
        return Held(indicator, SENSITIVE_FIGURE, "Asked for this figure.")
    return Held(indicator, str(indicator), "Asked for this figure.", indicator.get_absolute_url())


def _grade(lead: Lead) -> str:
    return "Deputy" if lead.is_deputy else "Lead"


def heirs(access: Access, leaver: Membership) -> QuerySet[Membership]:
    """Who can take over: everybody whose post goes on, the leaver's own other posts among them."""
    return (
        Membership.objects.of(access.partnership)
        .filter(Q(ends_on__isnull=True) | Q(ends_on__gt=access.today))
        .exclude(pk=leaver.pk)
        .select_related("user", "organisation")
        .order_by("post", "pk")
    )


@transaction.atomic
def leave(
    *,
    membership: Membership,
    last_day: date,
    given: Mapping[str, Membership | None],
    marker: str,
    access: Access,
    by: User,
    now: datetime,
    meant: bool = False,
) -> Membership:
    """End a post, and give on all that its person leads and supplies; all of it, or nothing.

    given: by `Held.name` who takes over, or None where the coordinator is asked instead. Leads end
    on the last day and the new ones begin on the next; a figure is asked of the new person at once.
    As many queries for much as for little, but for leads that never begin.
    """
    ended = end_post(
        membership=membership, last_day=last_day, marker=marker, by=by, now=now, meant=meant
    )
    last_day = ended.ends_on
    next_day = last_day + ONE_DAY
    _refuse_heirs_who_are_gone(given, next_day, ended)
    holding = holding_of([ended.pk], access, next_day)
    for held in holding.everything:
        if held.name not in given:
            raise Refused(f"Choose who takes over “{held.label}” as well.")
    chosen = {(type(held.row), held.row.pk): given[held.name] for held in holding.everything}
    for model in (PriorityLead, ActionLead):
        # Those of plans that are over have nobody chosen: they end.
        going_on = _going_on(model.objects.of(access.partnership), [ended.pk], next_day)
        handed = [(lead, chosen.get((model, lead.pk))) for lead in going_on]
        hand_on(model=model, given=handed, last_day=last_day, by=by)
    figures = [held.row for held in holding.figures]
    for figure in figures:
        figure.supplier = chosen[Indicator, figure.pk]
    bulk_update_with_history(figures, Indicator, ["supplier"], default_user=by)
    return ended


def _refuse_heirs_who_are_gone(
    given: Mapping[str, Membership | None], day: date, leaver: Membership
) -> None:
    chosen = {heir.pk for heir in given.values() if heir is not None}
    there = Membership.objects.of(leaver.partnership).filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=day), pk__in=chosen
    )
    left = chosen - set(there.exclude(pk=leaver.pk).values_list("pk", flat=True))
    if left:
        gone = next(heir for heir in given.values() if heir is not None and heir.pk in left)
        raise Refused(f"{gone} cannot take over: that post ends before {long_day(day, day)}.")
