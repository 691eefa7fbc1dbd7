"""What an answer says of the milestones of its action, and how the plan learns of it.

A milestone that is left unticked says nothing: it may be done in a later round, or have been
done in an earlier one whose answer comes late.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils import timezone
from simple_history.utils import bulk_update_with_history

from accounts.models import User
from actions.models import Milestone
from partnerships.history import write_with_history

from ..models import Answer, MilestoneDone


@dataclass(frozen=True)
class Asked:
    """A milestone of the action that is answered for, and where it is ticked, the tick."""

    milestone: Milestone
    tick: MilestoneDone | None
    other: MilestoneDone | None
    """What another answer, that was sent, says of the same milestone."""


_OF_TICK = ("pk", "answer_id", "title", "told_on")


def read_ticks(answer: Answer) -> list[Asked]:
    """The milestones asked about, in order; the answer then knows what it says was `done`.

    One query.
    """
    return read_ticks_of([answer])[answer.pk]


def read_ticks_of(answers: Sequence[Answer]) -> dict[int, list[Asked]]:
    """The same of several answers, by their numbers; one query, or none where none has an action.

    A milestone comes once for each answer that ticks it, and once where none does.
    """
    actions = [answer.action_id for answer in answers if answer.action_id is not None]
    rows = (
        Milestone.objects.filter(action__in=actions)
        .annotate(
            **{f"tick_{name}": F(f"told_done__{name}") for name in _OF_TICK},
            tick_state=F("told_done__answer__state"),
        )
        .order_by("order", "pk", "told_done__pk")
    )
    by_action = defaultdict(list)
    for row in rows:
        by_action[row.action_id].append(row)
    return {answer.pk: _asked_of(answer, by_action[answer.action_id]) for answer in answers}


def _asked_of(answer: Answer, rows: Sequence[Any]) -> list[Asked]:
    if answer.action_id is None:
        return []
    milestones: dict[int, Milestone] = {}
    own: dict[int, MilestoneDone] = {}
    others: dict[int, MilestoneDone] = {}
    for row in rows:
        milestone = milestones.setdefault(row.pk, row)
        if row.tick_pk is None:
            continue
        tick = MilestoneDone(
            **{name: getattr(row, f"tick_{name}") for name in _OF_TICK},
            partnership_id=answer.partnership_id,
            milestone=milestone,
        )
        if tick.answer_id == answer.pk:
            own[row.pk] = tick
        elif row.tick_state in Answer.SENT:
            others[row.pk] = tick
    answer.done = own
    return [Asked(each, own.get(pk), others.get(pk)) for pk, each in milestones.items()]


def keep_ticks(
    answer: Answer,
    asked: Iterable[Asked],
    done: frozenset[int],
    *,
    was_sent: bool,
    sends: bool,
    by: User,
    now: datetime,
) -> None:
    """Keep what was ticked of these and drop what was unticked.

    Of an answer that was sent the plan is told what is new and what is no longer said; of one
    that is being sent, all that is ticked.
    """
    kept, new, dropped = [], [], []
    for each in asked:
        if each.milestone.pk not in done:
            dropped += [each] if each.tick else []
        elif each.tick:
            kept.append(each.tick)
        else:
            new.append(_new_tick(answer, each.milestone))
    open_again, heirs = _untell(dropped)
    told = _tell(new if was_sent else kept + new if sends else [], now=now)
    _write_milestones(open_again + [tick.milestone for tick in told], by=by)
    _write_ticks(
        new=new,
        changed=heirs + [tick for tick in told if tick.pk],
        gone=[each.tick for each in dropped if each.tick],
        by=by,
    )


def ticks_of(answers: Sequence[Answer]) -> list[MilestoneDone]:
    """What is stored with these answers, of milestones that are in the plan."""
    of_actions = [answer.pk for answer in answers if answer.is_action]
    if not of_actions:
        return []
    ticks = MilestoneDone.objects.filter(answer__in=of_actions, milestone__isnull=False)
    return list(ticks.select_related("milestone"))


def tell_ticks(ticks: Iterable[MilestoneDone], *, by: User, now: datetime) -> None:
    """Tell the plan what answers that are being sent say was done."""
    told = _tell(ticks, now=now)
    _write_milestones([tick.milestone for tick in told], by=by)
    _write_ticks(changed=told, by=by)


def untell_ticks(answer: Answer, *, by: User) -> None:
    """Take back from the plan what the ticks of an answer told it."""
    told = [each for each in read_ticks(answer) if each.tick and each.tick.told_on]
    open_again, heirs = _untell(told)
    _write_milestones(open_again, by=by)
    _write_ticks(changed=heirs + [each.tick for each in told if each.tick], by=by)


def _tell(ticks: Iterable[MilestoneDone], *, now: datetime) -> list[MilestoneDone]:
    """Give the plan the day of sending, where it does not say yet that the milestone is done.

    Returns those that told it something; they and their milestones are the caller's to write.
    """
    told = []
    for tick in ticks:
        milestone = tick.milestone
        if milestone is not None and milestone.completed_on is None:
            milestone.completed_on = tick.told_on = timezone.localdate(now)
            told.append(tick)
    return told


def _untell(asked: Iterable[Asked]) -> tuple[list[Milestone], list[MilestoneDone]]:
    """Take back what ticks told the plan; the milestones open again, and the ticks that inherit.

    What somebody has since put right in the plan stays, and so does what another answer that
    was sent says too: from then on it is that one which has told the plan. Both are the
    caller's to write.
    """
    open_again, heirs = [], []
    for each in asked:
        tick, milestone = each.tick, each.milestone
        if tick is None or tick.told_on is None:
            continue
        if each.other:
            each.other.told_on = tick.told_on
            heirs.append(each.other)
        elif milestone.completed_on == tick.told_on:
            milestone.completed_on = None
            open_again.append(milestone)
        tick.told_on = None
    return open_again, heirs


def _new_tick(answer: Answer, milestone: Milestone) -> MilestoneDone:
    return MilestoneDone(
        partnership_id=answer.partnership_id,
        answer=answer,
        milestone=milestone,
        title=milestone.title,
    )


def _write_milestones(changed: Sequence[Any], *, by: User) -> None:
    if changed:
        bulk_update_with_history(changed, Milestone, ["completed_on"], default_user=by)


def _write_ticks(*, by: User, **rows: Sequence[MilestoneDone]) -> None:
    key = ("answer", "milestone")
    write_with_history(MilestoneDone, **rows, fields=["told_on"], key=key, by=by)
