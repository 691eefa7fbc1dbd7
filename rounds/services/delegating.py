"""Giving sections of an update to somebody else to write, and taking them back.

The lead still submits. What somebody has written stays in the section, whatever becomes of them.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from accounts.models import User
from mail.models import Message
from partnerships.models import Membership, Organisation
from partnerships.people import Added, guest_at
from partnerships.permissions import Access

from ..given import may_be_given, who_may_be_given
from ..models import Answer, Delegation, LeadUpdate
from ..sections import missing_parts
from .asking import invite_to_write, tell_finished, tell_given, tell_taken_back
from .refusals import Refused, RoundClosed, why_closed
from .sending import held, locked


@dataclass(frozen=True)
class Guest:
    """Somebody who is not on the list, as a form gives them."""

    email: str
    post: str
    organisation: Organisation | None = None


@dataclass(frozen=True)
class Handover:
    """What was given to whom; `invitation` is still to be sent where there is one."""

    given: Sequence[Delegation]
    to: Membership
    invitation: Message | None = None

    @property
    def answers(self) -> list[Answer]:
        return [each.answer for each in self.given]


@transaction.atomic
def give_sections(
    *,
    update: LeadUpdate,
    answers: Collection[int],
    to: Membership | Guest,
    note: str,
    by: Access,
    now: datetime,
) -> Handover:
    """Give sections, by their numbers, to a person; they are told of them by email at once.

    Somebody who cannot sign in yet is told by their invitation: it is in the outbox with what is
    written here, and the caller sends it.
    """
    if not update.round.takes_answers(now):
        raise RoundClosed(why_closed(update.round))
    chosen = list(held(update.answers.filter(pk__in=answers)))
    for answer in chosen:
        if not may_be_given(answer):
            raise Refused(f"{answer.heading} has been sent already: only its lead can change it.")
    added = _added(update, to, by.user, now)
    if added.invitation is None:
        _refuse_writer(update, added.membership, now)
    theirs = Delegation.objects.standing().filter(membership=added.membership)
    has = set(theirs.filter(answer__in=chosen).values_list("answer", flat=True))
    new = [answer for answer in chosen if answer.pk not in has]
    if not new:
        raise Refused(f"{added.membership} has these sections already.")
    rows = [
        Delegation(
            partnership_id=update.partnership_id,
            answer=answer,
            membership=added.membership,
            note=note,
            given_at=now,
            given_by=by.user,
            given_as=by.post[:300],
        )
        for answer in new
    ]
    made = bulk_create_with_history(rows, Delegation, default_user=by.user)
    if added.invitation is not None:
        message = invite_to_write(invitation=added.invitation, token=added.token, now=now)
        return Handover(made, added.membership, message)
    tell_given(delegations=made, now=now)
    return Handover(made, added.membership)


@transaction.atomic
def take_back(*, delegation: Delegation, by: User, now: datetime) -> Delegation:
    """Make a section its lead's alone again, and tell whoever had it; what is saved stays."""
    locked(delegation.answer)
    saved = Delegation.objects.get(pk=delegation.pk)
    if saved.ended_at is not None:
        raise Refused("This section was taken back already.")
    saved.ended_at, saved.ended_by = now, by
    saved.save()
    tell_taken_back(delegation=delegation, now=now)
    return saved


@transaction.atomic
def finish(*, answer: Answer, by: Access, now: datetime) -> list[Delegation]:
    """Say that a section one was given is ready to be checked; its lead is told by email."""
    answer = locked(answer)
    if not answer.can_be_answered(now):
        raise RoundClosed(why_closed(answer.update.round))
    if not may_be_given(answer):
        raise Refused("This section has been sent already.")
    missing = missing_parts(answer)
    if missing:
        raise Refused("It is not finished yet: " + "; ".join(missing.values()) + ".")
    theirs = answer.given.held_by(by.membership_ids).select_related("membership__organisation")
    newly = [each for each in theirs if not each.is_finished]
    for each in newly:
        each.finished_at = now
    bulk_update_with_history(newly, Delegation, ["finished_at"], default_user=by.user)
    if newly:
        tell_finished(answer=answer, post=by.post, by=by.user, now=now)
    return newly


def reopen(given: Iterable[Delegation]) -> None:
    """Have these sections written again by whoever has them: they came back."""
    reopened = [each for each in given if each.is_finished]
    for each in reopened:
        each.finished_at = None
    if reopened:
        bulk_update_with_history(reopened, Delegation, ["finished_at"])


def _added(update: LeadUpdate, to: Membership | Guest, by: User, now: datetime) -> Added:
    if isinstance(to, Membership):
        return Added(to)
    return guest_at(
        partnership=update.partnership,
        email=to.email,
        post=to.post,
        organisation=to.organisation,
        by=by,
        now=now,
    )


def _refuse_writer(update: LeadUpdate, to: Membership, now: datetime) -> None:
    """Refuse somebody who writes the update anyway, or whose post does not count today."""
    people = who_may_be_given(update, timezone.localdate(now))
    if to.user_id not in {each.user_id for each in people}:
        raise Refused(f"{to} can write this update already, or is not here any more.")
