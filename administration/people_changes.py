"""What changed about a person's posts in a partnership, and what became of their invitations."""

from collections.abc import Sequence
from typing import Any

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
    "starts_on": "the first day",
    "ends_on": "the last day",
}


def story_of_person(user: User, access: Access) -> Story:
    here = {"partnership": access.partnership}
    return Story(
        access,
        [
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
