"""Telling people what a round asks of them; each once, by a link of their own."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from enum import Enum
from itertools import groupby

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from simple_history.utils import bulk_create_with_history

from accounts.links import full_address, hash_of, new_token
from accounts.models import User
from mail.letters import Block, Letter
from mail.models import Message
from mail.services import call_off, new_message, put_in_outbox, rewrite
from partnerships.access import accesses_of
from partnerships.mails import put_invitation
from partnerships.models import Invitation

from ..asking import Request, leads_of, priorities_asked, requests_of
from ..calendar import due_date_file
from ..given import given_among, holders_of, still_to_write
from ..letters import (
    invited_to_write,
    letter_of_asking,
    letter_of_finishing,
    letter_of_giving,
    letter_of_letting_in,
    letter_of_letting_in_no_more,
    letter_of_return,
    letter_of_taking_back,
)
from ..models import Answer, Delegation, Notice, Round

LETS_IN_FOR = timedelta(hours=24)
"""How long after it was sent a link lets its person in without a code."""


def ask_everybody(*, round: Round, now: datetime) -> list[Notice]:
    """Tell each person what an open round asks of them, unless they have been told.

    A fixed number of queries, however many people there are.
    """
    today = timezone.localdate(now)
    told = set(round.notices.filter(kind=Notice.Kind.ASKED).values_list("person", flat=True))
    requests = [each for each in requests_of(round, today) if each.person.pk not in told]
    return _tell(round, requests, Notice.Kind.ASKED, letter_of_asking, now=now)


def ask_anew(notice: Notice, message: Message, request: Request) -> None:
    """Say in a message that waits, and is held, only what is still asked for."""
    token = new_token()
    rewrite(message, letter=letter_of_asking(notice.round, request, address_of(token)))
    notice.token_hash, notice.about = hash_of(token), request.about
    notice.save(update_fields=["token_hash", "about"])


def tell_returned(
    *, answer: Answer, writers: Sequence[User], by: User, now: datetime
) -> list[Notice]:
    """Tell the writers of an answer that it was returned, and why; not who has returned it."""
    return _tell(
        answer.update.round,
        [Request(person, also={answer.pk}) for person in writers if person.pk != by.pk],
        Notice.Kind.RETURNED,
        lambda round, request, address: letter_of_return(answer, address),
        now=now,
        mark=f"{answer.pk}:{now:%Y%m%d%H%M%S}",
    )


def tell_let_in(*, answers: Sequence[Answer], by: User, now: datetime) -> list[Notice]:
    """Tell who leads an update, and who was given a section, that these may come late."""
    [first, *_] = answers
    round = first.update.round
    whose = writers_late(answers, timezone.localdate(now))
    _call_off_letting_in(round, {each.pk for each in answers}, now)
    return _tell(
        round,
        [
            Request(person, also={each.pk for each in sections})
            for person, sections in whose.items()
            if person.pk != by.pk
        ],
        Notice.Kind.LET_IN,
        lambda round, request, address: letter_of_letting_in(whose[request.person], address),
        now=now,
        mark=f"{first.pk}:{now:%Y%m%d%H%M%S}",
    )


def tell_let_in_no_more(*, answers: Sequence[Answer], by: User, now: datetime) -> None:
    """Tell those who were told that these may come late that they may not.

    No link leads anywhere any more, so that it is a message alone and no notice of the round.
    """
    [first, *_] = answers
    round, sections = first.update.round, {each.pk for each in answers}
    _call_off_letting_in(round, sections, now)
    told = round.notices.filter(kind=Notice.Kind.LET_IN, message__state=Message.State.SENT).exclude(
        person=by
    )
    heard = {each.person: each for each in told.select_related("person").order_by("pk")}
    put_in_outbox(
        new_message(
            key=f"let_in_no_more:{first.pk}:{person.pk}:{now:%Y%m%d%H%M%S}",
            sender=round.partnership.slug,
            to=person.email,
            letter=letter_of_letting_in_no_more(theirs),
            now=now,
            reply_to=round.partnership.help_email,
        )
        for person, notice in heard.items()
        if (theirs := [each for each in answers if each.pk in notice.about])
    )


def writers_late(answers: Sequence[Answer], today: date) -> dict[User, list[Answer]]:
    """Who may write these sections of one update, which were let in late, and which of them."""
    [first, *_] = answers
    leads = leads_of(first.update, today)
    whose = {person: list(answers) for person in leads}
    for number, given in given_among(Q(answer__in=answers), today).items():
        for holder in holders_of(given):
            if holder.has_accepted and holder.person not in leads:
                section = next(each for each in answers if each.pk == number)
                whose.setdefault(holder.person, []).append(section)
    return whose


def _call_off_letting_in(round: Round, sections: set[int], now: datetime) -> None:
    """What waits and says of nothing but these until when they may come: that has changed."""
    waiting = round.notices.filter(
        kind=Notice.Kind.LET_IN, message__state=Message.State.WAITING
    ).values_list("message", "about")
    call_off([message for message, about in waiting if sections.issuperset(about)], now=now)


def tell_given(*, delegations: Sequence[Delegation], now: datetime) -> list[Notice]:
    """Tell a person of sections that they were given to write; all of one update."""
    [first, *_] = delegations
    return _tell(
        first.answer.update.round,
        [_request_of(delegations)],
        Notice.Kind.GIVEN,
        lambda round, request, address: letter_of_giving(delegations, request, address),
        now=now,
        mark=f"{first.pk}:{now:%Y%m%d%H%M%S}",
    )


@transaction.atomic
def invite_to_write(*, invitation: Invitation, token: str, now: datetime) -> Message:
    """Put an invitation, opened by its token, into the outbox; keep of which sections it told.

    It tells of all that its person was given and has still to write, and is one like any other
    where that is nothing. The caller sends it.
    """
    about: list[Block] = []
    sections: dict[Round, list[int]] = defaultdict(list)
    given = still_to_write(invitation.membership, now)
    for _, rows in groupby(given, lambda row: (row.answer.update_id, row.given_as, row.note)):
        giving = list(rows)
        about += invited_to_write(giving, _request_of(giving))
        sections[giving[0].answer.update.round] += [each.answer_id for each in giving]
    message = put_invitation(
        invitation,
        token,
        now=now,
        about=about,
        calendar=due_date_file(*sections, now=now),
    )
    # The invitation has a link of its own: the hash is of one that nobody has.
    notices = [
        Notice(
            partnership_id=round.partnership_id,
            round=round,
            person=invitation.membership.user,
            kind=Notice.Kind.INVITED,
            day=timezone.localdate(now),
            message=message,
            about=sorted(told),
            token_hash=hash_of(new_token()),
        )
        for round, told in sections.items()
    ]
    bulk_create_with_history(notices, Notice)
    return message


def _request_of(delegations: Sequence[Delegation]) -> Request:
    [first, *_] = delegations
    sections = [each.answer for each in delegations]
    asked = priorities_asked(first.answer.update.round, sections)
    by = first.given_as
    return Request(first.membership.user, [replace(each, given_by=by) for each in asked])


def tell_finished(*, answer: Answer, post: str, by: User, now: datetime) -> list[Notice]:
    """Tell the lead and the deputy that a section they gave away is ready to be checked."""
    people = [each for each in leads_of(answer.update, timezone.localdate(now)) if each.pk != by.pk]
    return _tell(
        answer.update.round,
        [Request(person, also={answer.pk}) for person in people],
        Notice.Kind.FINISHED,
        lambda round, request, address: letter_of_finishing(answer, post, address),
        now=now,
        mark=f"{answer.pk}:{now:%Y%m%d%H%M%S}",
    )


def hears_of_taking_back(delegation: Delegation) -> bool:
    """Not who has finished and awaits nothing more, nor who never came."""
    return not delegation.is_finished and delegation.membership.user.is_active


def tell_taken_back(*, delegation: Delegation, now: datetime) -> None:
    """Tell somebody that a section is no longer theirs to write.

    No link leads anywhere any more, so that it is a message alone and no notice of the round.
    """
    if not hears_of_taking_back(delegation):
        return
    person, partnership = delegation.membership.user, delegation.partnership
    message = new_message(
        key=f"taken_back:{partnership.slug}:{delegation.pk}",
        sender=partnership.slug,
        to=person.email,
        letter=letter_of_taking_back(delegation.answer),
        now=now,
        reply_to=partnership.help_email,
    )
    put_in_outbox([message])


def _tell(
    round: Round,
    requests: Iterable[Request],
    kind: Notice.Kind,
    letter_of: Callable[[Round, Request, str], Letter],
    *,
    now: datetime,
    mark: str = "",
) -> list[Notice]:
    """Put a message for each person into the outbox; `mark` tells it from others of that kind.

    Without it, a person has one of a kind on a day.
    """
    today, sender = timezone.localdate(now), round.partnership.slug
    requested, messages = {}, []
    for request in requests:
        key = f"{kind}:{sender}:{round.pk}:{request.person.pk}:{mark or today}"
        requested[key] = request, new_token()
        messages.append(
            new_message(
                key=key,
                sender=sender,
                to=request.person.email,
                letter=letter_of(round, request, address_of(requested[key][1])),
                now=now,
                reply_to=round.partnership.help_email,
                calendar=due_date_file(round, now=now),
            )
        )
    notices = [
        Notice(
            partnership_id=round.partnership_id,
            round=round,
            person=requested[message.key][0].person,
            kind=kind,
            day=today,
            message=message,
            about=requested[message.key][0].about,
            token_hash=hash_of(requested[message.key][1]),
        )
        for message in put_in_outbox(messages)
    ]
    made: list[Notice] = bulk_create_with_history(notices, Notice)
    return made


def address_of(token: str) -> str:
    return full_address(reverse("asked", args=[token]))


# The link ---------------------------------------------------------------------------------


class Standing(Enum):
    """What the link of a notice is good for."""

    FRESH = "it lets its person in"
    BY_CODE = "its person gets a code"
    OVER = "the round takes no answers any more"
    NOT_THEIRS = "its person is asked nothing here any more"
    UNKNOWN = "unknown"


def notice_of(token: str) -> Notice | None:
    """The notice that a link belongs to, with its person and round."""
    return (
        Notice.objects.filter(token_hash=hash_of(token))
        .select_related("person", "message", "round__plan", "round__partnership")
        .first()
    )


def standing_of(notice: Notice | None, now: datetime) -> Standing:
    """What its link is good for now; one query, and one more once the round is closed."""
    if notice is None:
        return Standing.UNKNOWN
    person = notice.person
    if not person.is_active or person.email.lower() != notice.message.to.lower():
        return Standing.NOT_THEIRS
    round = notice.round
    accesses = accesses_of(person, timezone.localdate(now))  # type: ignore[no-untyped-call]
    access = next((each for each in accesses if each.partnership == round.partnership), None)
    if access is None:
        return Standing.NOT_THEIRS
    if not (round.takes_answers(now) or round.has_let_in(access, now)):
        return Standing.OVER
    sent_at = notice.message.ended_at if notice.message.state == Message.State.SENT else None
    is_fresh = sent_at is not None and now < sent_at + LETS_IN_FOR
    return Standing.FRESH if is_fresh and notice.entered_at is None else Standing.BY_CODE


@transaction.atomic
def use_link(*, token: str, now: datetime) -> tuple[Standing, Notice | None]:
    """Use up the link where it still lets its person in; what it was good for."""
    found = notice_of(token)
    if found is not None:
        Notice.objects.select_for_update().get(pk=found.pk)
        found = notice_of(token)
    standing = standing_of(found, now)
    if standing == Standing.FRESH and found is not None:
        found.entered_at = now
        found.save(update_fields=["entered_at"])
    return standing, found
