"""The portal's marks: rating, state and change, each a shape and a word, then a colour.

Colour never carries the meaning alone, so that everything reads in black and white.
"""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


def _shape(drawing: str) -> SafeString:
    return mark_safe(  # noqa: S308 - constants of this file
        f'<svg viewBox="0 0 14 14" aria-hidden="true" focusable="false">{drawing}</svg>'
    )


_TICK = _shape(
    '<path d="M1.5 7.5 5.5 11.5 12.5 2.5" fill="none" stroke="currentColor" stroke-width="2.2"/>'
)
_BOX = _shape(
    '<rect x="1.5" y="1.5" width="11" height="11" rx="1" fill="none" stroke="currentColor" '
    'stroke-width="1.6"/>'
)
_RAG = {
    "green": ("green", _shape('<circle cx="7" cy="7" r="6.2" fill="currentColor"/>')),
    "amber": ("amber", _shape('<path d="M7 1 13.5 13H.5Z" fill="currentColor"/>')),
    "red": ("red", _shape('<rect x="1" y="1" width="12" height="12" fill="currentColor"/>')),
    "not_rated": (
        "grey",
        _shape(
            '<circle cx="7" cy="7" r="5.3" fill="none" stroke="currentColor" stroke-width="1.8"/>'
        ),
    ),
}
_STATE = {
    "todo": _BOX,
    "draft": _shape(
        '<path d="M2 12l.8-3.4L9.6 1.8l2.6 2.6-6.8 6.8Z" fill="none" stroke="currentColor" '
        'stroke-width="1.6" stroke-linejoin="round"/>'
    ),
    "done": _TICK,
    "submitted": _shape(
        '<path d="M1 7h9M6.5 2.5 11.5 7l-5 4.5" fill="none" stroke="currentColor" '
        'stroke-width="2"/>'
    ),
    "partly": _shape(
        '<rect x="1.5" y="1.5" width="11" height="11" rx="1" fill="none" stroke="currentColor" '
        'stroke-width="1.6"/><path d="M1.5 1.5H7v11H1.5Z" fill="currentColor"/>'
    ),
    "returned": _shape(
        '<path d="M5.5 1.5 1.5 5.5l4 4M2 5.5h6a4 4 0 0 1 0 8H6" fill="none" '
        'stroke="currentColor" stroke-width="2"/>'
    ),
    "accepted": _TICK,
}
_ARROW = {
    "down": _shape('<path d="M7 13 1 6h4V1h4v5h4Z" fill="currentColor"/>'),
    "up": _shape('<path d="M7 1 13 8H9v5H5V8H1Z" fill="currentColor"/>'),
    "level": _shape('<path d="M1 4h12v2H1zM1 8h12v2H1z" fill="currentColor"/>'),
}


@register.simple_tag
def rag(code: str, label: str) -> SafeString | str:
    """A rating: green, amber, red or not_rated, with the word beside the shape."""
    if code not in _RAG:
        return ""
    colour, shape = _RAG[code]
    return format_html('<span class="rag rag--{}">{}{}</span>', colour, shape, label)


@register.simple_tag
def state(code: str, label: str) -> SafeString:
    """Where a section or an update stands, by the code of its shape."""
    return format_html('<span class="state state--{}">{}{}</span>', code, _STATE[code], label)


@register.simple_tag
def state_icon(code: str) -> SafeString:
    """The shape of a state alone, for a tile that has its own words."""
    return _STATE[code]


@register.simple_tag
def change(printed: str, direction: str, judgement: str, word: str) -> SafeString:
    """A change between two years: the figures, an arrow for direction, a word for judgement."""
    colour = judgement if judgement in ("better", "worse") else "none"
    return format_html(
        '<span class="change change--{}"><span class="num nowrap">{}</span> '
        '<span class="change__word">{}{}</span></span>',
        colour,
        printed,
        _ARROW[direction],
        word,
    )
