"""A partnership made, and changes of what it has: its organisations and groups.

Each function is one transaction. What it refuses it refuses with a `Refused`, whose text is fit
for the person who asked.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from simple_history.utils import bulk_create_with_history

from accounts.models import User

from .markers import marker_of_fields
from .models import Group, Organisation, Partnership, Role
from .people import Added, Post, invite
from .refusals import ChangedSince, Refused

Body = Organisation | Group


@transaction.atomic
def make_partnership(
    *, partnership: Partnership, email: str, full_name: str, post: str, by: User, now: datetime
) -> Added:
    """Make a partnership with its first administrator, invited if they cannot sign in yet."""
    partnership.save()
    return invite_administrator(
        partnership=partnership, email=email, full_name=full_name, post=post, by=by, now=now
    )


def invite_administrator(
    *, partnership: Partnership, email: str, full_name: str, post: str, by: User, now: datetime
) -> Added:
    """Give a partnership an administrator, while it has none who could invite another."""
    return invite(
        partnership=partnership,
        email=email,
        full_name=full_name,
        post=Post(post=post, organisation=None, role=Role.ADMINISTRATOR),
        by=by,
        now=now,
    )


@transaction.atomic
def add_organisations(
    *, partnership: Partnership, organisations: Iterable[tuple[str, str]], by: User
) -> None:
    """Add several, each by its name and its national code if it has one; all or none."""
    Partnership.objects.select_for_update().get(pk=partnership.pk)
    rows = [
        Organisation(partnership=partnership, name=name, national_code=code)
        for name, code in organisations
    ]
    here = {name.casefold() for name in partnership.organisations.values_list("name", flat=True)}
    for row in rows:
        if row.name.casefold() in here:
            raise Refused(f"{row.name} is here already.")
        here.add(row.name.casefold())
    bulk_create_with_history(rows, Organisation, default_user=by)


def marker_of_body(body: Body) -> str:
    """Tells an organisation or group as it stands from any other, for the conflict check."""
    return marker_of_fields(body, sorted(field.attname for field in body._meta.concrete_fields))


@transaction.atomic
def change_body(*, body: Body, marker: str, values: Mapping[str, Any]) -> None:
    """Set fields of an organisation or group; a new name is given by `rename_body`."""
    body = _locked(body, marker)
    for name, value in values.items():
        setattr(body, name, value)
    if isinstance(body, Group):
        refuse_circle(body, body.reports_to)
    body.save()


@transaction.atomic
def rename_body(*, body: Body, marker: str, name: str, used_until: date | None) -> None:
    """Give a new name, and keep the old one until its last day; without one it was a mistake."""
    body = _locked(body, marker)
    earlier = body.name
    body.name = name
    body.save()
    if used_until is not None and name != earlier:
        body.aliases.create(partnership_id=body.partnership_id, name=earlier, used_until=used_until)


@transaction.atomic
def end_body(*, body: Body, marker: str, ends_on: date | None) -> None:
    """Set the last day of an organisation or group, or take it away: it has not ended after all."""
    body = _locked(body, marker)
    if body.merged_into_id is not None:
        raise Refused(f"{body} was merged into {body.merged_into} and stays ended.")
    if ends_on and body.starts_on and ends_on < body.starts_on:
        raise Refused(f"{body} cannot end before it began.")
    body.ends_on = ends_on
    body.save()


def refuse_circle(group: Group, reports_to: Group | None) -> None:
    """Refuse that a group reports to itself, or to one that reports to it, however far up."""
    if reports_to is None or group.pk is None:
        return
    if group.pk == reports_to.pk:
        raise Refused("A group cannot report to itself.")
    above = ancestors_of(reports_to)
    if group.pk in above:
        raise Refused(
            f"{reports_to} reports to {group}, at once or through others: "
            "it cannot be the other way round as well."
        )


def ancestors_of(group: Group) -> list[int]:
    """The groups above a group, the nearest first; one query however many there are."""
    groups = Group.objects.filter(partnership_id=group.partnership_id)
    parents = dict(groups.values_list("pk", "reports_to"))
    found: list[int] = []
    above = parents.get(group.pk)
    while above is not None and above not in found:
        found.append(above)
        above = parents.get(above)
    return found


def _locked(body: Body, marker: str) -> Body:
    """The row as it stands now, held until the transaction ends, if it is as it was when opened."""
    found = type(body).objects.select_for_update(of=("self",)).get(pk=body.pk)
    if marker_of_body(found) != marker:
        raise ChangedSince(found)
    return found
