"""Canonical text in templates, looked at once more before it goes out."""

import nh3
from django import template
from django.utils.safestring import SafeString, mark_safe

from documents.links import SCHEMES, safe_address
from documents.nodes import TAGS
from documents.seen_through import SeenThrough

register = template.Library()

# `ins` is ours: it marks words that one of two versions has alone (documents/compare.py).
_TAGS = set(TAGS) | {"ins"}
_CLEAN = SeenThrough()


def _safe(tag: str, attribute: str, value: str) -> str | None:
    """The address of a link where it may stand in one: nh3 alone would let `//host` pass."""
    return value if attribute != "href" or safe_address(value) == value else None


@register.filter
def richtext(html: str) -> SafeString:
    """The text as it prints; whatever the canonical text does not hold is taken out again."""
    if html in _CLEAN:
        return mark_safe(html)  # noqa: S308 - nh3 has let these very characters through
    cleaned = nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href"}},
        attribute_filter=_safe,
        url_schemes=set(SCHEMES),
        link_rel="noopener noreferrer",
    )
    if cleaned == html:
        _CLEAN.add(html)
    return mark_safe(cleaned)  # noqa: S308 - nh3 has just cleaned it
