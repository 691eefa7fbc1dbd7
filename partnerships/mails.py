"""What the portal writes to people about their place in a partnership: plain text, sent at once."""

import logging
from smtplib import SMTPException

from django.core.mail import EmailMessage
from django.template.loader import render_to_string

log = logging.getLogger(__name__)


def invitation_mail(invitation, address):
    """The link that lets somebody in, to the address that the invitation was made for."""
    membership = invitation.membership
    return _mail(
        f"You are invited to {membership.partnership}",
        "partnerships/email/invitation.txt",
        {"invitation": invitation, "membership": membership, "address": address},
        partnership=membership.partnership,
        to=invitation.sent_to,
    )


def added_mail(membership, by, address):
    """Word to somebody with an account that they may come in here as well."""
    return _mail(
        f"You have been added to {membership.partnership}",
        "partnerships/email/added.txt",
        {"membership": membership, "by": by, "address": address},
        partnership=membership.partnership,
        to=membership.user.email,
    )


def was_sent(mail):
    """Send it, and say whether the mail server took it."""
    try:
        mail.send()
    except (SMTPException, OSError):
        log.exception("An email could not be sent.")
        return False
    return True


def _mail(subject, template, found, *, partnership, to):
    return EmailMessage(
        # A name with a line break in it must not begin a header of its own.
        subject=" ".join(subject.split()),
        body=render_to_string(template, found),
        to=[to],
        reply_to=[partnership.help_email] if partnership.help_email else None,
    )
