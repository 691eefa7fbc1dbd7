"""What the pages of people show, as plain values; a fixed number of queries for each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Coalesce, Lower, NullIf
from django.utils import timezone

from accounts.models import User
from mail.models import Message
from partnerships.days import long_day
from partnerships.models import Invitation, Membership
from partnerships.people import BESIDES, is_taken_back
from partnerships.permissions import GRANTS, NOTHING_GRANTED, Access, Permission

from .leaving import Holding


@dataclass(frozen=True)
class Show:
    """Which people the list shows."""

    name: str
    label: str
    none: str

    def of(self, memberships: QuerySet[Membership], today: date) -> QuerySet[Membership]:
        has_ended = Q(ends_on__lt=today)
        if self.name == "current":
            return memberships.exclude(has_ended)
        return memberships.filter(has_ended) if self.name == "ended" else memberships


SHOWS = (
    Show("current", "Here now or to come", "Nobody belongs to the partnership"),
    Show("ended", "Ended", "No post has ended"),
    Show("all", "All", "Nobody has ever belonged to the partnership"),
)


def posts_in(access: Access) -> QuerySet[Membership]:
    """The posts of a partnership by the name, or the address, of who holds them."""
    name = Coalesce(NullIf("user__full_name", Value("")), "user__email")
    return (
        Membership.objects.of(access.partnership)
        .select_related("user", "organisation", "partnership")
        .prefetch_related("invitations")
        .order_by(Lower(name), "user", "ends_on", "pk")
    )


def post_rows(memberships: Iterable[Membership], today: date, now: datetime) -> list["PostRow"]:
    """Posts, and what has become of their invitations; one query where somebody is invited."""
    rows = [PostRow(membership, today, now) for membership in memberships]
    keys = [row.invitation.message_key for row in rows if row.is_invited]
    if not keys:
        return rows
    ended_well = (Message.State.SENT, Message.State.CALLED_OFF)
    messages = Message.objects.filter(key__in=keys).exclude(state__in=ended_well)
    undelivered = {message.key: message for message in messages}
    return [replace(row, undelivered=undelivered) for row in rows]


@dataclass(frozen=True)
class PostRow:
    """One post of one person, and how it stands."""

    membership: Membership
    today: date
    now: datetime
    undelivered: Mapping[str, Message] = field(default_factory=dict)
    """Messages that have not got through, by their key."""

    @property
    def has_ended(self) -> bool:
        return self.membership.ends_on is not None and self.membership.ends_on < self.today

    @property
    def has_begun(self) -> bool:
        return self.membership.starts_on is None or self.membership.starts_on <= self.today

    @property
    def counts(self) -> bool:
        return self.has_begun and not self.has_ended and self.membership.user.is_active

    @property
    def invitation(self) -> Invitation | None:
        """The latest; of somebody who can sign in already it no longer matters."""
        if self.membership.user.is_active:
            return None
        return next(iter(self.membership.invitations.all()), None)

    @property
    def may_be_invited_again(self) -> bool:
        return self.is_invited and not self.has_ended

    @property
    def is_invited(self) -> bool:
        invitation = self.invitation
        return invitation is not None and invitation.accepted_at is None

    @property
    def is_taken_back(self) -> bool:
        """Whether ending it leaves no day of it."""
        return is_taken_back(self.membership, self.today)

    @property
    def state(self) -> str:
        """How it stands, in a few words."""
        if self.has_ended:
            return "Ended"
        if self.is_invited:
            return self._state_of_invitation()
        if not self.membership.user.is_active:
            return "Account switched off"
        if not self.has_begun:
            return "Not begun yet"
        return "Here now"

    @property
    def message(self) -> Message | None:
        """The one with the latest invitation, where it has not got through."""
        return self.undelivered.get(self.invitation.message_key) if self.invitation else None

    def _state_of_invitation(self) -> str:
        expires_at = self.invitation.expires_at
        if self.invitation.withdrawn_at is not None:
            return "Invitation withdrawn"
        if expires_at <= self.now:
            return "Invitation expired"
        if self.message is not None:
            return "Invited, not delivered" if self.message.is_failed else "Invited, not sent yet"
        until = long_day(timezone.localtime(expires_at).date(), self.today)
        return f"Invited, until {until}"

    @property
    def besides(self) -> list[str]:
        """What the post grants beside its role."""
        return [
            permission.value
            for name, permission in BESIDES.items()
            if getattr(self.membership, name) and permission not in GRANTS[self.membership.role]
        ]


@dataclass(frozen=True)
class Right:
    """One thing a person may do here, and by what."""

    what: str
    by: str = ""


@dataclass(frozen=True)
class Rights:
    """What a person can see and do in the partnership today, in plain words."""

    first: str
    may: list[Right]
    may_not: list[str]


def rights_of(user: User, rows: list[PostRow], holding: Holding, access: Access) -> Rights:
    """From the table of rights, what stands on the posts, and what the person leads today."""
    counting = [row.membership for row in rows if row.has_begun and not row.has_ended]
    theirs = Access(user, access.partnership, counting, access.today)
    may = [
        Right(_sentence(permission.value), _by_what(permission, counting))
        for permission in Permission
        if theirs.can(permission)
    ]
    if not may and counting:
        may.append(Right(NOTHING_GRANTED))
    may += [
        Right(f"Answer and send the updates of {held.label}", held.grade)
        for held in holding.priorities
        if _holds_today(held.row, access.today)
    ]
    may += [
        Right(
            f"Write {each.answer.heading}, {each.answer.update.round.full_label}",
            f"given by {each.given_as}",
        )
        for each in holding.sections
    ]
    return Rights(
        first=_first(user, rows, counting),
        may=may,
        may_not=[_sentence(each.value) for each in Permission if not theirs.can(each)],
    )


def _first(user: User, rows: list[PostRow], counting: list[Membership]) -> str:
    """What stands above all else: why somebody sees nothing today."""
    if not counting:
        return "They see nothing of this partnership today: none of their posts counts today."
    if user.is_active:
        return ""
    if any(row.is_invited for row in rows):
        return "They see nothing yet: the invitation has not been accepted. Once it is, they can:"
    return "They see nothing: their account was switched off. With it switched on, they could:"


def _by_what(permission: Permission, memberships: list[Membership]) -> str:
    """The roles that grant it, or the posts on which it was granted besides."""
    roles = [each for each in memberships if permission in GRANTS[each.role]]
    if roles:
        return "as " + " and ".join(
            dict.fromkeys(each.get_role_display().lower() for each in roles)
        )
    return "granted besides"


def _holds_today(lead, today: date) -> bool:
    return (lead.starts_on is None or lead.starts_on <= today) and (
        lead.ends_on is None or lead.ends_on >= today
    )


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}"
