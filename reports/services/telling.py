"""Telling people of reports: readers that one was issued, a second person of a request."""

from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from mail.services import new_message, put_in_outbox
from partnerships.models import Membership
from partnerships.permissions import Permission, roles_with

from ..letters import letter_of_issue, letter_of_request
from ..models import DestructionRequest, IssuedReport


def tell_members(report: IssuedReport, *, now: datetime) -> int:
    """A message to each who may read it, but who has issued it; return to how many.

    Three queries for any number of people.
    """
    partnership, letter = report.round.partnership, letter_of_issue(report)
    here = Membership.objects.filter(partnership=partnership, user__is_active=True).current(  # type: ignore[no-untyped-call]
        timezone.localdate(now)
    )
    readers = here.filter(role__in=roles_with(Permission.READ_PLAN))
    if report.is_sensitive:
        by_role = Q(role__in=roles_with(Permission.READ_SENSITIVE))
        may_read = here.filter(by_role | Q(reads_sensitive=True))
        readers = readers.filter(user__in=may_read.values("user"))
    readers = readers.exclude(user=report.issued_by_id).order_by("user")
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


def tell_second_person(request: DestructionRequest, *, now: datetime) -> int:
    """A message to each other site administrator; return to how many."""
    others = User.objects.filter(is_superuser=True, is_active=True).exclude(pk=request.asked_by_id)
    letter = letter_of_request(request)
    return len(
        put_in_outbox(
            new_message(
                key=f"destroy:{request.pk}:{other.pk}",
                sender=request.partnership.slug,
                to=other.email,
                letter=letter,
                now=now,
            )
            for other in others
        )
    )
