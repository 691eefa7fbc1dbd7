"""Whether somebody administers a partnership, or has yet to accept, as its row in the list says."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from partnerships.days import long_day
from partnerships.models import Membership, Partnership
from partnerships.people import KEEPERS

from .people import PostRow, post_rows


@dataclass(frozen=True)
class Administered:
    """A partnership, and whose invitation to administer it waits while nobody does."""

    partnership: Partnership
    is_administered: bool
    waiting: PostRow | None
    today: date

    @property
    def state(self) -> str:
        """How it stands, in a sentence; nothing where somebody administers it."""
        if self.is_administered:
            return ""
        if self.waiting is None:
            return "Nobody administers it"
        invitation = self.waiting.invitation
        said = "The first administrator has not yet accepted"
        if invitation is None or invitation.withdrawn_at is not None:
            return said
        until = long_day(timezone.localtime(invitation.expires_at).date(), self.today)
        has_ended = invitation.expires_at <= self.waiting.now
        return f"{said}; the invitation {'ended on' if has_ended else 'works until'} {until}"


def with_keepers(partnerships: QuerySet[Partnership]) -> QuerySet[Partnership]:
    """With the posts that administer each, in two queries more."""
    posts = (
        Membership.objects.filter(role__in=KEEPERS)
        .select_related("user", "partnership", "organisation")
        .prefetch_related("invitations")
        .order_by("pk")
    )
    return partnerships.prefetch_related(Prefetch("memberships", posts, to_attr="keepers"))


def standing_of_each(partnerships: Iterable[Partnership], now: datetime) -> list[Administered]:
    """How each stands, of partnerships fetched `with_keepers`."""
    today = timezone.localdate(now)
    return [_standing(partnership, today, now) for partnership in partnerships]


def _standing(partnership: Partnership, today: date, now: datetime) -> Administered:
    rows = post_rows(partnership.keepers, today, now)
    waiting = next((row for row in rows if row.may_be_invited_again), None)
    return Administered(partnership, any(row.counts for row in rows), waiting, today)
