"""The priorities of a report on a page, put into HTML once until something in them changes."""

from dataclasses import dataclass
from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.urls import get_script_prefix
from django.utils.safestring import SafeString

from partnerships.permissions import Access
from reports.priority import PrioritySection

KEPT = 1024
"""Priorities that each process keeps, those last looked at: of some 10 KB each."""

register = template.Library()


@dataclass(frozen=True)
class _Reader:
    """What decides which links stand in a priority; more is not known of its reader there."""

    prefix: str
    slug: str
    reads_plan: bool
    reads_sensitive: bool

    @classmethod
    def of(cls, access: Access) -> "_Reader":
        slug = access.partnership.slug
        return cls(get_script_prefix(), slug, access.reads_plan, access.reads_sensitive)

    @property
    def partnership(self) -> dict[str, str]:
        return {"slug": self.slug}


@register.simple_tag(takes_context=True)
def printed(context: template.Context, priority: PrioritySection) -> SafeString:
    """The priority as it prints, with links for whoever reads it in the portal."""
    access = context.get("access")
    return _printed(priority, access and _Reader.of(access))


@lru_cache(maxsize=KEPT)
def _printed(priority: PrioritySection, reader: _Reader | None) -> SafeString:
    """A priority is all that it prints: of two that are the same, so is the HTML."""
    found = {"priority": priority, "access": reader}
    return render_to_string("reports/_priority.html", found)
