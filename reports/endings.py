"""Where each action of a closed plan ended: printed in the plan's last report."""

from collections import defaultdict
from dataclasses import dataclass
from itertools import groupby

from actions.models import Action, ActionLink, Progress
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
    """Nothing unless the plan is closed and this is its last round; at most three queries."""
    if round.plan.closed_at is None or _has_later(round):
        return ()
    became = _became(round, withheld)
    actions = Action.objects.filter(plan=round.plan_id).select_related("priority")
    in_order = actions.order_by("priority__order", "priority", "order", "pk")
    return tuple(
        EndingPart(
            str(priority),
            tuple(
                _not_published(each, withheld)
                if each.pk in withheld.actions
                else _ending(each, became[each.pk], round)
                for each in rows
            ),
        )
        for priority, rows in groupby(in_order, key=lambda action: action.priority)
    )


def _has_later(round: Round) -> bool:
    later = Round.objects.filter(plan=round.plan_id, period_ends_on__gt=round.period_ends_on)
    return later.exclude(state=Round.State.PLANNED).exists()


def _became(round: Round, withheld: Withheld) -> dict[int, list[str]]:
    """By action: "2.1 in Community Safety Plan 2024/25", or by its title where it has no number."""
    links = ActionLink.objects.filter(earlier__plan=round.plan_id).select_related("later__plan")
    found: dict[int, list[str]] = defaultdict(list)
    for link in links.order_by("pk"):
        later = link.later
        name = NOT_PUBLISHED if later.pk in withheld.titles else later.reference or later.title
        found[link.earlier_id].append(f"{name} in {later.plan.title}")
    return found


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


def _ending(action: Action, became: list[str], round: Round) -> Ending:
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
        became=tuple(became),
    )
