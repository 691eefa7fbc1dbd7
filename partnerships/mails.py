"""What the portal writes to people about their place and their address: plain text, at once."""

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


def new_address_mail(email, code):
    """The code that proves a new address, to that address."""
    return _mail(
        "Your code for a new email address",
        "partnerships/email/new_address.txt",
        {"code": code},
        to=email,
    )


def address_changed_mail(former, email):
    """Word to the former address, whose owner may know nothing of it."""
    return _mail(
        "Your email address on the CSP Portal has changed",
        "partnerships/email/address_changed.txt",
        {"former": former, "email": email},
        to=former,
    )


def was_sent(mail):
    """Send it, and say whether the mail server took it."""
    try:
        mail.send()
    except (SMTPException, OSError):
        log.exception("An email could not be sent.")
        return False
    return True


def _mail(subject, template, found, *, to, partnership=None):
    help_email = partnership.help_email if partnership else ""
    return EmailMessage(
        # A name with a line break in it must not begin a header of its own.
        subject=" ".join(subject.split()),
        body=render_to_string(template, found),
        to=[to],
        reply_to=[help_email] if help_email else None,
    )
