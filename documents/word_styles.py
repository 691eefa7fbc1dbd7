"""What the styles and lists of a Word file make of its paragraphs and words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from docx.parts.document import DocumentPart
from lxml import etree  # type: ignore[import-untyped]

_OFF = {"0", "false", "off", "none"}
_HEADING = re.compile(r"(heading|table text heading|title|subtitle)\b", re.IGNORECASE)
_PLACES = {"superscript": "sup", "subscript": "sub"}
_MOST_BASES = 12
"""So far a chain of styles is followed; a broken file may have one that never ends."""
_LEVELS = frozenset("012345678")


@dataclass(frozen=True)
class Look:
    """How a run of words is set apart."""

    bold: bool = False
    italic: bool = False
    underlined: bool = False
    struck: bool = False
    place: str = ""
    """The element of HTML for raised and lowered letters, or nothing."""
    is_hidden: bool = False

    def around(self, words: str) -> str:
        """The words as HTML."""
        tags = {"strong": self.bold, "em": self.italic, "u": self.underlined, "s": self.struck}
        for tag in [*(tag for tag, is_so in tags.items() if is_so), self.place]:
            words = f"<{tag}>{words}</{tag}>" if tag else words
        return words


class Styles:
    """The styles and the numbering of one file."""

    def __init__(self, part: DocumentPart) -> None:
        styles = _related(part, RELATIONSHIP_TYPE.STYLES)
        found = styles.iterchildren(qn("w:style")) if styles is not None else ()
        self._styles = {each.get(qn("w:styleId")): each for each in found}
        self._formats = _formats(_related(part, RELATIONSHIP_TYPE.NUMBERING))
        self._headings: dict[str, bool] = {}

    def as_block(self, paragraph: etree._Element, words: str) -> str:
        """A paragraph with these words as HTML: an item of a list, a heading or neither."""
        look = paragraph.find(qn("w:pPr"))
        style = _value(look, "pStyle")
        list_number, level = self._place_in_list(look, style)
        if list_number:
            formats = self._formats.get(list_number, {})
            tag = "ol" if formats.get(level, "bullet") not in ("bullet", "none") else "ul"
            return f"{'<ul>' * level}<{tag}><li>{words}</li></{tag}>{'</ul>' * level}"
        tag = "h4" if self._is_heading(look, style) else "p"
        return f"<{tag}>{words}</{tag}>"

    def look_of(self, run: etree._Element) -> Look:
        """Its own look; what it does not say, its style says."""
        own = run.find(qn("w:rPr"))
        style = _value(own, "rStyle")
        looks = [own, *(each.find(qn("w:rPr")) for each in self._chain(style))]
        place = next(filter(None, (_value(look, "vertAlign") for look in looks)), "")
        return Look(
            bold=_says(looks, "b"),
            italic=_says(looks, "i"),
            # A link is underlined by its style, which says nothing of the words.
            underlined=_says(looks[:1], "u"),
            struck=_says(looks, "strike") or _says(looks, "dstrike"),
            place=_PLACES.get(place, ""),
            is_hidden=_says(looks, "vanish"),
        )

    def _chain(self, style: str) -> Iterator[etree._Element]:
        """The style and those it is based on, the nearest first."""
        for _ in range(_MOST_BASES):
            found = self._styles.get(style)
            if found is None:
                return
            yield found
            style = _value(found, "basedOn")

    def _place_in_list(self, look: etree._Element | None, style: str) -> tuple[str, int]:
        """The number of its list, or nothing, and its level from 0."""
        chain = [each.find(qn("w:pPr")) for each in self._chain(style)]
        for each in [look, *chain]:
            numbered = each.find(qn("w:numPr")) if each is not None else None
            if numbered is not None:
                number, level = _value(numbered, "numId"), _value(numbered, "ilvl")
                is_in_list = number not in ("", "0")
                return number if is_in_list else "", int(level) if level in _LEVELS else 0
        return "", 0

    def _is_heading(self, look: etree._Element | None, style: str) -> bool:
        if style not in self._headings:
            names = (_value(each, "name") for each in self._chain(style))
            self._headings[style] = any(_HEADING.match(name) for name in names)
        return self._headings[style] or bool(_value(look, "outlineLvl"))


def _related(part: DocumentPart, kind: str) -> etree._Element | None:
    for relationship in part.rels.values():
        if relationship.reltype == kind and not relationship.is_external:
            return getattr(relationship.target_part, "element", None)
    return None


def _formats(numbering: etree._Element | None) -> dict[str, dict[int, str]]:
    """By the number of a list, what its items are counted with on each level."""
    if numbering is None:
        return {}
    kinds = {
        kind.get(qn("w:abstractNumId")): _levels(kind)
        for kind in numbering.iterchildren(qn("w:abstractNum"))
    }
    return {
        str(each.get(qn("w:numId"))): kinds.get(_value(each, "abstractNumId"), {})
        | {
            level: said
            for instead in each.iterchildren(qn("w:lvlOverride"))
            for level, said in _levels(instead).items()
        }
        for each in numbering.iterchildren(qn("w:num"))
    }


def _levels(kind: etree._Element) -> dict[int, str]:
    return {
        int(level.get(qn("w:ilvl"))): _value(level, "numFmt")
        for level in kind.iterchildren(qn("w:lvl"))
        if (level.get(qn("w:ilvl")) or "").isdecimal()
    }


def _value(look: etree._Element | None, name: str) -> str:
    """What one of its properties says, or nothing."""
    found = look.find(qn(f"w:{name}")) if look is not None else None
    return (found.get(qn("w:val")) or "") if found is not None else ""


def _says(looks: list[etree._Element | None], name: str) -> bool:
    """Whether the nearest that says anything of it says that it is so."""
    for look in looks:
        found = look.find(qn(f"w:{name}")) if look is not None else None
        if found is not None:
            return (found.get(qn("w:val")) or "").lower() not in _OFF
    return False
