"""Who belongs to a partnership as what: invited, let in, changed, ended.

Each change is one transaction that holds the row of the partnership, so that two people who
change its administrators at once come one after the other. What is refused is refused with a
`Refused`, whose text is fit for the person who asked.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.db import transaction
from django.utils import timezone

from accounts.links import hash_of, new_token
from accounts.models import User
from accounts.services import (
    AddressTaken,
    account_for,
    change_address,
    change_name,
    is_switched_off,
    take_up_account,
)
from mail.models import Message
from mail.services import call_off

from .days import long_day
from .markers import marker_of_fields
from .models import Invitation, Membership, Organisation, Partnership, Role
from .permissions import GRANTS, Permission
from .quarters import ONE_DAY
from .refusals import ChangedSince, Refused

INVITED_FOR = timedelta(days=14)
KEEPERS = [role for role, granted in GRANTS.items() if Permission.KEEP_PEOPLE in granted]
# What stands on a post itself, beside what its role grants.
BESIDES = {
    "loads_figures": Permission.ENTER_FIGURES,
    "reads_sensitive": Permission.READ_SENSITIVE,
    "releases_reports": Permission.RELEASE_REPORTS,
}
FIELDS = (
    "post",
    "organisation_id",
    "role",
    "loads_figures",
    "reads_sensitive",
    "releases_reports",
    "starts_on",
    "ends_on",
)


class LastAdministrator(Refused):
    """Nobody would be left who keeps the partnership's people."""


class GivesUpAdministration(Refused):
    """A person would take their own administration away, and has not said that they mean it."""


@dataclass(frozen=True)
class Post:
    """What somebody is in a partnership, as a form gives it."""

    post: str
    organisation: Organisation | None
    role: str
    loads_figures: bool = False
    reads_sensitive: bool = False
    releases_reports: bool = False
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True)
class Added:
    """A new membership; `token` opens its invitation where the person has yet to be let in."""

    membership: Membership
    invitation: Invitation | None = None
    token: str = ""


def post_marker(membership: Membership) -> str:
    """Tells a post as it stands from any other, for the conflict check."""
    return marker_of_fields(membership, FIELDS)


# Adding and inviting -------------------------------------------------------------------


@transaction.atomic
def invite(
    *,
    partnership: Partnership,
    email: str,
    full_name: str,
    post: Post,
    by: User,
    now: datetime,
) -> Added:
    """Give a post to the person with this address, whom no other partnership need know yet.

    Somebody new can sign in once they have accepted; somebody with an account at once. The name
    of an account that is there already is its own person's, and stays.
    """
    user, _ = account_for(email=email, full_name=full_name)
    return add_post(partnership=partnership, user=user, post=post, by=by, now=now)


@transaction.atomic
def add_post(*, partnership: Partnership, user: User, post: Post, by: User, now: datetime) -> Added:
    """Give a person a post, beside any they have here; invite them while they cannot sign in."""
    _lock(partnership)
    asked_for, user = user.email, User.objects.select_for_update().get(pk=user.pk)
    if user.email != asked_for:
        raise Refused(f"The address {asked_for} was changed a moment ago. Look once more.")
    if is_switched_off(user=user):
        raise Refused(
            f"The account of {user.email} was switched off. "
            "Ask the site administrator to switch it on first."
        )
    membership = Membership(partnership=partnership, user=user)
    _fill(membership, post)
    _refuse_same_role(membership)
    membership.save()
    if user.is_active:
        return Added(membership)
    invitation, token = _make_invitation(membership, by, now)
    return Added(membership, invitation, token)


@transaction.atomic
def invite_again(*, membership: Membership, by: User, now: datetime) -> Added:
    """Make a new link for somebody who has not accepted; the links before it stop working."""
    _lock(membership.partnership)
    membership = Membership.objects.select_related("user", "partnership").get(pk=membership.pk)
    if membership.user.is_active:
        raise Refused(f"{membership.user} can sign in already, and needs no invitation.")
    if is_switched_off(user=membership.user):
        raise Refused(
            f"The account of {membership.user.email} was switched off. "
            "Ask the site administrator to switch it on."
        )
    if membership.ends_on and membership.ends_on < timezone.localdate(now):
        raise Refused("This post has ended. Invite the person to a new one.")
    return _new_link(membership, by, now)


