"""What stands under a priority beside its words: leads, group headings, figures.

Four queries, however many there are; the templates run none.
"""

from dataclasses import dataclass
from datetime import date

from partnerships.days import long_day
from performance.models import Indicator, PriorityIndicator
from priorities.models import GroupHeading, Priority


@dataclass(frozen=True)
class LinkedLead:
    """One who is linked as a lead or deputy, and whether it is so today."""

    lead: object
    today: date

    @property
    def is_over(self) -> bool:
        return self.lead.ends_on is not None and self.lead.ends_on < self.today

    @property
    def is_to_come(self) -> bool:
        return self.lead.starts_on is not None and self.lead.starts_on > self.today

    @property
    def has_left(self) -> bool:
        """Whether the person's post in the partnership has ended, though the link has not."""
        post = self.lead.membership
        return bool(post and post.ends_on and post.ends_on < self.today) and not self.is_over

    @property
    def is_now(self) -> bool:
        return not (self.is_over or self.is_to_come or self.has_left)

    @property
    def led_as(self) -> str:
        return "Deputy" if self.lead.is_deputy else "Lead"

    @property
    def in_words(self) -> str:
        """Who, and from when until when: "Housing Trust (deputy), until 31 March 2024"."""
        lead, said = self.lead, str(self.lead)
        if lead.starts_on:
            said += f", from {long_day(lead.starts_on, self.today)}"
        return f"{said}, until {long_day(lead.ends_on, self.today)}" if lead.ends_on else said


@dataclass(frozen=True)
class LinkedLeads:
    """Who is linked to a priority or an action, those of today first; one query."""

    links: list[LinkedLead]

    @classmethod
    def of(cls, owner, today: date) -> "LinkedLeads":
        found = owner.leads.with_names().order_by("is_deputy", "pk")
        links = [LinkedLead(lead, today) for lead in found]
        return cls(sorted(links, key=lambda link: link.is_over))

    @property
    def asks_somebody(self) -> bool:
        """Whether a person is linked today; otherwise the coordinator is asked instead."""
        return any(link.is_now and link.lead.membership_id for link in self.links)


@dataclass(frozen=True)
class PriorityPage:
    leads: LinkedLeads
    headings: list[GroupHeading]
    figures: list[PriorityIndicator]
    has_more_figures: bool

    @classmethod
    def of(cls, priority: Priority, access) -> "PriorityPage":
        figures = list(priority.priority_indicators.select_related("indicator"))
        others = Indicator.objects.visible_to(access)
        return cls(
            LinkedLeads.of(priority, access.today),
            list(priority.group_headings.in_use().prefetch_related("groups")),
            figures,
            others.exclude(priority_indicators__priority=priority).exists(),
        )
