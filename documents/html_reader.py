"""Reads any HTML, pasted from Word, mail or a web page, into blocks.

Nothing here trusts its input: what is not known to be text is left out and counted. The tree is
walked with a stack of its own, so depth is no matter; the parser stops at 2,048 levels, and what
is deeper than that is read once more without its formatting.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from lxml import etree  # type: ignore[import-untyped]

from documents import html_marks, word_paste
from documents.blocks import NO_MARKS, Block, Kind, Marks, Run
from documents.characters import has_direction_marks, has_invisible_characters
from documents.left_out import LeftOut

LONGEST_UNDERLINED_HEADING = 150
"""Characters: a longer underlined line is a passage somebody stressed, not a heading."""

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_LISTS = {"ul": False, "menu": False, "dir": False, "ol": True}
_BLOCK_NAMES = (
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset "
    "figcaption figure footer form header hgroup hr html legend li listing main menu nav ol p "
    "plaintext pre search section summary table tbody td tfoot th thead tr ul xmp"
)
_BLOCKS = _HEADINGS.union(_BLOCK_NAMES.split())
_CELLS = frozenset({"td", "th"})
_PREFORMATTED = frozenset({"listing", "plaintext", "pre", "xmp"})
_LEFT_OUT = {
    **dict.fromkeys(("canvas", "image", "img", "picture", "svg"), LeftOut.PICTURE),
    **dict.fromkeys(("applet", "audio", "embed", "iframe", "object", "video"), LeftOut.EMBEDDED),
    **dict.fromkeys(("button", "datalist", "input", "select", "textarea"), LeftOut.FIELD),
    "del": LeftOut.DELETION,
    "script": LeftOut.SCRIPT,
}
_TELLING_TAGS = frozenset({"s", "strike", "sub"})
"""Those that set a text apart in a way that is not kept, even where they say no more."""
_MACHINE_NAMES = "base col link meta noembed noframes noscript param style template title xml"
_SILENTLY_LEFT_OUT = frozenset(_MACHINE_NAMES.split())
_NESTING_TAG = re.compile(
    r"<(?!/?(?:script|style)\b)(?:(/?(?:br|div|h[1-6]|li|p|td|tr)\b)|[/!?a-z])[^<>]*>",
    re.IGNORECASE,
)


class _Piece(NamedTuple):
    run: Run
    underlined: bool = False


_Lines = list[list[_Piece]]


@dataclass
class _Draft:
    """A block while it is being read."""

    kind: Kind
    lines: _Lines
    level: int = 0
    ordered: bool = False

    def finished(self) -> Block:
        lines = tuple(tuple(piece.run for piece in line) for line in self.lines)
        return Block(self.kind, lines, self.level, self.ordered)


@dataclass
class _Item:
    """A list item of the source, and the block it became once it had text."""

    draft: _Draft | None = None


@dataclass(frozen=True)
class _Place:
    """Where in the source a text stands: what it inherits from the elements around it."""

    marks: Marks = NO_MARKS
    underlined: bool = False
    heading: bool = False
    preformatted: bool = False
    lists: tuple[bool, ...] = ()
    item: _Item | None = None
    word_item: word_paste.Item | None = None
    in_marker: bool = False
    table: etree._Element | None = None
    row: etree._Element | None = None
    first_cell: etree._Element | None = None


class HtmlReader:
    """Reads one text; `left_out` then counts what its blocks do not hold."""

    def __init__(self) -> None:
        self.left_out: Counter[LeftOut] = Counter()
        self._drafts: list[_Draft] = []
        self._lines: _Lines = [[]]
        self._marker = ""
        self._comment_anchors = 0
        self._tables: set[etree._Element] = set()

    def read(self, html: str) -> list[Block]:
        """The blocks of the text as they come, for `documents.blocks.canonical` to put right."""
        html = re.sub("[\x00\ud800-\udfff]", "", html)
        html = re.sub(r"</(?:body|html)\s*>", "", html, flags=re.IGNORECASE)  # text may follow it
        root, is_too_deep = _parsed(html)
        if is_too_deep:
            self.left_out[LeftOut.NESTING] += 1
            root, _ = _parsed(_NESTING_TAG.sub(lambda tag: "<p>" if tag[1] else " ", html))
        self._walk(root)
        comments = max(self.left_out[LeftOut.COMMENT], self._comment_anchors)
        self.left_out[LeftOut.COMMENT] = comments
        self.left_out[LeftOut.TABLE] = len(self._tables)
        return [draft.finished() for draft in self._drafts]

    def _walk(self, root: etree._Element) -> None:
        todo: list[tuple[etree._Element, _Place, _Place | None]] = [(root, _Place(), None)]
        while todo:
            element, outer, inner = todo.pop()
            if inner:
                self._leave(element, inner)
            elif inner := self._enter(element, outer):
                self._add_text(element.text, inner)
                todo.append((element, outer, inner))
                todo.extend((child, inner, None) for child in reversed(element))
                continue
            self._add_text(element.tail, outer)

    def _enter(self, element: etree._Element, outer: _Place) -> _Place | None:
        """The place inside an element, or None where it is left out with all it holds."""
        tag = element.tag
        if not isinstance(tag, str) or tag in _SILENTLY_LEFT_OUT:
            return None
        style = html_marks.style_of(element)
        if self._is_left_out(element, style):
            return None
        if tag == "br":
            self._break_line(outer)
        elif tag in _BLOCKS:
            self._end_block(outer)
        place = replace(
            outer,
            marks=html_marks.marks_within(element, style, outer.marks),
            underlined=outer.underlined or html_marks.is_underlined(element, style),
        )
        self._count_formatting(element, style, place)
        return self._with_structure(element, style, place)

    def _is_left_out(self, element: etree._Element, style: dict[str, str]) -> bool:
        if word_paste.is_comment_anchor(element):
            self._comment_anchors += 1
            return True
        kind = _LEFT_OUT.get(element.tag)
        if style.get("mso-element") == "comment":
            kind = LeftOut.COMMENT
        elif style.get("display") == "none" or style.get("mso-hide") == "all":
            kind = LeftOut.HIDDEN
        if kind:
            self.left_out[kind] += 1
        return kind is not None

    def _count_formatting(
        self, element: etree._Element, style: dict[str, str], place: _Place
    ) -> None:
        if not element.attrib and element.tag not in _TELLING_TAGS:
            return
        found = {
            LeftOut.APPEARANCE: html_marks.has_appearance(element, style),
            LeftOut.STRIKE: html_marks.is_struck_through(element, style),
            LeftOut.SUBSCRIPT: element.tag == "sub",
            LeftOut.NUMBERING: element.tag == "ol" and element.get("start", "1") != "1",
            LeftOut.LINK: element.tag == "a" and "href" in element.attrib and not place.marks.href,
        }
        self.left_out.update(kind for kind, is_there in found.items() if is_there)

    def _with_structure(
        self, element: etree._Element, style: dict[str, str], place: _Place
    ) -> _Place:
        tag = element.tag
        if tag in _HEADINGS:
            return replace(place, heading=True)
        if tag in _PREFORMATTED:
            return replace(place, preformatted=True)
        if tag in _LISTS:
            return replace(place, lists=(*place.lists, _LISTS[tag]), item=None)
        if tag == "li":
            return replace(place, lists=place.lists or (False,), item=_Item())
        if tag == "p":
            return replace(place, word_item=word_paste.item_of(element, style))
        if place.word_item and style.get("mso-list") == "ignore":
            return replace(place, in_marker=True)
        if tag == "table":
            return replace(place, table=element)
        if tag == "tr" and place.row is None:
            cells = [child for child in element if child.tag in _CELLS]
            if len(cells) > 1:
                self._tables.add(place.table)
                return replace(place, row=element, first_cell=cells[0])
        if element.getparent() is place.row and tag in _CELLS and element is not place.first_cell:
            self._lines[-1].append(_Piece(Run(" | ")))
        return place

    def _leave(self, element: etree._Element, place: _Place) -> None:
        if element is place.row:
            line = self._lines[-1]
            while line and not line[-1].run.text.strip(" |\xa0\t\r\n"):
                line.pop()
            self._end_block(replace(place, row=None))
        elif element.tag in _BLOCKS:
            self._end_block(place)

    def _add_text(self, text: str | None, place: _Place) -> None:
        if not text:
            return
        if place.in_marker:
            self._marker += text
            return
        self.left_out[LeftOut.DIRECTION] += has_direction_marks(text)
        self.left_out[LeftOut.INVISIBLE] += has_invisible_characters(text)
        for index, line in enumerate(text.split("\n") if place.preformatted else [text]):
            if index:
                self._break_line(place)
            self._lines[-1].append(_Piece(Run(line, place.marks), place.underlined))

    def _break_line(self, place: _Place) -> None:
        if place.row is None:
            self._lines.append([])
        else:
            self._lines[-1].append(_Piece(Run(" ")))

    def _end_block(self, place: _Place) -> None:
        """Make the text since the last block one of its own, of the kind this place has."""
        if place.row is not None:
            self._break_line(place)
            return
        lines, self._lines = self._lines, [[]]
        marker, self._marker = self._marker, ""
        if not any(_has_text(line) for line in lines):
            return
        if place.lists:
            self._add_item(lines, place)
        elif place.heading:
            self._drafts.append(_Draft(Kind.HEADING, lines))
        elif not (place.word_item and self._add_word_item(lines, marker, place.word_item)):
            self._drafts.extend(self._paragraphs(lines))

    def _add_item(self, lines: _Lines, place: _Place) -> None:
        """A new item, or further lines of this one where nothing has come between."""
        self._count_underlining(lines)
        item = place.item or _Item()
        if item.draft and item.draft is self._drafts[-1]:
            item.draft.lines.extend(lines)
            return
        item.draft = _Draft(Kind.ITEM, lines, len(place.lists) - 1, place.lists[-1])
        self._drafts.append(item.draft)

    def _add_word_item(self, lines: _Lines, marker: str, item: word_paste.Item) -> bool:
        found = word_paste.without_marker([piece.run for piece in lines[0]], marker, item)
        if found:
            self._count_underlining(lines)
            ordered, runs = found
            lines[0] = [_Piece(run) for run in runs]
            self._drafts.append(_Draft(Kind.ITEM, lines, item.level, ordered))
        return found is not None

    def _paragraphs(self, lines: _Lines) -> Iterator[_Draft]:
        """One paragraph, cut where a line is underlined from end to end: that is a heading."""
        rest: _Lines = []
        for line in lines:
            if _is_underlined_heading(line):
                self.left_out[LeftOut.HEADING] += 1
                yield _Draft(Kind.PARAGRAPH, rest)
                yield _Draft(Kind.HEADING, [line])
                rest = []
            else:
                rest.append(line)
        self._count_underlining(rest)
        yield _Draft(Kind.PARAGRAPH, rest)

    def _count_underlining(self, lines: _Lines) -> None:
        pieces = (piece for line in lines for piece in line if not piece.run.marks.href)
        self.left_out[LeftOut.UNDERLINE] += any(piece.underlined for piece in pieces)


def _parsed(html: str) -> tuple[etree._Element, bool]:
    """The tree of a text, and whether it was nested too deeply to be all there."""
    parser = etree.HTMLParser(huge_tree=True, encoding="utf-8")
    root = etree.fromstring(f"<div></div>{html}".encode(), parser)
    return root, any("xcessive depth" in error.message for error in parser.error_log)


def _has_text(line: list[_Piece]) -> bool:
    return any(piece.run.text.strip() for piece in line)


def _is_underlined_heading(line: list[_Piece]) -> bool:
    """Whether everything in it is underlined; a link is underlined anyway and does not tell."""
    text = [piece for piece in line if piece.run.text.strip()]
    telling = [piece for piece in text if not piece.run.marks.href]
    length = sum(len(piece.run.text) for piece in text)
    is_underlined = bool(telling) and all(piece.underlined for piece in telling)
    return is_underlined and length <= LONGEST_UNDERLINED_HEADING