@transaction.atomic
def guest_at(
    *,
    partnership: Partnership,
    email: str,
    post: str,
    organisation: Organisation | None,
    by: User,
    now: datetime,
) -> Added:
    """The post that the person with this address has here; a new guest's where they have none.

    They are invited, or once more invited, while they cannot sign in. A post that somebody has
    already stays as it is.
    """
    _lock(partnership)
    theirs = Membership.objects.of(partnership).filter(user__email__iexact=email)
    theirs = theirs.current(timezone.localdate(now)).select_related("user", "organisation")
    found = theirs.order_by("pk").first()
    if found is None:
        new = Post(post=post, organisation=organisation, role=Role.GUEST)
        return invite(partnership=partnership, email=email, full_name="", post=new, by=by, now=now)
    if found.user.is_active:
        return Added(found)
    return invite_again(membership=found, by=by, now=now)


def _new_link(membership: Membership, by: User, now: datetime) -> Added:
    """An invitation in place of those before it, whose links stop working."""
    _withdraw_links(membership, now)
    invitation, token = _make_invitation(membership, by, now)
    return Added(membership, invitation, token)


def _make_invitation(membership: Membership, by: User, now: datetime) -> tuple[Invitation, str]:
    token = new_token()
    invitation = Invitation.objects.create(
        partnership_id=membership.partnership_id,
        membership=membership,
        sent_to=membership.user.email,
        token_hash=hash_of(token),
        sent_at=now,
        sent_by=by,
        expires_at=now + INVITED_FOR,
    )
    return invitation, token


def _withdraw_links(membership: Membership, now: datetime) -> None:
    """With what is still to be sent of them: it would only bring links that do not work."""
    withdrawn = list(membership.invitations.waiting())
    for invitation in withdrawn:
        invitation.withdrawn_at = now
        invitation.save()
    if withdrawn:
        keys = [invitation.message_key for invitation in withdrawn]
        call_off(Message.objects.filter(key__in=keys).values("pk"), now=now)


# Accepting -----------------------------------------------------------------------------


class Link(StrEnum):
    """What an invitation's link is good for now."""

    WAITING = "waiting"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    USED = "used"
    UNKNOWN = "unknown"
    SWITCHED_OFF = "switched off"


def invitation_of(token: str) -> Invitation | None:
    """The invitation that a link belongs to, with whom it invites to what."""
    return (
        Invitation.objects.filter(token_hash=hash_of(token))
        .select_related(
            "membership__user", "membership__partnership", "membership__organisation", "sent_by"
        )
        .first()
    )


def standing_of(invitation: Invitation | None, now: datetime) -> Link:
    """What its link is good for; only a link that waits can be accepted."""
    if invitation is None:
        return Link.UNKNOWN
    membership, user = invitation.membership, invitation.membership.user
    if invitation.accepted_at is not None:
        return Link.USED
    has_ended = membership.ends_on is not None and membership.ends_on < timezone.localdate(now)
    is_for_another_address = invitation.sent_to.lower() != user.email.lower()
    if invitation.withdrawn_at is not None or has_ended or is_for_another_address:
        return Link.WITHDRAWN
    if invitation.expires_at <= now:
        return Link.EXPIRED
    return Link.SWITCHED_OFF if is_switched_off(user=user) else Link.WAITING


@transaction.atomic
def accept_invitation(*, token: str, now: datetime) -> tuple[Link, User | None]:
    """Accept, and say whom the link has let in by this; nobody where the account was in use.

    A link that lay in a mailbox for days must not open an account that somebody works with: they
    sign in as ever.
    """
    found = invitation_of(token)
    if found is None:
        return Link.UNKNOWN, None
    _lock(found.membership.partnership)
    User.objects.select_for_update().get(pk=found.membership.user_id)
    invitation = invitation_of(token)
    standing = standing_of(invitation, now)
    if invitation is None or standing != Link.WAITING:
        return standing, None
    user = invitation.membership.user
    invitation.accepted_at = now
    invitation._history_user = user
    invitation.save()
    if user.is_active:
        return Link.WAITING, None
    take_up_account(user=user)
    return Link.WAITING, user


