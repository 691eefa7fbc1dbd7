"""What people, organisations and the like were called on the day of a change."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Model, Q
from django.utils import timezone

from .models import Membership, Organisation, Role
from .permissions import Access
from .posts import one_line

NO_PERSON = "The portal itself"
NO_MEMBERSHIP = "Site administrator"


class Names:
    """What people, organisations and the like were called on the day of a change.

    Everything that will be asked for is told first, then read in one query for each model.
    """

    def __init__(self, access: Access, *, as_now: Iterable[type[Model]] = ()) -> None:
        self._access = access
        self._as_now = frozenset(as_now)
        self._wanted: dict[type[Model], set[int]] = defaultdict(set)
        self._people: set[int] = set()
        self._found: dict[tuple[type[Model], int], list[Any]] = defaultdict(list)
        self._of_person: dict[int, dict[int, list[Any]]] = defaultdict(lambda: defaultdict(list))

    def want(self, model: type[Model], pk: int | None) -> None:
        if pk is not None:
            self._wanted[model].add(pk)

    def want_person(self, pk: int | None) -> None:
        if pk is not None:
            self._people.add(pk)

    def read(self) -> None:
        """Read all that was asked for; organisations last, for memberships name them too."""
        members = self._wanted.pop(Membership, set())
        if members or self._people:
            self._read_memberships(members)
        for model, pks in self._wanted.items():
            self._read(model, pks)

    def name(self, model: type[Model], pk: int | None, at: datetime) -> str:
        """Its name at that moment, or the earliest that is known; "" for nothing."""
        if pk is None:
            return ""
        row = _as_of(self._found[model, pk], at)
        if row is None:
            return f"a {model._meta.verbose_name} that is no longer here"
        if model is Membership:
            return self._name_of_membership(row, at)
        return str(row.instance if hasattr(row, "instance_type") else row)

    def who(self, pk: int | None, at: datetime) -> str:
        """The posts that a person held in the partnership at that moment."""
        if pk is None:
            return NO_PERSON
        day = timezone.localdate(at)
        held = [_as_of(rows, at) for rows in self._of_person[pk].values()]
        posts = [
            self._post(row, at)
            for row in held
            if row is not None and row.history_type != "-" and _is_current(row, day)
        ]
        return one_line(posts) or NO_MEMBERSHIP

    def _read_memberships(self, pks: set[int]) -> None:
        rows = Membership.history.filter(
            Q(id__in=pks) | Q(user__in=self._people), partnership=self._access.partnership
        )
        for row in rows.select_related("user").order_by("history_date", "history_id"):
            self._found[Membership, row.id].append(row)
            self._of_person[row.user_id][row.id].append(row)
            self.want(Organisation, row.organisation_id)

    def _read(self, model: type[Model], pks: set[int]) -> None:
        if model in self._as_now:
            for row in model._default_manager.filter(pk__in=pks):
                self._found[model, row.pk].append(row)
            return
        history: Any = model.history  # type: ignore[attr-defined]
        for row in history.filter(id__in=pks).order_by("history_date", "history_id"):
            self._found[model, row.id].append(row)

    def _post(self, row: Any, at: datetime) -> str:
        """As in "Coordinator (Community Safety Officer, Borough Council)"; the role once."""
        post = self._with_organisation(row, at)
        if row.role not in (Role.COORDINATOR, Role.ADMINISTRATOR):
            return post
        role = Role(row.role).label
        return post if role.lower() in row.post.lower() else f"{role} ({post})"

    def _name_of_membership(self, row: Any, at: datetime) -> str:
        post = self._with_organisation(row, at)
        return f"{row.user.full_name} ({post})" if row.user.full_name else post

    def _with_organisation(self, row: Any, at: datetime) -> str:
        organisation = self.name(Organisation, row.organisation_id, at)
        return f"{row.post}, {organisation}" if organisation else str(row.post)


def _as_of(rows: Sequence[Any], at: datetime) -> Any | None:
    """The last of these rows written by a moment; where all are later, the first."""
    if not rows:
        return None
    if not hasattr(rows[0], "history_date"):
        return rows[-1]
    stood = [row for row in rows if row.history_date <= at]
    return stood[-1] if stood else rows[0]


def _is_current(row: Any, day: date) -> bool:
    return (row.starts_on is None or row.starts_on <= day) and (
        row.ends_on is None or row.ends_on >= day
    )
