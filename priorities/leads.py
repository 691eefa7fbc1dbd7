"""Who is linked to a priority as its lead, and what to call the lead where the plan names none."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from .models import Priority, PriorityLead

# Beside somebody who cannot sign in yet.
NOT_YET = "who has not accepted the invitation yet"

LONGEST = Priority._meta.get_field("lead_text").max_length


@dataclass
class Linked:
    """Who is linked to one priority on a day: people, organisations, groups; leads first."""

    links: list[PriorityLead] = field(default_factory=list)

    @property
    def people(self) -> list[str]:
        """The posts of those who can answer, and of those who can once they accept."""
        return [self.post_of(link) for link in self.links if link.membership is not None]

    @staticmethod
    def post_of(link: PriorityLead) -> str:
        """Of a person who is linked."""
        return str(link) if link.membership.user.is_active else f"{link}, {NOT_YET}"

    @property
    def names(self) -> list[str]:
        """The leads; where only deputies are linked, those."""
        return [str(link) for link in self.links if not link.is_deputy] or [
            str(link) for link in self.links
        ]

    @property
    def organisations(self) -> list[str]:
        """Those of the leads, or groups that lead; where only deputies are linked, theirs."""
        links = [link for link in self.links if not link.is_deputy] or self.links
        bodies = (
            link.membership.organisation if link.membership else link.organisation or link.group
            for link in links
        )
        return list(dict.fromkeys(str(body) for body in bodies if body is not None))

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
    """Who is linked to each of these priorities on a day; one query."""
    links = PriorityLead.objects.filter(priority__in=priorities).leading_on(today).with_names()
    links = links.select_related("membership__user")
    found = defaultdict(Linked)
    for link in links:
        found[link.priority_id].links.append(link)
    return found
