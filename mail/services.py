"""Putting messages into the outbox, and taking out those that nobody needs any more."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from .delivery import send_due
from .letters import Letter
from .models import KEPT_FOR, Message


def new_message(
    *,
    key: str,
    sender: str,
    to: str,
    letter: Letter,
    now: datetime,
    reply_to: str = "",
    calendar: str = "",
) -> Message:
    """A message of a partnership (its slug) that is not in the outbox yet."""
    return Message(
        key=key,
        sender=sender,
        to=to,
        reply_to=reply_to,
        subject=letter.subject,
        text=letter.as_text(),
        html=letter.as_html(),
        calendar=calendar,
        made_at=now,
        next_try_at=now,
    )


def put_in_outbox(messages: Iterable[Message]) -> list[Message]:
    """Keep these for sending with what the caller's transaction writes; return those kept.

    A message whose key is in the outbox already stays as it is there: asked for twice, it is
    sent once. It takes one query for any number; of what is returned only number and key are sure
    to be those of the outbox.
    """
    messages = list(messages)
    # The key is written over itself, so that the number of what was there comes back too.
    Message.objects.bulk_create(
        messages, update_conflicts=True, unique_fields=["key"], update_fields=["key"]
    )
    if settings.MAIL_AT_ONCE:
        transaction.on_commit(_send_at_once)
    if connection.features.can_return_rows_from_bulk_insert:
        return messages
    # SQLite before 3.35 tells no numbers.
    return list(Message.objects.filter(key__in=[each.key for each in messages]).order_by("pk"))


def call_off(messages: Sequence[int] | QuerySet[Any], *, now: datetime) -> int:
    """Do not send these, by number, if they still wait; return how many that were."""
    return (
        Message.objects.waiting()
        .filter(pk__in=messages)
        .update(state=Message.State.CALLED_OFF, ended_at=now)
    )


def try_again(messages: Sequence[int], *, now: datetime, to: str = "") -> int:
    """Try these again from now, by number, that were not delivered; return how many that were.

    To another address where one is given.
    """
    return (
        Message.objects.failed()
        .filter(pk__in=messages)
        .update(
            state=Message.State.WAITING,
            ended_at=None,
            next_try_at=now,
            first_tried_at=None,
            tries=0,
            tries_in_doubt=0,
            **({"to": to} if to else {}),
        )
    )


def rewrite(message: Message, *, letter: Letter) -> None:
    """Give a message that waits, and is held by the caller, other words."""
    message.subject = letter.subject
    message.text, message.html = letter.as_text(), letter.as_html()
    message.save(update_fields=["subject", "text", "html"])


def empty_messages(messages: Sequence[int], *, instead: str, now: datetime) -> None:
    """Take the words out of these, by number, and do not send those that still wait."""
    call_off(messages, now=now)
    found = Message.objects.filter(pk__in=messages)
    found.update(subject=instead, text="", html="", calendar="")


def forget_words(*, now: datetime) -> int:
    """Empty messages that ended long ago; that they were sent, to whom and when, stays."""
    ended = Message.objects.filter(ended_at__lt=now - KEPT_FOR).exclude(text="")
    return ended.update(text="", html="", calendar="")


def _send_at_once() -> None:
    send_due(timezone.now)
