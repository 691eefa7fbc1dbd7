"""What sending an answer does to it and to the plan, and what is taken back with it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from simple_history.utils import bulk_update_with_history

from accounts.models import User
from actions.models import Action, Progress

from ..locks import sharing_round
from ..models import Answer, FigureEntry, MilestoneDone
from ..sections import missing_parts
from .figures import tell_figures, untell_figures
from .milestones import tell_ticks, untell_ticks
from .refusals import Refused

# What an answer keeps of the plan while the plan says what the answer told it.
TOLD = ["old_progress", "old_completed_on", "old_due_on"]

# What an action takes over from an answer.
FACTS = ["progress", "completed_on", "due_on"]


def held(answers: QuerySet[Answer]) -> QuerySet[Answer]:
    """These as they stand now, held until the transaction ends; each knows if it is_overtaken.

    It is where something was sent of the same action in a later round: then it tells the plan
    nothing of the action. Their round is neither closed nor issued meanwhile.
    """
    later = Answer.objects.sent().filter(
        action=OuterRef("action"), period_ends_on__gt=OuterRef("period_ends_on")
    )
    return sharing_round(
        answers.select_related(
            "update__round__plan", "update__round__partnership", "update__partnership", "action"
        )
        .annotate(is_overtaken=Exists(later))  # type: ignore[no-redef]
        .select_for_update(of=("self",))
    )


def locked(answer: Answer) -> Answer:
    """The answer as it stands now, held until the transaction ends."""
    return held(Answer.objects.filter(pk=answer.pk)).get()


def check_complete(answer: Answer) -> None:
    missing = missing_parts(answer)
    if missing:
        raise Refused("Before it can be sent: " + "; ".join(missing.values()) + ".")


def send(
    answers: Sequence[Answer],
    *,
    ticks: Iterable[MilestoneDone],
    entries: Iterable[FigureEntry],
    by: User,
    now: datetime,
) -> None:
    """Mark answers that are held as sent, and tell the plan; the caller saves them.

    `ticks` are the milestones that they say were done, `entries` the figures typed in them.
    """
    for answer in answers:
        mark_sent(answer, now)
    tell_actions(answers, by=by)
    tell_ticks(ticks, by=by, now=now)
    tell_figures(entries, by=by, now=now)


def mark_sent(answer: Answer, now: datetime) -> None:
    answer.state = Answer.State.SUBMITTED
    answer.submitted_at = now
    answer.taken_in_by = None


def tell_actions(
    answers: Sequence[Answer],
    *,
    by: User,
    stored: Mapping[int, tuple[object, ...]] = MappingProxyType({}),
) -> None:
    """Give the plan the progress and the date of answers that are held; keep what it said before.

    An answer of an earlier round says nothing about an action that a later one has spoken of.
    Only what is then other than before is written: `stored` holds the facts of actions from
    which something was taken back that has not been written.
    """
    told = []
    for answer in answers:
        if answer.action is not None and not answer.is_overtaken:
            before = stored.get(answer.action.pk, facts_of(answer.action))
            _tell(answer.action, answer)
            if facts_of(answer.action) != before:
                told.append(answer.action)
    if told:
        bulk_update_with_history(told, Action, FACTS, default_user=by)


def take_back(answer: Answer, *, by: User, now: datetime) -> None:
    """Undo what sending the answer did to the plan; the caller saves the answer."""
    if take_back_from_action(answer):
        bulk_update_with_history([answer.action], Action, FACTS, default_user=by)
    untell_ticks(answer, by=by)
    untell_figures(answer, by=by, now=now)


def take_back_from_action(answer: Answer) -> bool:
    """Put the action back to what it said before this answer; whether it may have changed.

    What somebody has since put right in the plan stays, and so does what a later round said.
    """
    action = answer.action
    if action is None or not answer.old_progress or answer.is_overtaken:
        return False
    if action.progress == (answer.progress or answer.old_progress):
        action.progress, action.completed_on = answer.old_progress, answer.old_completed_on
    if answer.new_due_on and action.due_on == answer.new_due_on:
        action.due_on = answer.old_due_on
    answer.old_progress, answer.old_completed_on, answer.old_due_on = "", None, None
    return True


def _tell(action: Action, answer: Answer) -> None:
    answer.old_progress, answer.old_completed_on = action.progress, action.completed_on
    if not action.is_withdrawn:
        # What the plan has withdrawn, an answer begun before does not bring back.
        action.progress = answer.progress or action.progress
    if action.progress != Progress.COMPLETE:
        action.completed_on = None
    elif action.completed_on is None and answer.submitted_at:
        action.completed_on = timezone.localdate(answer.submitted_at)
    if answer.new_due_on:
        answer.old_due_on, action.due_on = action.due_on, answer.new_due_on


def facts_of(action: Action) -> tuple[object, ...]:
    return tuple(getattr(action, name) for name in FACTS)
