"""How an HTML element sets its text apart: bold, italic, raised, underlined, linked."""

from lxml import etree  # type: ignore[import-untyped]

from documents.blocks import Marks
from documents.links import safe_address

_APPEARANCE = ("background", "color", "font-family", "font-size")
_APPEARANCE_ATTRIBUTES = ("bgcolor", "color", "face", "size")
_BOLD_FROM = 600
"""The font weight from which browsers show bold."""


def style_of(element: etree._Element) -> dict[str, str]:
    """The element's own style attribute as names and values, in lower case."""
    written = element.get("style")
    if not written:
        return {}
    pairs = (declaration.partition(":") for declaration in written.lower().split(";"))
    return {name.strip(): value.strip() for name, _, value in pairs if value.strip()}


def marks_within(element: etree._Element, style: dict[str, str], outer: Marks) -> Marks:
    """The marks of the text inside the element; a refused address makes no link."""
    marks = outer
    if (strong := _is_bold(element.tag, style.get("font-weight", ""))) is not None:
        marks = marks._replace(strong=strong)
    if style.get("font-style") == "normal":
        marks = marks._replace(em=False)
    elif element.tag in {"i", "em"} or style.get("font-style") in {"italic", "oblique"}:
        marks = marks._replace(em=True)
    if element.tag == "sup" or style.get("vertical-align") == "super":
        marks = marks._replace(sup=True)
    if element.tag == "a" and element.get("href") is not None:
        marks = marks._replace(href=safe_address(element.get("href")) or "")
    return marks


def _is_bold(tag: str, weight: str) -> bool | None:
    """Bold, expressly not bold, or nothing said; a style outweighs the tag."""
    if weight.isdecimal():
        return int(weight) >= _BOLD_FROM
    if weight in {"bold", "bolder"}:
        return True
    if weight in {"normal", "lighter"}:
        return False
    return True if tag in {"b", "strong"} else None


def is_underlined(element: etree._Element, style: dict[str, str]) -> bool:
    """Whether the element underlines its text."""
    return element.tag == "u" or "underline" in _decoration(style)


def is_struck_through(element: etree._Element, style: dict[str, str]) -> bool:
    """Whether the element strikes its text through."""
    return element.tag in {"s", "strike"} or "line-through" in _decoration(style)


def has_appearance(element: etree._Element, style: dict[str, str]) -> bool:
    """Whether the element gives its text a colour, a font or a size of its own."""
    if any(name == "font" or name.startswith(_APPEARANCE) for name in style):
        return True
    return element.tag == "font" and any(element.get(name) for name in _APPEARANCE_ATTRIBUTES)


def _decoration(style: dict[str, str]) -> str:
    return style.get("text-decoration", "") + style.get("text-decoration-line", "")