# Putting a person's details right -------------------------------------------------------


@transaction.atomic
def correct_name(*, partnership: Partnership, user: User, full_name: str, was: str) -> None:
    """Correct the name of somebody who has a post here; `was` is the name that was on the page."""
    _lock(partnership)
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.full_name != was:
        raise ChangedSince(user)
    change_name(user=user, full_name=full_name)


def why_address_is_theirs(*, partnership: Partnership, user: User) -> str:
    """Why nobody here may change this person's address; nothing where it may be corrected.

    An account that somebody works with, or that another partnership relies on, is never handed
    to another mailbox by this one.
    """
    if user.is_active:
        return (
            f"{user} signs in with this address, and alone can change it: under “Your details”, "
            "at the top of every page."
        )
    if is_switched_off(user=user) or user.is_staff or user.is_superuser:
        return f"Only a site administrator can change the address of {user}."
    if Membership.objects.filter(user=user).exclude(partnership=partnership).exists():
        return (
            "Another partnership has invited this address too. Withdraw your invitation, and "
            "invite the person anew by the right address."
        )
    return ""


@transaction.atomic
def correct_address(
    *, partnership: Partnership, user: User, email: str, was: str, by: User, now: datetime
) -> list[Added]:
    """Correct the address of somebody who has not accepted; every link to the old one dies.

    What is returned are the new invitations, one for each post that goes on. `was` is the address
    that was on the page.
    """
    _lock(partnership)
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.email != was:
        raise ChangedSince(user)
    why_not = why_address_is_theirs(partnership=partnership, user=user)
    if why_not:
        raise Refused(why_not)
    try:
        change_address(user=user, email=email, proved=False)
    except AddressTaken:
        raise Refused(
            f"Somebody with the address {email} has an account already. Withdraw this invitation, "
            "and invite them by that address."
        ) from None
    today = timezone.localdate(now)
    posts = Membership.objects.of(partnership).filter(user=user).exclude(ends_on__lt=today)
    # The address of each is the new one, and so is that of its invitation.
    posts = posts.select_related("user", "partnership", "organisation")
    return [_new_link(membership, by, now) for membership in posts]


# Changing and ending -------------------------------------------------------------------


@transaction.atomic
def change_post(
    *,
    membership: Membership,
    post: Post,
    marker: str,
    by: User,
    today: date,
    meant: bool = False,
) -> Membership:
    """Change what somebody is here; it may end later than before, never earlier (see `end_post`).

    meant: a person who gives up their own administration by this has said so.
    """
    saved, before = _locked(membership, marker)
    _refuse_earlier_end(saved, post)
    _fill(saved, post)
    _refuse_same_role(saved)
    _keep_administered(before, saved, by, today, meant)
    saved.save()
    return saved


@transaction.atomic
def end_post(
    *,
    membership: Membership,
    last_day: date,
    marker: str,
    by: User,
    now: datetime,
    meant: bool = False,
) -> Membership:
    """End a membership, and withdraw the invitation that waits for it.

    One that has not begun is taken back: it ends before it begins. What the person leads is the
    matter of whoever calls.
    """
    saved, before = _locked(membership, marker)
    today = timezone.localdate(now)
    if saved.ends_on is not None and saved.ends_on < today:
        raise Refused(f"This post has ended already, on {long_day(saved.ends_on, today)}.")
    if is_taken_back(saved, today):
        last_day = today - ONE_DAY
        saved.starts_on = min(saved.starts_on or last_day, last_day)
    elif saved.starts_on is not None and last_day < saved.starts_on:
        raise Refused(
            f"The post began on {long_day(saved.starts_on, today)}: it cannot end before."
        )
    elif saved.ends_on is not None and last_day > saved.ends_on:
        raise Refused(f"The post ends on {long_day(saved.ends_on, today)} as it is.")
    saved.ends_on = last_day
    _keep_administered(before, saved, by, today, meant)
    saved.save()
    _withdraw_links(saved, now)
    return saved


