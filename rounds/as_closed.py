"""What a round shows of the plan: today's while it takes answers, later what was written down.

Closing writes down who was linked as lead, what the cross-cutting themes were called, and which
figures the round asked for, so that a closed round stays as it was whatever becomes of the plan
(docs/adr/0013). Who was linked is written at each closing; themes and figures at the first, and a
round that is opened again keeps to them. What came of the meeting before is found in its history.
"""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from django.db.models import Case, Exists, F, FilteredRelation, IntegerField, OuterRef, Q, When
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from performance.models import Indicator, PriorityIndicator
from priorities.leads import Linked, linked_to
from priorities.models import Priority

from .milestones import said_by_plan
from .models import Answer, LeadUpdate, Round, RoundFigure


class LinkedThen(Linked):
    """Who was linked to a priority when its round closed."""

    def __init__(self, written_down: dict[str, list[str]] | None) -> None:
        super().__init__()
        self._then = written_down or {"people": [], "names": [], "organisations": []}

    @property
    def people(self) -> list[str]:
        return self._then["people"]

    @property
    def names(self) -> list[str]:
        return self._then["names"]

    @property
    def organisations(self) -> list[str]:
        return self._then["organisations"]


def linked_in(round: Round, updates: Iterable[LeadUpdate], today: date) -> dict[int, Linked]:
    """Who is linked to the priority of each update, or was on closing; by the priority's number.

    One query while the round is not closed, none afterwards.
    """
    if round.is_closed:
        return {update.priority_id: LinkedThen(update.linked) for update in updates}
    return linked_to([update.priority_id for update in updates], today)


def linked_in_each(updates: Collection[LeadUpdate], today: date) -> dict[int, Linked]:
    """The same of updates of any rounds, by the number of the update; one query at most."""
    now = linked_to([each.priority_id for each in updates if not each.round.is_closed], today)
    return {
        each.pk: LinkedThen(each.linked) if each.round.is_closed else now[each.priority_id]
        for each in updates
    }


def themes_of(round: Round) -> tuple[str, ...]:
    """The cross-cutting themes every lead comments on; one query until they are written down."""
    if round.themes is not None:
        return tuple(round.themes)
    themes = round.plan.priorities.filter(kind=Priority.Kind.THEME).in_plan_on(round.opened_on)
    return tuple(themes.values_list("title", flat=True))


def figures_under(round: Round, updates: Iterable[LeadUpdate]) -> Any:
    """A query for the indicators a round asks for `under` the priority of each of these updates.

    In order; an indicator comes once for each priority it stands under.
    """
    updates = list(updates)
    if round.themes is None:
        through, priority = "priority_indicators", "priority_indicators__priority"
        found = Indicator.objects.filter(
            priority_indicators__priority__in=[update.priority_id for update in updates]
        )
    else:
        through, priority = "in_rounds", "in_rounds__update__priority"
        found = Indicator.objects.filter(in_rounds__update__in=[update.pk for update in updates])
    return found.annotate(
        place=F(f"{through}__pk"), order_there=F(f"{through}__order"), under=F(priority)
    ).order_by("order_there", "place")


def figures_since(round: Round, updates: Iterable[LeadUpdate]) -> Any:
    """Which indicators came under these priorities after the round had first closed.

    One query, none before.
    """
    if round.themes is None:
        return ()
    in_round = RoundFigure.objects.filter(
        update__round=round,
        update__priority=OuterRef("priority"),
        indicator=OuterRef("indicator"),
    )
    found = PriorityIndicator.objects.filter(
        ~Exists(in_round), priority__in=[update.priority_id for update in updates]
    )
    return found.select_related("indicator").order_by("priority__order", "order", "pk")


def figures_by_place(round: Round, updates: Iterable[LeadUpdate]) -> Any:
    """The same, and with no `place` every other indicator of the partnership.

    For the pages on which figures are typed: it takes twice the time of `figures_under`.
    """
    updates = list(updates)
    if round.themes is None:
        priorities = [update.priority_id for update in updates]
        asked = FilteredRelation(
            "priority_indicators", condition=Q(priority_indicators__priority__in=priorities)
        )
        priority: Any = F("asked__priority")
    else:
        asked = FilteredRelation(
            "in_rounds", condition=Q(in_rounds__update__in=[update.pk for update in updates])
        )
        # Django puts a join behind a filtered relation in front of it, so it is told here whose.
        priority = Case(
            *(When(asked__update=each.pk, then=each.priority_id) for each in updates),
            output_field=IntegerField(),
        )
    return (
        Indicator.objects.filter(partnership=round.partnership_id)
        .annotate(asked=asked)
        .annotate(place=F("asked__pk"), order_there=F("asked__order"), under=priority)
        .order_by("order_there", "place")
    )


def write_down(round: Round, today: date) -> None:
    """What a round that is closing shows from now on; saving the round itself is the caller's."""
    updates = list(round.updates.all())
    linked = linked_to([update.priority_id for update in updates], today)
    for update in updates:
        now = linked[update.priority_id]
        update.linked = {
            "people": now.people,
            "names": now.names,
            "organisations": now.organisations,
        }
    bulk_update_with_history(updates, LeadUpdate, ["linked"])
    asked_about = Answer.objects.filter(update__round=round, kind=Answer.Kind.ACTION)
    round.milestones = said_by_plan(round, asked_about.values("action"))
    if round.themes is not None:
        return
    sections = Answer.objects.filter(update__round=round, kind=Answer.Kind.FIGURES)
    asked = {
        answer.update.priority_id: answer.update for answer in sections.select_related("update")
    }
    figures = [
        RoundFigure(
            partnership_id=round.partnership_id,
            update=asked[indicator.under],
            indicator=indicator,
            order=order,
        )
        for order, indicator in enumerate(figures_under(round, asked.values()))
    ]
    bulk_create_with_history(figures, RoundFigure)
    round.themes = list(themes_of(round))


def rows_at_closing(model: Any, round: Round) -> Any:
    """A query for the rows of a model as they were when the round closed, in its history."""
    until = model.history.filter(history_date__lte=round.closed_at)
    later = until.filter(
        Q(history_date__gt=OuterRef("history_date"))
        | Q(history_date=OuterRef("history_date"), history_id__gt=OuterRef("history_id")),
        id=OuterRef("id"),
    )
    return until.exclude(Exists(later)).exclude(history_type="-")
