"""What the coordinator does with an answer: accept it, return it, take a draft in."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from simple_history.utils import bulk_update_with_history

from accounts.models import User
from priorities.closed import refuse_closed

from ..asking import writers_of
from ..models import Answer
from .asking import tell_returned
from .delegating import reopen
from .figures import entries_of
from .milestones import ticks_of
from .refusals import Conflict, Refused
from .sending import check_complete, locked, send, take_back


@transaction.atomic
def accept_answers(
    *, answers: Iterable[Answer], now: datetime, versions: Mapping[int, int] | None = None
) -> list[Answer]:
    """Accept those that are submitted; return them.

    versions are those that were read, by the answer's number: an answer that its lead has
    changed since is left, for nobody has read it.
    """
    chosen = Answer.objects.select_for_update().filter(
        pk__in=[answer.pk for answer in answers], state=Answer.State.SUBMITTED
    )
    accepted = [
        answer for answer in chosen if versions is None or versions.get(answer.pk) == answer.version
    ]
    for answer in accepted:
        answer.state = Answer.State.ACCEPTED
        answer.accepted_at = now
    bulk_update_with_history(accepted, Answer, ["state", "accepted_at"])
    return accepted


@transaction.atomic
def return_answer(*, answer: Answer, reason: str, version: int, by: User, now: datetime) -> Answer:
    """Put a sent answer back on its writer's list, with the reason."""
    return return_held_answer(answer=locked(answer), reason=reason, version=version, by=by, now=now)


@transaction.atomic
def return_held_answer(
    *, answer: Answer, reason: str, version: int, by: User, now: datetime
) -> Answer:
    """The same with an answer that the caller holds, as `held` has read it.

    What it told the plan, progress, date or figures, is taken back until it is sent again. Its
    writer is told by email.
    """
    if not answer.is_sent:
        raise Refused("Only an answer that was sent can be returned.")
    if not (answer.update.round.is_open or answer.is_let_in(now)):
        raise Refused("The round is closed. Reopen it to return an answer, or edit it yourself.")
    if answer.version != version:
        raise Conflict(answer, by, now)
    take_back(answer, by=by, now=now)
    answer.state = Answer.State.RETURNED
    answer.returned_at = now
    answer.return_reason = reason
    answer.accepted_at = None
    answer.save()
    writers = writers_of(answer, timezone.localdate(now))
    reopen(writers.given)
    tell_returned(answer=answer, writers=writers.people, by=by, now=now)
    return answer


@transaction.atomic
def take_in(*, answer: Answer, version: int | None, by: User, now: datetime) -> Answer:
    """Take a draft that its lead never sent into the report, recorded as taken in by whom."""
    answer = locked(answer)
    if answer.state != Answer.State.DRAFT:
        raise Refused("Only a draft that was not sent can be taken in.")
    refuse_closed(answer.update.round.plan)
    if answer.can_be_answered(now):
        raise Refused("Its lead can still send it.")
    if answer.version != version:
        raise Conflict(answer, by, now)
    check_complete(answer)
    sent = [answer]
    send(sent, ticks=ticks_of(sent), entries=entries_of(sent), by=by, now=now)
    answer.taken_in_by = by
    answer.save()
    return answer
