"""The example's partnerships, and the posts in them: no person who exists."""

from functools import cache

from django.contrib.auth.hashers import make_password

from accounts.models import User
from partnerships.models import (
    Group,
    Membership,
    Organisation,
    OrganisationAlias,
    Partnership,
)

from .files import moment, read, saved
from .past import happened


def make_partnership(facts: dict, *, made_at: str) -> Partnership:
    """A partnership with its organisations, groups and people."""
    maker = _person(facts["memberships"][0]["email"])
    partnership = saved(Partnership(**facts["partnership"]))
    partnership.history.update(history_date=moment(made_at), history_user=maker)
    with happened(partnership, moment(made_at), maker):
        for of_organisation in facts["organisations"]:
            _make_organisation(partnership, **of_organisation)
        for of_group in facts["groups"]:
            saved(Group(partnership=partnership, **of_group))
        for of_membership in facts["memberships"]:
            _make_membership(partnership, **of_membership)
    return partnership


def make_site_administrators() -> None:
    """Two, so that what takes two people can be tried."""
    for email in read("people")["site_administrators"]:
        if not User.objects.filter(email=email).exists():
            saved(User(email=email, password=_hashed(), is_staff=True, is_superuser=True))


def _make_organisation(partnership: Partnership, *, earlier_names=(), **fields) -> None:
    organisation = saved(Organisation(partnership=partnership, **fields))
    for name in earlier_names:
        saved(OrganisationAlias(partnership=partnership, organisation=organisation, name=name))


def _make_membership(
    partnership: Partnership, *, email: str, organisation: str = "", **fields
) -> None:
    saved(
        Membership(
            partnership=partnership,
            user=_person(email),
            organisation=partnership.organisations.filter(name=organisation).first(),
            **fields,
        )
    )


def _person(email: str) -> User:
    """The person of this address; whoever is here already keeps their password."""
    found = User.objects.filter(email=email).first()
    return found or saved(User(email=email, password=_hashed()))


@cache
def _hashed() -> str:
    """The one password of all example people; hashing is slow, and once is enough."""
    return make_password(read("people")["password"])
