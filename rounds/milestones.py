"""What is told of milestones in a round: which were done in it, and which were overdue at its end.

What leads have ticked is stored with their answers. What the plan says beside it is written down
when the round closes, so that a later quarter changes nothing in an earlier report.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Case, CharField, DateField, F, Q, QuerySet, Value, When

from actions.models import Milestone, Progress

from .models import Answer, MilestoneDone, Round


@dataclass(frozen=True)
class Milestones:
    """The titles of an action's milestones of which a round has something to tell."""

    done: tuple[str, ...] = ()
    overdue: tuple[str, ...] = ()


NOTHING = Milestones()


OVER = (Progress.COMPLETE, Progress.WITHDRAWN)

# What a row tells of a milestone; the first two are the plan's, the last a lead's.
MET, OVERDUE, TICKED = "met", "overdue", "ticked"


class Row(NamedTuple):
    """A milestone as the plan has it, of an action, or as it was ticked, of an answer."""

    what: str
    of: int
    milestone: int | None
    title: str
    order: int | None
    pk: int
    told_in: str
    """The state of an answer that has ticked it, where the row is the plan's."""
    told_for: date | None
    """The end of the period of that answer."""


def milestones_of(
    round: Round, answers: Iterable[Answer], *, printing: Collection[int]
) -> dict[int, Milestones]:
    """By number of these answers of a round; one query.

    `printing` are the answers whose ticks count.
    """
    answers = [answer for answer in answers if answer.action_id]
    if not answers:
        return {}
    rows = _ticks([answer.pk for answer in answers if answer.pk in printing])
    said = _said_then(round)
    if said is None:
        rows = rows.union(_in_plan(round, [answer.action_id for answer in answers]), all=True)
    found = _to_tell(rows, round.period_ends_on)
    told = _as_said(found) if said is None else said
    ticked = _ticked(found)
    return {answer.pk: _told(answer, ticked[answer.pk], told, printing) for answer in answers}


def said_by_plan(round: Round, actions: Iterable[int | None] | QuerySet[Any]) -> dict[str, Any]:
    """What the plan says today of milestones of these actions, in values that can be stored.

    `met` are those completed in the round's period that no lead has ticked, `overdue` those that
    were due by its end and not done then: their numbers and titles, by the number of the action.
    """
    return _as_said(_to_tell(_in_plan(round, actions), round.period_ends_on))


def _said_then(round: Round) -> dict[str, Any] | None:
    """What was written down on closing."""
    said: dict[str, Any] | None = round.milestones if round.is_closed else None
    return said


def _in_plan(round: Round, actions: Iterable[int | None] | QuerySet[Any]) -> Any:
    """A query for those completed in the period or overdue: a row for each tick, or one without."""
    ends_on = round.period_ends_on
    completed = Q(completed_on__range=(round.period_starts_on, ends_on))
    was_done = Q(completed_on__isnull=False, completed_on__lte=ends_on)
    overdue = Q(due_on__lte=ends_on) & ~was_done & ~Q(action__progress__in=OVER)
    found = Milestone.objects.filter(completed | overdue, action__in=actions)
    what = Case(When(completed, then=Value(MET)), default=Value(OVERDUE))
    told = ("told_done__answer__state", "told_done__answer__period_ends_on")
    return found.order_by().values_list(what, "action", "pk", "title", "order", F("pk"), *told)


def _ticks(answers: Collection[int]) -> Any:
    """A query for what these answers say was done, as rows."""
    ticks = MilestoneDone.objects.filter(answer__in=answers).order_by()
    told = (Value("", CharField()), Value(None, DateField()))
    return ticks.values_list(
        Value(TICKED), "answer", "milestone", "title", "milestone__order", "pk", *told
    )


def _to_tell(rows: Iterable[tuple[Any, ...]], ends_on: date) -> list[Row]:
    """In the order of the plan, each once; what it has removed since comes last.

    What a lead has ticked and sent, in whichever round, the plan does not tell of as met; nor as
    overdue where that was in an earlier one.
    """
    found = [Row(*row) for row in rows]
    told: dict[int, date] = {}
    for row in found:
        if row.told_for and row.told_in in Answer.SENT:
            told[row.pk] = min(row.told_for, told.get(row.pk, row.told_for))
    kept = {
        (row.what, row.pk): row
        for row in found
        if row.what == TICKED
        or row.pk not in told
        or (row.what == OVERDUE and told[row.pk] >= ends_on)
    }
    return sorted(
        kept.values(), key=lambda row: (row.order is None, row.order, row.milestone, row.pk)
    )


def _as_said(rows: Iterable[Row]) -> dict[str, Any]:
    said: dict[str, Any] = {MET: {}, OVERDUE: {}}
    for row in rows:
        if row.what in said:
            said[row.what].setdefault(str(row.of), []).append([row.milestone, row.title])
    return said


def _ticked(rows: Iterable[Row]) -> dict[int, dict[int | str, str]]:
    """What was ticked, by the answer's number: titles by the milestone."""
    found: dict[int, dict[int | str, str]] = defaultdict(dict)
    for row in rows:
        if row.what == TICKED:
            # One that the plan has removed since has no number any more.
            found[row.of][row.milestone or row.title] = row.title
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
        done=(*titles(MET), *ticked.values()),
        overdue=() if is_complete else titles(OVERDUE),
    )
