"""An action as its readers see it: its links, its leads, and all that was said about it.

Four queries after the action is found with its milestones, however much has been said; the
templates run none.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, Subquery, Value
from django.db.models.functions import Coalesce

from actions.models import Action, ActionLead, ActionLink
from partnerships.permissions import Access

from .models import Answer, AnswerQuerySet

ANSWERS_ON_A_PAGE = 10
ROUNDS_IN_STRIP = 4

# Of what is joined only what the page shows: most of its time goes into wide rows.
SHOWN_OF_LINKED = ("reference", "title", "due_on", "plan__title", "plan__year_label")
SHOWN_OF_LEADS = (
    "action",
    "is_deputy",
    "membership__post",
    "membership__organisation__name",
    "organisation__name",
    "group__name",
)

ONCE_ACCEPTED = "An update is shown here once it has been accepted and its round is closed."
NOTHING_YET = f"There are no updates yet. {ONCE_ACCEPTED}"
NOTHING_TO_READ = f"There are no updates that you may read here. {ONCE_ACCEPTED}"


@dataclass(frozen=True)
class StripCell:
    """One round: the rating of the action in it, or in words why there is none."""

    round: str
    ratings: list[tuple[str, str]]
    words: str


@dataclass(frozen=True)
class _Told:
    """Which answers one page shows, by number and latest first; counted in the database."""

    strip: list[int]
    """Those of the last rounds, sent or not."""
    page: list[int]
    """Some of those that were sent."""
    sent: int
    moved: int
    """How many of all that were sent, and of them how many moved the date."""

    @classmethod
    def of(cls, about: AnswerQuerySet, actions: int, number: int) -> "_Told":
        """What the page of this number shows, the first being 1; one query.

        `about` are all answers about so many actions, each of which has one in a round at most.

        It reads the answers from the latest to the last of the page, and counts the others.
        """
        sent = about.sent().order_by()
        periods = about.order_by("-period_ends_on").values("period_ends_on").distinct()
        # Where there are no more rounds than the strip shows, it shows all of them.
        since = Coalesce(Subquery(periods[ROUNDS_IN_STRIP - 1 :][:1]), Value(date.min))
        rows = about.filter(Q(state__in=Answer.SENT) | Q(period_ends_on__gte=since)).annotate(
            sent=_counted(sent), moved=_counted(sent.exclude(new_due_on=None)), since=since
        )
        first, last = (number - 1) * ANSWERS_ON_A_PAGE, number * ANSWERS_ON_A_PAGE
        found = list(
            rows.latest_first().values_list(
                "pk", "state", "period_ends_on", "sent", "moved", "since", named=True
            )[: last + ROUNDS_IN_STRIP * actions]
        )
        of_sent = [each.pk for each in found if each.state in Answer.SENT]
        return cls(
            strip=[each.pk for each in found if each.period_ends_on >= each.since],
            page=of_sent[first:last],
            sent=found[0].sent if found else 0,
            moved=found[0].moved if found else 0,
        )


def _counted(answers: AnswerQuerySet) -> Coalesce:
    """How many these are, in a query of others; counted once."""
    count = answers.values("partnership").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(count), Value(0))


@dataclass(frozen=True)
class ActionPage:
    """What was said about an action, and about what it came from in the plan before."""

    came_from: list[ActionLink]
    became: list[ActionLink]
    strip: list[StripCell]
    """The last four rounds, oldest first; what was not sent only where the person sees it."""
    times_moved: int
    """How often a sent answer has moved the action's date."""
    page: Page
    """Some of the answers that were sent, in full, the latest first."""
    nothing_shown: str
    """What stands where there is none of them."""

    @classmethod
    def of(cls, action: Action, access: Access, page: str | None) -> "ActionPage":
        links = _links_of(action, access)
        came_from = [link for link in links if link.later_id == action.pk]
        became = [link for link in links if link.earlier_id == action.pk]
        actions = [action.pk, *(link.earlier_id for link in came_from)]
        about = Answer.objects.visible_to(access).filter(action__in=actions)
        number = int(page) if page and re.fullmatch("[1-9][0-9]{0,4}", page) else 1
        told = _Told.of(about, len(actions), number)
        some = Paginator(range(told.sent), ANSWERS_ON_A_PAGE).get_page(page)
        if some.number != number:
            told = _Told.of(about, len(actions), some.number)
        full = Answer.objects.select_related("update__round").in_bulk({*told.page, *told.strip})
        _give_actions(full.values(), [action, *(link.earlier for link in came_from)])
        some.object_list = [full[pk] for pk in told.page]
        return cls(
            came_from,
            became,
            strip=_strip([full[pk] for pk in told.strip]),
            times_moved=told.moved,
            page=some,
            nothing_shown=NOTHING_YET if access.reads_sensitive else NOTHING_TO_READ,
        )

    @property
    def moves(self) -> str:
        """How often the date has moved in words: "Once", "Twice", "3 times"."""
        return {0: "", 1: "Once", 2: "Twice"}.get(self.times_moved, f"{self.times_moved} times")


def _links_of(action: Action, access: Access) -> list[ActionLink]:
    links = ActionLink.objects.visible_to(access).filter(Q(earlier=action) | Q(later=action))
    shown = (f"{end}__{name}" for end in ("earlier", "later") for name in SHOWN_OF_LINKED)
    return list(
        links.select_related("earlier__plan", "later__plan").only("kind", *shown).order_by("pk")
    )


def _give_actions(answers: Iterable[Answer], actions: list[Action]) -> None:
    """The actions and plans that are known already, lest each answer brings them again."""
    of = {action.pk: action for action in actions}
    plans = {action.plan_id: action.plan for action in actions}
    for answer in answers:
        answer.action = of[answer.action_id]
        answer.update.round.plan = plans[answer.update.round.plan_id]


def _strip(answers: list[Answer]) -> list[StripCell]:
    by_round = groupby(answers, key=lambda answer: answer.update.round)
    return [_cell(round.narrow_label, list(of_round)) for round, of_round in by_round][::-1]


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
    """Who is linked to the action today, leads before deputies."""
    leads = action.leads.leading_on(access.today).with_names().only(*SHOWN_OF_LEADS)
    return sorted(leads.order_by(), key=lambda lead: (lead.is_deputy, lead.pk))
