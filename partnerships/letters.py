"""What people are told by email about their place in a partnership."""

from collections.abc import Sequence

from django.utils.formats import date_format

from accounts.models import User
from mail.letters import Block, Button, Letter, Paragraph

from .models import Invitation, Membership

DAY = "j F Y"


def letter_of_invitation(
    invitation: Invitation, address: str, about: Sequence[Block] = ()
) -> Letter:
    """To somebody who cannot sign in yet: who invites them to what, and the link that lets in."""
    membership = invitation.membership
    return Letter(
        f"You are invited to {membership.partnership}",
        [
            Paragraph(
                f"{invitation.sent_by} invites you to {membership.partnership} on the CSP Portal, "
                f"as: {membership}."
            ),
            *about,
            Paragraph(
                "Open this page to accept. It shows once more who invites you to what, and you "
                "press one button."
            ),
            Button("See the invitation", address),
            Paragraph(
                f"The link works until {date_format(invitation.expires_at, DAY)}, once, and for "
                "you alone: do not pass it on."
            ),
            Paragraph("If you did not expect this, you need do nothing."),
        ],
    )


def letter_of_adding(membership: Membership, by: User, address: str) -> Letter:
    """To somebody with an account: that they have another post."""
    begins = membership.starts_on
    return Letter(
        f"You have been added to {membership.partnership}",
        [
            Paragraph(
                f"{by} has added you to {membership.partnership} on the CSP Portal, "
                f"as: {membership}."
                + (f" It counts from {date_format(begins, DAY)}." if begins else "")
            ),
            Paragraph("You have an account already. Sign in as you always do."),
            Button("Sign in", address),
            Paragraph("If you did not expect this, tell the coordinator of the partnership."),
        ],
    )
