"""An action as its readers see it: its milestones, its links, and all that was said about it.

Five queries after the action is found, however much has been said; the templates run none.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from django.core.paginator import Page, Paginator
from django.db.models import Q

from actions.models import Action, ActionLead, ActionLink, Milestone
from partnerships.models import Membership
from partnerships.permissions import Access

from .models import Answer

ANSWERS_ON_A_PAGE = 10
ROUNDS_IN_STRIP = 4
# What is long, and read on one page of answers only.
TEXTS = ("text", "rag_reason", "way_back", "date_reason", "return_reason", "withheld_reason")


@dataclass(frozen=True)
class Step:
    """A milestone, and what is to be said of its date."""

    milestone: Milestone
    is_overdue: bool
    is_outside: bool

    @property
    def done(self) -> str:
        """As in "Done 29 August 2023"; nothing where it is not."""
        day = self.milestone.completed_on
        return f"Done {day.day} {day:%B %Y}" if day else ""


@dataclass(frozen=True)
class StripCell:
    """One round: the rating of the action in it, or in words why there is none."""

    round: str
    ratings: list[tuple[str, str]]
    words: str


@dataclass(frozen=True)
class ActionPage:
    """What was said about an action, and about what it came from in the plan before."""

    action: Action
    came_from: list[ActionLink]
    became: list[ActionLink]
    answers: list[Answer]
    """Without their texts, the latest first; those not sent only where the person sees them."""

    @classmethod
    def of(cls, action: Action, access: Access) -> "ActionPage":
        links = list(
            ActionLink.objects.visible_to(access)
            .filter(Q(earlier=action) | Q(later=action))
            .select_related("earlier__plan", "later__plan")
            .order_by("pk")
        )
        came_from = [link for link in links if link.later_id == action.pk]
        answers = (
            Answer.objects.visible_to(access)
            .filter(action__in=[action.pk, *(link.earlier_id for link in came_from)])
            .select_related("update__round__plan")
            .defer(*TEXTS)
            .order_by("-update__round__period_ends_on", "-update__round", "-pk")
        )
        became = [link for link in links if link.earlier_id == action.pk]
        return cls(action, came_from, became, list(answers))

    @cached_property
    def sent(self) -> list[Answer]:
        return [answer for answer in self.answers if answer.is_sent]

    @property
    def strip(self) -> list[StripCell]:
        """The last four rounds, oldest first."""
        by_round = groupby(self.answers, key=lambda answer: answer.update.round)
        cells = [_cell(round.narrow_label, list(answers)) for round, answers in by_round]
        return cells[:ROUNDS_IN_STRIP][::-1]

    @property
    def moves(self) -> str:
        """How often the action's date has moved: "Once", "Twice", "3 times"."""
        moved = sum(answer.new_due_on is not None for answer in self.sent)
        return {0: "", 1: "Once", 2: "Twice"}.get(moved, f"{moved} times")

    def page(self, number: str | None) -> Page:
        """Some of the answers that were sent, in full."""
        page = Paginator(self.sent, ANSWERS_ON_A_PAGE).get_page(number)
        # What may be read was decided when the answers were found.
        full = Answer.objects.select_related("update__round__plan", "action__plan").in_bulk(
            [answer.pk for answer in page]
        )
        page.object_list = [full[answer.pk] for answer in page]
        return page


def _cell(round: str, answers: list[Answer]) -> StripCell:
    sent = [answer for answer in answers if answer.is_sent]
    ratings = [(answer.rag, answer.get_rag_display()) for answer in sent if answer.rag]
    if ratings:
        return StripCell(round, ratings, "")
    return StripCell(round, [], sent[0].get_response_display() if sent else _unsent(answers[0]))


def _unsent(answer: Answer) -> str:
    if answer.is_awaiting_revision:
        return "Returned for revision"
    return "No update received" if answer.update.round.is_closed else "Not sent yet"


def leads_of(action: Action, access: Access) -> list[ActionLead]:
    """The people and organisations linked to the action today, leads before deputies."""
    here = Q(membership__isnull=True) | Q(membership__in=Membership.objects.current(access.today))
    links = action.leads.filter(here).current(access.today)
    return list(links.select_related("membership__organisation", "organisation"))


def steps_of(action: Action, access: Access) -> list[Step]:
    """The action's milestones, in order."""
    period = action.plan.period
    return [
        Step(milestone, milestone.is_overdue(access.today), milestone.is_outside(period))
        for milestone in action.milestones.all()
    ]
