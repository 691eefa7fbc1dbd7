"""Who of the example can sign in, for the table that the command prints."""

from dataclasses import dataclass
from datetime import date

from accounts.models import User
from partnerships.models import Membership

from .files import read


@dataclass(frozen=True)
class ExamplePerson:
    """One row of the table: somebody in a partnership, or the site administrator in none."""

    partnership: str
    email: str
    role: str
    post: str


def example_people(folders: tuple[str, ...], today: date) -> list[ExamplePerson]:
    """The example people who may still sign in, partnership by partnership."""
    rows = [row for folder in folders for row in _members(read(folder, "partnership"), today)]
    emails = read("people")["site_administrators"]
    found = User.objects.filter(email__in=emails, is_active=True, is_superuser=True)
    for user in sorted(found, key=lambda user: emails.index(user.email)):
        rows.append(
            ExamplePerson(
                "All partnerships",
                user.email,
                "Site administrator",
                "Opens /admin/ and /partnerships/",
            )
        )
    return rows


def _members(facts: dict, today: date) -> list[ExamplePerson]:
    emails = [of_membership["email"] for of_membership in facts["memberships"]]
    memberships = (
        Membership.objects.filter(
            partnership__slug=facts["partnership"]["slug"],
            user__email__in=emails,
            user__is_active=True,
        )
        .current(today)
        .select_related("partnership", "user", "organisation")
        .prefetch_related("leads__priority")
    )
    rows = [
        ExamplePerson(str(each.partnership), each.user.email, _role(each), str(each))
        for each in memberships
    ]
    return sorted(rows, key=lambda row: emails.index(row.email))


def _role(membership: Membership) -> str:
    """ "Member, lead of priority 2", "Member, may enter figures"."""
    figures = ["may enter figures"] if membership.loads_figures else []
    leads = [
        f"{'deputy' if lead.is_deputy else 'lead'} of {lead.priority.label.lower()}"
        for lead in membership.leads.all()
    ]
    return ", ".join([membership.get_role_display(), *leads, *figures])
