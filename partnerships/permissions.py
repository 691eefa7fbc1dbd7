"""Who may do what: one table of what each role grants (design, section 6).

Lead and deputy are not roles: they follow from a dated `PriorityLead`, and the querysets of
the rounds say which updates and answers they open.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied

from .models import Membership, Partnership, Role
from .posts import one_line

if TYPE_CHECKING:
    from accounts.models import User


class Permission(StrEnum):
    """Something a person may do in a partnership."""

    READ_PLAN = "read the plan and its figures"
    READ_SENSITIVE = "read what is marked OFFICIAL-SENSITIVE"
    ENTER_FIGURES = "enter figures of any indicator"
    RUN_ROUNDS = "run rounds and read their draft reports"
    RELEASE_REPORTS = "release the public editions of reports"
    KEEP_PLAN = "change the plan, its actions and its indicators"
    KEEP_PEOPLE = "change people, organisations and groups"
    CHANGE_SETTINGS = "change the partnership's settings"


_MEMBER = frozenset({Permission.READ_PLAN})
_COORDINATOR = _MEMBER | {
    Permission.READ_SENSITIVE,
    Permission.ENTER_FIGURES,
    Permission.RUN_ROUNDS,
}
_ADMINISTRATOR = _MEMBER | {
    Permission.KEEP_PLAN,
    Permission.KEEP_PEOPLE,
    Permission.CHANGE_SETTINGS,
}

GRANTS: dict[str, frozenset[Permission]] = {
    Role.GUEST: frozenset(),
    Role.MEMBER: _MEMBER,
    Role.COORDINATOR: _COORDINATOR,
    Role.ADMINISTRATOR: _ADMINISTRATOR,
}


def roles_with(permission: Permission) -> list[str]:
    """The roles that grant something."""
    return [role for role, granted in GRANTS.items() if permission in granted]


NOTHING_GRANTED = "See only what somebody has given them to answer."


def in_words(granted: Collection[Permission]) -> str:
    """As in "Read the plan and its figures; enter figures of any indicator."."""
    words = [permission.value for permission in Permission if permission in granted]
    if not words:
        return NOTHING_GRANTED
    said = "; ".join(words)
    return f"{said[0].upper()}{said[1:]}."


@dataclass(frozen=True)
class Access:
    """One person in one partnership, with the memberships that are current on a day."""

    user: "User"
    partnership: Partnership
    memberships: Sequence[Membership]
    today: date

    @cached_property
    def permissions(self) -> frozenset[Permission]:
        granted: set[Permission] = set()
        for membership in self.memberships:
            granted |= GRANTS[membership.role]
            if membership.loads_figures:
                granted.add(Permission.ENTER_FIGURES)
            if membership.reads_sensitive:
                granted.add(Permission.READ_SENSITIVE)
            if membership.releases_reports and membership.role == Role.COORDINATOR:
                granted.add(Permission.RELEASE_REPORTS)
        return frozenset(granted)

    def can(self, permission: Permission) -> bool:
        return permission in self.permissions

    def require(self, permission: Permission) -> None:
        """Raise PermissionDenied, the 403 page, where the permission is not granted."""
        if not self.can(permission):
            raise PermissionDenied(f"You may not {permission.value} in {self.partnership}.")

    @property
    def reads_plan(self) -> bool:
        return self.can(Permission.READ_PLAN)

    @property
    def reads_sensitive(self) -> bool:
        """Whether everything of the plan and its figures is open, marked or not."""
        return self.reads_plan and self.can(Permission.READ_SENSITIVE)

    @property
    def runs_rounds(self) -> bool:
        return self.can(Permission.RUN_ROUNDS)

    @property
    def releases_reports(self) -> bool:
        return self.can(Permission.RELEASE_REPORTS)

    @property
    def enters_figures(self) -> bool:
        return self.can(Permission.ENTER_FIGURES)

    @property
    def keeps_plan(self) -> bool:
        return self.can(Permission.KEEP_PLAN)

    @property
    def keeps_people(self) -> bool:
        return self.can(Permission.KEEP_PEOPLE)

    @property
    def changes_settings(self) -> bool:
        return self.can(Permission.CHANGE_SETTINGS)

    @property
    def administers(self) -> bool:
        """Whether anything of the administration's pages is theirs to change."""
        return self.keeps_plan or self.keeps_people or self.changes_settings

    @property
    def brand(self) -> str:
        return self.partnership.brand

    @property
    def membership_ids(self) -> list[int]:
        return [membership.pk for membership in self.memberships]

    @property
    def post(self) -> str:
        """The posts this person holds here, as the header shows them."""
        return one_line(self.memberships)
