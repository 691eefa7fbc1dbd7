"""What an answer says of the milestones of its action, and how the plan learns of it.

A milestone that is left unticked says nothing: it may be done in a later round, or have been
done in an earlier one whose answer comes late.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, FilteredRelation, Q
from django.utils import timezone
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from accounts.models import User
from actions.models import Milestone
from partnerships.history import bulk_delete_with_history

from ..models import Answer, MilestoneDone


@dataclass(frozen=True)
class Asked:
    """A milestone of the action that is answered for, and where it is ticked, the tick."""

    milestone: Milestone
    tick: MilestoneDone | None


def read_ticks(answer: Answer) -> list[Asked]:
    """The milestones asked about, in order; the answer then knows what it says was `done`.

    One query.
    """
    if answer.action_id is None:
        return []
    milestones = (
        Milestone.objects.filter(action=answer.action_id)
        .annotate(its=FilteredRelation("told_done", condition=Q(told_done__answer=answer.pk)))
        .annotate(tick=F("its__pk"), tick_title=F("its__title"), told_on=F("its__told_on"))
    )
    asked = [
        Asked(
            each,
            _tick(answer, each, each.tick_title, pk=each.tick, told_on=each.told_on)
            if each.tick
            else None,
        )
        for each in milestones
    ]
    answer.done = [each.milestone.pk for each in asked if each.tick]
    return asked


def _tick(answer: Answer, milestone: Milestone, title: str, **more: Any) -> MilestoneDone:
    return MilestoneDone(
        partnership_id=answer.partnership_id,
        answer=answer,
        milestone=milestone,
        title=title,
        **more,
    )


def keep_ticks(
    answer: Answer,
    asked: Iterable[Asked],
    done: frozenset[int],
    *,
    is_sent: bool,
    by: User,
    now: datetime,
) -> list[MilestoneDone]:
    """Keep what was ticked of these and drop what was unticked; return what is ticked.

    Of an answer that was or is being sent the plan is told what is new and what is no longer said.
    """
    kept: list[MilestoneDone] = []
    dropped: list[MilestoneDone] = []
    new: list[MilestoneDone] = []
    for each in asked:
        is_done = each.milestone.pk in done
        if each.tick:
            (kept if is_done else dropped).append(each.tick)
        elif is_done:
            new.append(_tick(answer, each.milestone, each.milestone.title))
    untell_ticks(dropped, by=by)
    bulk_delete_with_history(dropped, by=by)
    if is_sent:
        _tell(new, by=by, now=now)
    if new:
        bulk_create_with_history(new, MilestoneDone, default_user=by)
    return kept + new


def ticks_of(answers: Sequence[Answer]) -> list[MilestoneDone]:
    """What is stored with these answers, of milestones that are in the plan."""
    of_actions = [answer.pk for answer in answers if answer.is_action]
    if not of_actions:
        return []
    ticks = MilestoneDone.objects.filter(answer__in=of_actions, milestone__isnull=False)
    return list(ticks.select_related("milestone"))


def tell_ticks(ticks: Iterable[MilestoneDone], *, by: User, now: datetime) -> None:
    """Tell the plan what answers that are sent say was done."""
    told = _tell(ticks, by=by, now=now)
    if told:
        bulk_update_with_history(told, MilestoneDone, ["told_on"], default_user=by)


def untell_ticks(ticks: Iterable[MilestoneDone], *, by: User) -> list[MilestoneDone]:
    """Take back from the plan what these told it; return them, for the caller to save.

    What somebody has since put right in the plan stays, and so does what another answer that
    was sent says too: from then on it is that one which has told the plan.
    """
    told = [each for each in ticks if each.told_on]
    open_again = []
    heirs = _heirs(told)
    for each in told:
        milestone = each.milestone
        if each.pk in heirs:
            heirs[each.pk].told_on = each.told_on
        elif milestone is not None and milestone.completed_on == each.told_on:
            milestone.completed_on = None
            open_again.append(milestone)
        each.told_on = None
    if heirs:
        bulk_update_with_history(list(heirs.values()), MilestoneDone, ["told_on"], default_user=by)
    if open_again:
        bulk_update_with_history(open_again, Milestone, ["completed_on"], default_user=by)
    return told


def _tell(ticks: Iterable[MilestoneDone], *, by: User, now: datetime) -> list[MilestoneDone]:
    """Give the plan the day of sending, where it does not say yet that the milestone is done."""
    told, done = [], []
    for each in ticks:
        milestone = each.milestone
        if milestone is not None and milestone.completed_on is None:
            milestone.completed_on = each.told_on = timezone.localdate(now)
            told.append(each)
            done.append(milestone)
    if done:
        bulk_update_with_history(done, Milestone, ["completed_on"], default_user=by)
    return told


def _heirs(told: Sequence[MilestoneDone]) -> dict[int, MilestoneDone]:
    """By number of these, what another sent answer says of the same milestone."""
    if not told:
        return {}
    others = MilestoneDone.objects.filter(
        milestone__in=[each.milestone_id for each in told], answer__state__in=Answer.SENT
    ).exclude(pk__in=[each.pk for each in told])
    by_milestone = {each.milestone_id: each for each in others}
    return {
        each.pk: by_milestone[each.milestone_id]
        for each in told
        if each.milestone_id in by_milestone
    }
