"""What an answer says of the milestones of its action, and how the plan learns of it.

A milestone that is left unticked says nothing: it may be done in a later round, or have been
done in an earlier one whose answer comes late.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils import timezone
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from accounts.models import User
from actions.models import Milestone

from ..models import Answer, MilestoneDone


def keep_ticks(
    answer: Answer, done: frozenset[int], *, tells: bool, by: User, now: datetime
) -> None:
    """Keep what was ticked and drop what was unticked; what `tells` is told to the plan."""
    ticks = answer.ticks
    unticked = [each for each in ticks if each.milestone_id and each.milestone_id not in done]
    new = [
        MilestoneDone(
            partnership_id=answer.partnership_id,
            answer=answer,
            milestone=milestone,
            title=milestone.title,
        )
        for milestone in _newly_ticked(answer, done)
    ]
    untell_ticks(unticked, by=by)
    if unticked:
        MilestoneDone.objects.filter(pk__in=[each.pk for each in unticked]).delete()
    if tells:
        _tell(new, by=by, now=now)
    if new:
        bulk_create_with_history(new, MilestoneDone, default_user=by)
    answer.ticks = [each for each in ticks if each not in unticked] + new


def tell_ticks(answers: Sequence[Answer], *, by: User, now: datetime) -> None:
    """Tell the plan what is stored with answers that are sent."""
    of_actions = [answer.pk for answer in answers if answer.is_action]
    ticks = MilestoneDone.objects.filter(answer__in=of_actions, milestone__isnull=False)
    told = _tell(ticks.select_related("milestone"), by=by, now=now) if of_actions else []
    if told:
        bulk_update_with_history(told, MilestoneDone, ["told_on"], default_user=by)


def untell_ticks(ticks: Iterable[MilestoneDone], *, by: User) -> list[MilestoneDone]:
    """Take back from the plan what these told it; return them, for the caller to save.

    What somebody has since put right in the plan stays, and so does what another answer that
    was sent says too: from then on it is that one which has told the plan.
    """
    told = [each for each in ticks if each.told_on and each.milestone]
    heirs = _heirs(told)
    for each in told:
        if each.pk in heirs:
            heirs[each.pk].told_on = each.told_on
        elif each.milestone.completed_on == each.told_on:
            each.milestone.completed_on = None
        each.told_on = None
    if heirs:
        bulk_update_with_history(list(heirs.values()), MilestoneDone, ["told_on"], default_user=by)
    open_again = [each.milestone for each in told if each.milestone.completed_on is None]
    if open_again:
        bulk_update_with_history(open_again, Milestone, ["completed_on"], default_user=by)
    return told


def _newly_ticked(answer: Answer, done: frozenset[int]) -> list[Milestone]:
    new = done - {each.milestone_id for each in answer.ticks}
    if not new:
        return []
    return list(Milestone.objects.filter(action=answer.action_id, pk__in=new))


def _tell(ticks: Iterable[MilestoneDone], *, by: User, now: datetime) -> list[MilestoneDone]:
    """Give the plan the day of sending, where it does not say yet that the milestone is done."""
    told = [each for each in ticks if each.milestone.completed_on is None]
    for each in told:
        each.milestone.completed_on = each.told_on = timezone.localdate(now)
    if told:
        milestones = [each.milestone for each in told]
        bulk_update_with_history(milestones, Milestone, ["completed_on"], default_user=by)
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
