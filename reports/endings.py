"""Where each action of a closed plan ended: printed in the plan's last report."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import Exists, F, QuerySet

from actions.models import Action, Progress
from actions.wording import progress_label
from rounds.models import Round

from .priority import NOT_PUBLISHED
from .withholding import NOTHING_WITHHELD, Withheld


@dataclass(frozen=True)
class Ending:
    """One action, where it ended, why, and what it became in a later plan."""

    action: int
    reference: str
    title: str
    position: str
    why: str
    became: tuple[str, ...]


@dataclass(frozen=True)
class EndingPart:
    """The actions of one priority."""

    heading: str
    rows: tuple[Ending, ...]


def endings_of(round: Round, withheld: Withheld = NOTHING_WITHHELD) -> tuple[EndingPart, ...]:
    """Nothing unless the plan is closed and this is its last round; one query at most."""
    if round.plan.closed_at is None:
        return ()
    in_order = [
        (action, _became(links, withheld)) for action, links in groupby(_actions_at_the_end(round))
    ]
    return tuple(
        EndingPart(
            str(priority),
            tuple(
                _not_published(action, withheld)
                if action.pk in withheld.actions
                else _ending(action, became, round)
                for action, became in rows
            ),
        )
        for priority, rows in groupby(in_order, key=lambda row: row[0].priority)
    )


def _actions_at_the_end(round: Round) -> QuerySet[Action]:
    """Every action of the plan in order, once for each that it became; none in an earlier round."""
    later = Round.objects.filter(plan=round.plan_id, period_ends_on__gt=round.period_ends_on)
    found: QuerySet[Action] = (
        Action.objects.filter(~Exists(later.exclude(state=Round.State.PLANNED)), plan=round.plan_id)
        .select_related("priority")
        .annotate(
            later=F("became__later"),
            later_reference=F("became__later__reference"),
            later_title=F("became__later__title"),
            later_plan=F("became__later__plan__title"),
        )
        .order_by("priority__order", "priority", "order", "pk", "became__pk")
    )
    return found


def _became(links: Iterable[Any], withheld: Withheld) -> tuple[str, ...]:
    """As in "2.1 in Community Safety Plan 2024/25", or by its title where it has no number."""
    return tuple(f"{_name(each, withheld)} in {each.later_plan}" for each in links if each.later)


def _name(link: Any, withheld: Withheld) -> str:
    if link.later in withheld.titles:
        return NOT_PUBLISHED
    return str(link.later_reference or link.later_title)


def _not_published(action: Action, withheld: Withheld) -> Ending:
    has_title = action.pk not in withheld.titles
    return Ending(
        action=action.pk,
        reference=action.reference if has_title else "",
        title=action.title if has_title else NOT_PUBLISHED,
        position=NOT_PUBLISHED,
        why="",
        became=(),
    )


def _ending(action: Action, became: tuple[str, ...], round: Round) -> Ending:
    is_withdrawn = action.is_withdrawn or action.priority.withdrawn_on is not None
    why = action.withdrawn_reason or action.priority.withdrawn_reason
    return Ending(
        action=action.pk,
        reference=action.reference,
        title=action.title,
        position=(
            progress_label(Progress.WITHDRAWN, round)
            if is_withdrawn
            else action.get_closing_display()
        ),
        why=why if is_withdrawn else action.closing_reason,
        became=became,
    )
