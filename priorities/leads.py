"""Who is linked to a priority as its lead, and what to call the lead where the plan names none."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q

from partnerships.models import Membership

from .models import Priority, PriorityLead

# Beside somebody who cannot sign in yet.
NOT_YET = "who has not accepted the invitation yet"

LONGEST = Priority._meta.get_field("lead_text").max_length


@dataclass
class Linked:
    """The people and organisations linked to one priority on a day, leads before deputies."""

    links: list[PriorityLead] = field(default_factory=list)

    @property
    def people(self) -> list[str]:
        """The posts of those who can answer, and of those who can once they accept."""
        return [
            str(link) if link.membership.user.is_active else f"{link}, {NOT_YET}"
            for link in self.links
            if link.membership is not None
        ]

    @property
    def names(self) -> list[str]:
        """The leads; where only deputies are linked, those."""
        return [str(link) for link in self.links if not link.is_deputy] or [
            str(link) for link in self.links
        ]

    @property
    def in_words(self) -> str:
        """As in "Chief Inspector, Kent Police; Housing Trust"; as many as a lead's text takes."""
        said = ""
        for name in self.names:
            longer = f"{said}; {name}" if said else name
            if len(longer) > LONGEST:
                return said or name[:LONGEST]
            said = longer
        return said


def linked_to(priorities: Iterable[int], today: date) -> defaultdict[int, Linked]:
    """Who is linked to each of these priorities on a day; one query.

    A person whose membership has ended leads nothing any more.
    """
    here = Q(membership__isnull=True) | Q(membership__in=Membership.objects.current(today))
    links = (
        PriorityLead.objects.filter(here, priority__in=priorities)
        .current(today)
        .select_related("membership__organisation", "membership__user", "organisation")
    )
    found = defaultdict(Linked)
    for link in links:
        found[link.priority_id].links.append(link)
    return found