def is_taken_back(membership: Membership, today: date) -> bool:
    """Whether ending it leaves no day of it: nobody has come in by it yet."""
    return not membership.user.is_active or (
        membership.starts_on is not None and membership.starts_on > today
    )


def _lock(partnership: Partnership) -> None:
    Partnership.objects.select_for_update().get(pk=partnership.pk)


def _locked(membership: Membership, marker: str) -> tuple[Membership, list[Membership]]:
    """The post as it stands now, if it is as it was when opened, and all who administer."""
    _lock(membership.partnership)
    saved = Membership.objects.select_related("user", "partnership", "organisation").get(
        pk=membership.pk
    )
    if post_marker(saved) != marker:
        raise ChangedSince(saved)
    return saved, _keepers(saved.partnership)


def _keepers(partnership: Partnership) -> list[Membership]:
    keepers = Membership.objects.of(partnership)
    return list(keepers.filter(role__in=KEEPERS, user__is_active=True))


def _fill(membership: Membership, post: Post) -> None:
    membership.post = post.post
    membership.organisation = post.organisation
    membership.role = post.role
    membership.loads_figures = post.loads_figures
    membership.reads_sensitive = post.reads_sensitive
    membership.releases_reports = post.releases_reports
    membership.starts_on = post.starts_on
    membership.ends_on = post.ends_on


def _refuse_same_role(membership: Membership) -> None:
    """The database allows one open membership a role; said before it has to."""
    same = Membership.objects.of(membership.partnership).filter(
        user=membership.user, role=membership.role, ends_on__isnull=True
    )
    if membership.ends_on is None and same.exclude(pk=membership.pk).exists():
        raise Refused(
            f"{membership.user} is here as {membership.get_role_display().lower()} already, "
            "without an end. Change that post, or end it first."
        )


def _refuse_earlier_end(saved: Membership, post: Post) -> None:
    if post.ends_on is None or post.ends_on == saved.ends_on:
        return
    if saved.ends_on is None or post.ends_on < saved.ends_on:
        raise Refused("Use “End this post”: it asks who takes over what the person leads.")


def _keep_administered(
    before: list[Membership], changed: Membership, by: User, today: date, meant: bool
) -> None:
    """Refuse what would leave the partnership, at any time, with nobody to keep its people."""
    after = [each for each in before if each.pk != changed.pk]
    if changed.role in KEEPERS and changed.user.is_active:
        after.append(changed)
    _refuse_fewer(changed.partnership, before, after, today)
    own_before, own_after = (
        [each for each in keepers if each.user_id == by.pk] for keepers in (before, after)
    )
    if not meant and administered_until(own_after, today) < administered_until(own_before, today):
        raise GivesUpAdministration(
            "You would no longer administer this partnership. Tick the box if you mean it."
        )


@transaction.atomic
def refuse_unadministered(
    *,
    partnership: Partnership,
    without: Collection[Membership],
    instead: Membership | None = None,
    today: date,
) -> None:
    """Refuse to take posts away, or to have one as it would be instead, that nobody else fills.

    For the site administration, which writes posts itself: whoever writes next to it waits until
    the transaction this is called in ends.
    """
    _lock(partnership)
    before = _keepers(partnership)
    after = [each for each in before if each not in without]
    if instead is not None and instead.role in KEEPERS and instead.user.is_active:
        after.append(instead)
    _refuse_fewer(partnership, before, after, today)


def _refuse_fewer(
    partnership: Partnership, before: list[Membership], after: list[Membership], today: date
) -> None:
    covered_until = administered_until(after, today)
    if covered_until < administered_until(before, today):
        when = "" if covered_until < today else f" after {long_day(covered_until, today)}"
        raise LastAdministrator(
            f"Nobody else administers {partnership}{when}. Make somebody else administrator first."
        )


def administered_until(keepers: Iterable[Membership], today: date) -> date:
    """The last day up to which, from today on, one of these is current without a gap.

    The last day there is where there is no end, and yesterday where none is current today.
    """
    until = today - ONE_DAY
    for each in sorted(keepers, key=lambda keeper: keeper.starts_on or date.min):
        if until < date.max and (each.starts_on or date.min) <= until + ONE_DAY:
            until = max(until, each.ends_on or date.max)
    return until
