"""What changed about a person's posts in a partnership, and what became of their invitations."""

from collections.abc import Sequence
from typing import Any

from django.db.models import F, Min, OuterRef, Q, QuerySet, Subquery

from accounts.models import User
from partnerships.changes import Kept, Names, Said, Story, quoted
from partnerships.models import Invitation, Membership
from partnerships.permissions import Access

_OF_POST: dict[str, Said] = {
    "post": "the name",
    "organisation": "the organisation",
    "role": "the role",
    "loads_figures": "whether figures may be entered by the holder",
    "reads_sensitive": "whether OFFICIAL-SENSITIVE may be read by the holder",
    "releases_reports": "whether reports may be released by the holder",
    "starts_on": "the first day",
    "ends_on": "the last day",
}


_OF_PERSON: dict[str, Said] = {"full_name": "the name", "email": "the email address"}


def story_of_person(user: User, access: Access) -> Story:
    here = {"partnership": access.partnership}
    return Story(
        access,
        [
            Kept("person", _details_while_here(user, access), _OF_PERSON),
            Kept("post", Membership.history.filter(user=user, **here), _OF_POST, "post", _named),
            Kept(
                "invitation",
                Invitation.history.filter(membership__user=user, **here),
                {},
                "invitation",
                own=_happened,
            ),
        ],
    )


def _details_while_here(user: User, access: Access) -> QuerySet[Any]:
    """What became of the name and the address since the person first had a post here.

    What they were called before is not this partnership's to know; nor are its other pages of the
    account, such as that it was taken up.
    """
    here = Membership.history.filter(user=user, partnership=access.partnership)
    since = here.order_by().values("user").annotate(since=Min("history_date")).values("since")
    earlier = (
        User.history.filter(id=OuterRef("id"))
        .filter(
            Q(history_date__lt=OuterRef("history_date"))
            | Q(history_date=OuterRef("history_date"), history_id__lt=OuterRef("history_id"))
        )
        .order_by("-history_date", "-history_id")
    )
    rows: QuerySet[Any] = User.history.filter(id=user.pk, history_date__gt=Subquery(since))
    return rows.annotate(
        name_before=Subquery(earlier.values("full_name")[:1]),
        address_before=Subquery(earlier.values("email")[:1]),
    ).exclude(full_name=F("name_before"), email=F("address_before"))


def _named(row: Any, names: Names) -> str:
    return quoted(row.post)


def _happened(row: Any, before: Any | None, names: Names) -> Sequence[str]:
    if before is None:
        return [f"sent an invitation to {row.sent_to}"]
    if row.accepted_at and not before.accepted_at:
        return ["accepted the invitation"]
    if row.withdrawn_at and not before.withdrawn_at:
        return ["withdrew the invitation"]
    return []
