"""Sending what is due, by any number of workers at once, each message once.

A worker takes a message in one transaction, hands it to the mail server, and writes down in
another what became of it. If it dies in between, or loses the server once the message was being
handed over, the message is taken again when its time is up, with the same Message-ID: that is the
one duplicate there can be, for a message whose fate was unknown twice is not tried a third time.

A refusal for good (SMTP 5xx to the address or the message, RFC 5321 section 4.2.1) ends a message
at once. Everything else is tried again after 1, 2, 4 … 32 minutes and then every half hour or so,
for four hours from the first try (`GIVE_UP_AFTER`).
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from smtplib import (
    SMTP,
    SMTPDataError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPServerDisconnected,
)
from traceback import walk_tb

from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from .models import GIVE_UP_AFTER, Message
from .signals import about_to_send

log = logging.getLogger(__name__)

HELD_FOR = timedelta(minutes=10)
"""How long a worker has a message; longer than any time-out of the mail server."""

UNREACHABLE_FOR = timedelta(minutes=5)
"""How long everything waits when there is no mail server."""

LONGEST_PAUSE = timedelta(minutes=32)

MOST_IN_DOUBT = 2
"""How often a message is handed over without its being known what became of it."""

IN_DOUBT = "The mail server was lost twice while it took the message: it may have arrived."


def send_due(clock: Callable[[], datetime]) -> tuple[int, int]:
    """Send what is due; return how many were sent, and how many will be tried again or were not."""
    sent = not_sent = 0
    if _due(clock()).exists():
        # A fault of theirs is logged, and keeps no message from being sent.
        about_to_send.send_robust(sender=None, now=clock())
    while _due(clock()).exists():
        connection = get_connection()
        try:
            connection.open()
        except (SMTPException, OSError) as problem:
            return sent, not_sent + put_off_everything(problem, clock())
        try:
            while (message := take_next(clock())) is not None:
                if hand_over(message, connection, clock):
                    sent += 1
                else:
                    not_sent += 1
                    break  # What comes next gets a connection that knows nothing of it.
        finally:
            _close(connection)
    return sent, not_sent


def send_now(message: Message, clock: Callable[[], datetime]) -> Message:
    """Send one message for which somebody waits; the message as it then stands.

    If it cannot be sent, it stays in the outbox, to be tried again as any other.
    """
    taken = _take(Message.objects.waiting().filter(pk=message.pk), clock())
    if taken is None:
        return Message.objects.get(pk=message.pk)
    connection = get_connection()
    try:
        connection.open()
    except (SMTPException, OSError) as problem:
        _not_sent(taken, problem, clock())
        return taken
    try:
        hand_over(taken, connection, clock)
    finally:
        _close(connection)
    return taken


def put_off_everything(problem: Exception, now: datetime) -> int:
    """Nobody can be reached: everything due waits a while, or is given up if it has long waited."""
    log.warning("The mail server cannot be reached: %s", problem)
    due, said = _due(now), _in_words(problem)
    given_up = due.filter(first_tried_at__lte=now - GIVE_UP_AFTER).update(
        state=Message.State.FAILED, problem=said, ended_at=now
    )
    return given_up + due.update(
        first_tried_at=Coalesce("first_tried_at", now),
        next_try_at=now + UNREACHABLE_FOR,
        tries=F("tries") + 1,
        problem=said,
    )


def take_next(now: datetime) -> Message | None:
    """The message longest due, for this worker alone until its time is up; None if none is due."""
    return _take(_due(now), now)


@transaction.atomic
def _take(messages: QuerySet[Message], now: datetime) -> Message | None:
    # SQLite has one writer at a time, and knows no locked rows to pass over.
    message = messages.select_for_update(skip_locked=True).first()
    if message is None:
        return None
    if message.tries_in_doubt >= MOST_IN_DOUBT:
        _give_up(message, IN_DOUBT, now)
        return _take(messages, now)
    message.first_tried_at = message.first_tried_at or now
    message.tries += 1
    message.tries_in_doubt += 1
    message.next_try_at = now + HELD_FOR
    message.save()
    return message


def hand_over(
    message: Message, connection: BaseEmailBackend, clock: Callable[[], datetime]
) -> bool:
    """Give a message that was taken to the mail server, and write down what became of it."""
    try:
        connection.send_messages([as_email(message, connection)])
    except (SMTPException, OSError, ValueError) as problem:
        if _may_have_arrived(problem):
            log.warning("It is not known whether message %s was sent: %s", message.pk, problem)
            _try_later(message, f"The mail server was lost: {problem}", clock())
        else:
            _not_sent(message, problem, clock())
        return False
    message.state, message.problem = Message.State.SENT, ""
    message.tries_in_doubt -= 1
    message.ended_at = clock()
    message.save()
    return True


def as_email(message: Message, connection: BaseEmailBackend) -> EmailMultiAlternatives:
    email = EmailMultiAlternatives(
        subject=message.subject,
        body=message.text,
        to=[message.to],
        reply_to=[message.reply_to] if message.reply_to else None,
        headers={
            "Message-ID": message.message_id,
            # No out-of-office notes, and no answers from machines (RFC 3834).
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        },
        connection=connection,
    )
    if message.html:
        email.attach_alternative(message.html, "text/html")
    if message.calendar:
        email.attach("due.ics", message.calendar, "text/calendar")
    return email


def _not_sent(message: Message, problem: Exception, now: datetime) -> None:
    """The message has surely not been taken: end it if that is for good, else try again."""
    log.warning("Message %s was not sent: %s", message.pk, problem)
    message.tries_in_doubt -= 1
    if _is_for_good(problem):
        _give_up(message, _in_words(problem), now)
    else:
        _try_later(message, _in_words(problem), now)


def _try_later(message: Message, problem: str, now: datetime) -> None:
    pause = min(timedelta(minutes=2 ** min(message.tries - 1, 10)), LONGEST_PAUSE)
    last_try_at = message.first_tried_at + GIVE_UP_AFTER
    if message.tries_in_doubt >= MOST_IN_DOUBT:
        _give_up(message, IN_DOUBT, now)
    elif now >= last_try_at:
        _give_up(message, problem, now)
    else:
        message.next_try_at, message.problem = min(now + pause, last_try_at), problem
        message.save()


def _give_up(message: Message, problem: str, now: datetime) -> None:
    message.state, message.problem, message.ended_at = Message.State.FAILED, problem, now
    message.save()


def _may_have_arrived(problem: Exception) -> bool:
    """Whether the server was lost once the message was being handed over, by smtplib's `data`."""
    if not isinstance(problem, SMTPServerDisconnected | TimeoutError | ConnectionError):
        return False
    return any(frame.f_code is SMTP.data.__code__ for frame, _ in walk_tb(problem.__traceback__))


def _is_for_good(problem: Exception) -> bool:
    """Whether the address or the message is refused, rather than the portal or just now."""
    match problem:
        case SMTPRecipientsRefused(recipients=recipients):
            return all(500 <= code < 600 for code, _ in recipients.values())
        case SMTPDataError(smtp_code=code):
            return 500 <= code < 600
    return isinstance(problem, ValueError)


def _in_words(problem: Exception) -> str:
    """What the mail server said."""
    match problem:
        case SMTPRecipientsRefused(recipients=recipients):
            said = [(code, reply) for code, reply in recipients.values()]
        case SMTPResponseException(smtp_code=code, smtp_error=reply):
            said = [(code, reply)]
        case _:
            return f"{type(problem).__name__}: {problem}"
    return "; ".join(
        f"{code} {reply.decode(errors='replace') if isinstance(reply, bytes) else reply}"
        for code, reply in said
    )


def _due(now: datetime) -> QuerySet[Message]:
    due = Message.objects.waiting().filter(next_try_at__lte=now)
    return due.order_by("next_try_at", "pk")


def _close(connection: BaseEmailBackend) -> None:
    try:
        connection.close()
    except (SMTPException, OSError) as problem:
        log.info("The mail server was lost before the connection was closed: %s", problem)
