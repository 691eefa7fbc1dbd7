"""What differs between organisations and groups, and what points at them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from actions.models import ActionLead
from partnerships.models import Group, Membership, Organisation
from partnerships.permissions import Access
from partnerships.services import Body, rename_body
from performance.models import Indicator
from priorities.models import GroupHeading, PriorityLead

from .services import merge_groups, merge_organisations, rename_group

NAMES_SHOWN = 10


@dataclass(frozen=True)
class Pointing:
    """One kind of thing that points at an organisation or group."""

    of_one: str
    of_many: str
    names: list[str]

    @property
    def counted(self) -> str:
        """As in "1 person" or "3 people"."""
        what = self.of_one if len(self.names) == 1 else self.of_many
        return f"{len(self.names)} {what}"

    @property
    def first(self) -> list[str]:
        return self.names[:NAMES_SHOWN]

    @property
    def further(self) -> int:
        return len(self.names) - len(self.first)


@dataclass(frozen=True)
class Kind:
    """Organisations, or groups: how they are called and where their pages are."""

    model: type[Body]
    one: str
    many: str
    explained: str
    pointing: Callable[[Body, date | None], list[Pointing]]
    rename: Callable[..., None]
    merge: Callable[..., None]
    of_rename: str = ""
    """What a new name does besides, where it does anything."""

    @property
    def title(self) -> str:
        return self.many.capitalize()

    @property
    def article(self) -> str:
        return f"an {self.one}" if self.one[0] in "aeiou" else f"a {self.one}"

    def list_address(self, slug: str) -> str:
        return reverse(f"administration:{self.many}", args=[slug])

    def address(self, slug: str, body: Body, page: str = "") -> str:
        name = f"administration:{self.one}{'_' if page else ''}{page}"
        return reverse(name, args=[slug, body.pk])


def pointing_at_organisation(body: Body, on: date | None) -> list[Pointing]:
    """Who and what names an organisation: on a day, or with None at any time; four queries."""
    memberships: QuerySet = Membership.objects.filter(organisation=body).select_related("user")
    if on is not None:
        memberships = memberships.current(on)
    indicators = Indicator.objects.filter(source=body)
    return [
        Pointing("person", "people", [f"{each.user}, {each.post}" for each in memberships]),
        *_leading({"organisation": body}, on),
        Pointing("figure from it", "figures from it", [each.name for each in indicators]),
    ]


def _leading(who: dict[str, Body], on: date | None) -> list[Pointing]:
    """What an organisation or a group leads; two queries."""
    of_priorities = PriorityLead.objects.filter(**who).select_related("priority")
    of_actions = ActionLead.objects.filter(**who).select_related("action")
    if on is not None:
        of_priorities, of_actions = of_priorities.current(on), of_actions.current(on)
    return [
        Pointing(
            "lead of a priority",
            "leads of priorities",
            [_led(each, each.priority) for each in of_priorities],
        ),
        Pointing(
            "lead of an action",
            "leads of actions",
            [_led(each, each.action) for each in of_actions],
        ),
    ]


def _led(lead: PriorityLead | ActionLead, led: object) -> str:
    return f"{led} (deputy)" if lead.is_deputy else str(led)


def pointing_at_group(body: Body, on: date | None) -> list[Pointing]:
    """Under which headings a group reports, who reports to it, what it leads; four queries."""
    headings = GroupHeading.objects.filter(groups=body).select_related("priority")
    below = Group.objects.filter(reports_to=body)
    if on is not None:
        headings, below = headings.in_use(), below.current(on)
    return [
        Pointing(
            "heading it reports under",
            "headings it reports under",
            [f"{each.heading}, {each.priority}" for each in headings],
        ),
        Pointing(
            "group that reports to it", "groups that report to it", [each.name for each in below]
        ),
        *_leading({"group": body}, on),
    ]


ORGANISATIONS = Kind(
    Organisation,
    "organisation",
    "organisations",
    "Councils, police, charities and other bodies that people belong to, that lead priorities "
    "and actions, and that figures come from.",
    pointing_at_organisation,
    rename_body,
    merge_organisations,
)
GROUPS = Kind(
    Group,
    "group",
    "groups",
    "Sub-groups, panels and forums that report to the partnership, each under a heading of a "
    "priority; some lead priorities or actions.",
    pointing_at_group,
    rename_group,
    merge_groups,
    of_rename=(
        "A heading of a priority that is made of the names of its groups follows the new name in "
        "every round opened from now on. One with words of its own stays as it is, and so does "
        "the short name: change them on their own pages."
    ),
)


@dataclass(frozen=True)
class Tab:
    """One of the lists: those of today, those that ended, those that were merged."""

    name: str
    label: str
    condition: Q
    count: int = 0


def tabs_of(kind: Kind, access: Access) -> list[Tab]:
    """The three lists of a kind, each with its number of rows; one query."""
    over = Q(ends_on__lt=access.today)
    tabs = [
        Tab("current", "Current", Q(merged_into=None) & ~over),
        Tab("ended", "Ended", Q(merged_into=None) & over),
        Tab("merged", "Merged", Q(merged_into__isnull=False)),
    ]
    counts = (
        kind.model.objects.visible_to(access)
        .order_by()
        .aggregate(**{tab.name: Count("pk", filter=tab.condition) for tab in tabs})
    )
    return [Tab(tab.name, tab.label, tab.condition, counts[tab.name]) for tab in tabs]


def rest(things: Iterable[Pointing]) -> list[Pointing]:
    """Those of which there is something."""
    return [each for each in things if each.names]
