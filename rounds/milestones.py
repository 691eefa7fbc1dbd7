"""What is told of milestones in a round: which were done in it, and which were overdue at its end.

What leads have ticked is stored with their answers. What the plan says beside it is written down
when the round closes, so that a later quarter changes nothing in an earlier report.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from actions.models import Milestone, Progress

from .models import Answer, MilestoneDone, Round


@dataclass(frozen=True)
class Milestones:
    """The titles of an action's milestones of which a round has something to tell."""

    done: tuple[str, ...] = ()
    overdue: tuple[str, ...] = ()


NOTHING = Milestones()


def milestones_of(
    round: Round, answers: Iterable[Answer], *, printing: Collection[int]
) -> dict[int, Milestones]:
    """By number of these answers of a round; two queries, one once the round has closed.

    `printing` are the answers whose ticks count.
    """
    answers = [answer for answer in answers if answer.action_id]
    if not answers:
        return {}
    ticked = _ticked([answer.pk for answer in answers if answer.pk in printing])
    said = _said_then(round) or said_by_plan(round, [answer.action_id for answer in answers])
    return {answer.pk: _told(answer, ticked[answer.pk], said, printing) for answer in answers}


def said_by_plan(round: Round, actions: Iterable[int | None] | QuerySet[Any]) -> dict[str, Any]:
    """What the plan says today of milestones of these actions, in values that can be stored.

    `met` are those completed in the round's period that no lead has ticked, `overdue` those that
    were due by its end and not done then: their numbers and titles, by the number of the action.
    """
    ends_on = round.period_ends_on
    ticks = MilestoneDone.objects.filter(
        milestone=OuterRef("pk"), answer__state__in=Answer.SENT
    ).order_by()
    earlier = ticks.filter(answer__update__round__period_ends_on__lt=ends_on)
    found = (
        Milestone.objects.filter(action__in=actions)
        .filter(Q(due_on__lte=ends_on) | Q(completed_on__range=(round.period_starts_on, ends_on)))
        .annotate(is_ticked=Exists(ticks), was_ticked=Exists(earlier))
        .select_related("action")
        .order_by("action__order", "action", "order", "pk")
    )
    said: dict[str, Any] = {"met": {}, "overdue": {}}
    for each in found:
        action, row = str(each.action_id), [each.pk, each.title]
        if each.completed_on and round.period.contains(each.completed_on):
            if not each.is_ticked:
                said["met"].setdefault(action, []).append(row)
        elif _is_overdue(each, round):
            said["overdue"].setdefault(action, []).append(row)
    return said


def _is_overdue(milestone: Any, round: Round) -> bool:
    ends_on = round.period_ends_on
    was_done = milestone.completed_on is not None and milestone.completed_on <= ends_on
    is_due = milestone.due_on is not None and milestone.due_on <= ends_on
    is_over = milestone.action.progress in (Progress.COMPLETE, Progress.WITHDRAWN)
    return is_due and not (was_done or milestone.was_ticked or is_over)


def _said_then(round: Round) -> dict[str, Any] | None:
    """What was written down on closing."""
    said: dict[str, Any] | None = round.milestones if round.is_closed else None
    return said


def _ticked(answers: Collection[int]) -> dict[int, dict[int | str, str]]:
    """What these answers say was done: titles by the milestone, by the answer's number."""
    ticks = MilestoneDone.objects.filter(answer__in=answers)
    found: dict[int, dict[int | str, str]] = defaultdict(dict)
    rows = ticks.order_by("milestone__order", "milestone", "pk")
    for answer, milestone, title in rows.values_list("answer", "milestone", "title"):
        # One that the plan has removed since has no number any more.
        found[answer][milestone or title] = title
    return found


def _told(
    answer: Answer,
    ticked: dict[int | str, str],
    said: dict[str, Any],
    printing: Collection[int],
) -> Milestones:
    def titles(key: str) -> tuple[str, ...]:
        rows = said[key].get(str(answer.action_id), ())
        return tuple(title for pk, title in rows if not {pk, title} & ticked.keys())

    is_complete = answer.pk in printing and answer.progress == Progress.COMPLETE
    return Milestones(
        done=(*titles("met"), *ticked.values()),
        overdue=() if is_complete else titles("overdue"),
    )
