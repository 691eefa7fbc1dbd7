"""Emails for which somebody waits at a page.

What tells people of their place goes into the outbox and is sent at once; what cannot be sent now
is tried again like any other message. Codes are sent past the outbox: one that comes hours later
is of no use to anybody.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from smtplib import SMTPException

from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.links import full_address
from accounts.models import User
from mail.delivery import send_now
from mail.letters import Block, Letter
from mail.models import Message
from mail.services import new_message, put_in_outbox

from .letters import letter_of_adding, letter_of_invitation
from .models import Invitation, Partnership
from .people import Added

log = logging.getLogger(__name__)
Clock = Callable[[], datetime]


def tell_of_place(added: Added, by: User, *, clock: Clock) -> Message:
    """Invite somebody who cannot sign in yet; tell anybody else of the post they were given."""
    if added.invitation is not None:
        return send_now(put_invitation(added.invitation, added.token, now=clock()), clock)
    membership = added.membership
    home = full_address(membership.partnership.get_absolute_url())
    message = _put(
        f"added:{membership.pk}",
        membership.partnership,
        membership.user.email,
        letter_of_adding(membership, by, home),
        now=clock(),
    )
    return send_now(message, clock)


def put_invitation(
    invitation: Invitation,
    token: str,
    *,
    now: datetime,
    about: Sequence[Block] = (),
    calendar: str = "",
) -> Message:
    """Put the link that lets somebody in into the outbox, to the invitation's address.

    `about` says what they are invited to do, `calendar` by when.
    """
    link = full_address(reverse("invitations:accept", args=[token]))
    return _put(
        invitation.message_key,
        invitation.membership.partnership,
        invitation.sent_to,
        letter_of_invitation(invitation, link, about),
        now=now,
        calendar=calendar,
    )


def new_address_mail(email: str, code: str) -> EmailMessage:
    """The code that proves a new address, to that address."""
    return _mail(
        "Your code for a new email address",
        "partnerships/email/new_address.txt",
        {"code": code},
        to=email,
    )


def address_changed_mail(former: str, email: str) -> EmailMessage:
    """Word to the former address, whose owner may know nothing of it."""
    return _mail(
        "Your email address on the CSP Portal has changed",
        "partnerships/email/address_changed.txt",
        {"former": former, "email": email},
        to=former,
    )


def was_sent(mail: EmailMessage) -> bool:
    """Send it, and say whether the mail server took it."""
    try:
        mail.send()
    except (SMTPException, OSError):
        log.exception("An email could not be sent.")
        return False
    return True


def _put(
    key: str,
    partnership: Partnership,
    to: str,
    letter: Letter,
    *,
    now: datetime,
    calendar: str = "",
) -> Message:
    [kept] = put_in_outbox(
        [
            new_message(
                key=key,
                sender=partnership.slug,
                to=to,
                letter=letter,
                now=now,
                reply_to=partnership.help_email,
                calendar=calendar,
            )
        ]
    )
    return kept


def _mail(subject: str, template: str, found: dict[str, str], *, to: str) -> EmailMessage:
    return EmailMessage(subject=subject, body=render_to_string(template, found), to=[to])
