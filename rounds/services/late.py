"""Letting in answers one by one after their round has closed, and taking that back."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from simple_history.utils import bulk_update_with_history

from partnerships.permissions import Access
from priorities.closed import refuse_closed

from ..models import Answer, LeadUpdate
from .asking import tell_let_in, tell_let_in_no_more
from .refusals import Refused
from .sending import held


@transaction.atomic
def let_in_late(
    *,
    update: LeadUpdate,
    sections: Collection[int],
    reason: str,
    until: datetime,
    by: Access,
    now: datetime,
) -> list[Answer]:
    """Let these sections of an update, by number, be answered until a moment; return them.

    The round stays as it is. Their writers are told by email; what has been sent is left out. Let
    in again, a section has the new moment and reason; its history keeps those before.
    """
    found = list(held(update.answers.filter(pk__in=sections, state__in=Answer.UNSENT)))
    if not found:
        raise Refused("It has been answered meanwhile.")
    round = found[0].update.round
    refuse_closed(round.plan)
    if round.is_planned or round.takes_answers(now):
        raise Refused(f"{round.full_label} is not closed: nothing has to be let in late.")
    if until <= now:
        raise Refused("Choose a time that is still to come.")
    for answer in found:
        answer.let_in_until, answer.let_in_reason = until, reason
    names = ["let_in_until", "let_in_reason"]
    bulk_update_with_history(found, Answer, names, default_user=by.user)
    tell_let_in(answers=found, by=by.user, now=now)
    return found


@transaction.atomic
def let_in_no_more(
    *, update: LeadUpdate, sections: Collection[int], by: Access, now: datetime
) -> list[Answer]:
    """Take back that these sections, by number, may come late, as long as none came; return them.

    What is saved in them stays. Who was told by email that they may come is told that they may not.
    """
    found = list(held(update.answers.filter(pk__in=sections)))
    if not found or not all(each.can_be_let_in_no_more(now) for each in found):
        raise Refused("It has been sent meanwhile, or its time is over: nothing was taken back.")
    for answer in found:
        answer.let_in_until, answer.let_in_reason = None, ""
    names = ["let_in_until", "let_in_reason"]
    bulk_update_with_history(found, Answer, names, default_user=by.user)
    tell_let_in_no_more(answers=found, by=by.user, now=now)
    return found
