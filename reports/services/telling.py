"""Telling members that a report was issued."""

from datetime import datetime

from django.utils import timezone

from mail.services import new_message, put_in_outbox
from partnerships.models import Membership
from partnerships.permissions import Permission, roles_with

from ..letters import letter_of_issue
from ..models import IssuedReport


def tell_members(report: IssuedReport, *, now: datetime) -> int:
    """A message to each who may read it, but who has issued it; return to how many.

    Three queries for any number of people.
    """
    partnership, letter = report.round.partnership, letter_of_issue(report)
    readers = (
        Membership.objects.filter(
            partnership=partnership,
            role__in=roles_with(Permission.READ_PLAN),
            user__is_active=True,
        )
        .current(timezone.localdate(now))  # type: ignore[no-untyped-call]
        .exclude(user=report.issued_by_id)
        .order_by("user")
    )
    people = dict(readers.values_list("user", "user__email"))
    return len(
        put_in_outbox(
            new_message(
                key=f"issued:{report.pk}:{person}",
                sender=partnership.slug,
                to=email,
                letter=letter,
                now=now,
                reply_to=partnership.help_email,
            )
            for person, email in people.items()
        )
    )
