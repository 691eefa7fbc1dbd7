"""Reads a Word file that somebody has written in: its paragraphs and tables, cell by cell.

What stands in a cell becomes HTML and goes the way of every pasted text (documents/richtext.py),
so that its bold, its lists and its links are kept as there. Nobody has accepted or refused what
was written with tracked changes: what was put in is read, what was taken out is not, and both are
told. Call documents.guard.check_word first.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from io import BytesIO
from zipfile import ZipFile

from docx import Document
from docx.document import Document as Opened
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from docx.parts.document import DocumentPart
from lxml import etree  # type: ignore[import-untyped]

from documents.characters import in_lines, one_line
from documents.guard import DAMAGED, Unsafe
from documents.left_out import LeftOut, in_words
from documents.richtext import clean
from documents.word_styles import Styles

MOST_PARAGRAPHS = 20_000
"""A form of twenty sections has 500."""


def _w(*names: str) -> frozenset[str]:
    return frozenset(qn(f"w:{name}") for name in names)


@dataclass(frozen=True)
class Tracked:
    """What tracked changes put in and took out, in words."""

    put_in: tuple[str, ...] = ()
    taken_out: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.put_in or self.taken_out)


@dataclass(frozen=True)
class Cell:
    """What stands in one cell, or in one paragraph outside of every table."""

    raw: str
    """As HTML that nobody has cleaned yet."""
    plain: str
    """The words alone, a line for each paragraph and line break."""
    tracked: Tracked = Tracked()
    not_read: tuple[str, ...] = ()
    """Phrases for what no text of the portal can hold, such as "1 picture"."""

    @cached_property
    def html(self) -> str:
        """The canonical text."""
        return clean(self.raw).html

    @cached_property
    def left_out(self) -> tuple[str, ...]:
        return self.not_read + clean(self.raw).dropped

    @cached_property
    def words(self) -> str:
        """On one line."""
        return one_line(self.plain)


@dataclass(frozen=True)
class Row:
    """One row of a table; one that tracked changes took out holds no cells."""

    cells: tuple[Cell, ...]
    taken_out: str = ""
    """The words of a row that was taken out as a whole."""


@dataclass(frozen=True)
class Table:
    """A table of the body, from left to right and top to bottom."""

    rows: tuple[Row, ...]

    @property
    def words(self) -> str:
        return " ".join(cell.words for row in self.rows for cell in row.cells if cell.words)


@dataclass(frozen=True)
class WordFile:
    """What a person sees in the file, and the names that it carries."""

    blocks: tuple[Cell | Table, ...]
    identifier: str
    """A core property, of which no program shows anything."""
    footers: tuple[str, ...]


def read_word(content: bytes) -> WordFile:
    """Read a file that was found to be safe; Unsafe where it cannot be opened all the same."""
    try:
        document = Document(BytesIO(content))
        body = document.element.body
        if sum(1 for _ in body.iter(_P)) > MOST_PARAGRAPHS:
            raise Unsafe("The file is much longer than a form. Check that it is the right one.")
        return WordFile(
            blocks=tuple(_Reader(document.part).blocks(body)),
            identifier=document.core_properties.identifier or "",
            footers=tuple(_footers(document)),
        )
    except (KeyError, ValueError, AttributeError, PackageNotFoundError, etree.LxmlError) as error:
        raise Unsafe(DAMAGED) from error


def every_word_in(content: bytes) -> str:
    """Every text in the parts of a file, seen or not: comments, what was taken out, its names."""
    if not content:
        return ""
    texts: list[str] = []
    said_elsewhere: list[str] = []
    with ZipFile(BytesIO(content)) as archive:
        for name in archive.namelist():
            if name.lower().endswith((".xml", ".rels")):
                root = etree.fromstring(archive.read(name), _SAFE)
                texts += _texts(root)
                # Where a link leads, what a picture shows, who made a change.
                said_elsewhere += [said for each in root.iter() for said in each.attrib.values()]
    return "\n".join(["".join(texts), *said_elsewhere])


_SAFE = etree.XMLParser(resolve_entities=False, no_network=True)


def _texts(root: etree._Element) -> Iterator[str]:
    for _, element in etree.iterwalk(root, events=("end",)):
        if element.text:
            yield element.text
        if element.tag in _ENDS_A_WORD or element.getparent() in (None, root):
            yield "\n"


_ENDS_A_WORD = _w("p", "br", "tab", "tc")


def _footers(document: Opened) -> Iterator[str]:
    for relationship in document.part.rels.values():
        if relationship.reltype == RELATIONSHIP_TYPE.FOOTER and not relationship.is_external:
            root = etree.fromstring(relationship.target_part.blob, _SAFE)
            yield "".join(_texts(root))


# The body ---------------------------------------------------------------------------------------

# What stands around other things and says nothing itself.
_AROUND = _w(
    "sdt", "sdtContent", "customXml", "smartTag", "fldSimple", "dir", "bdo", "ins", "moveTo"
)
_PUT_IN = _w("ins", "moveTo")
_TAKEN_OUT = _w("del", "moveFrom")
_NOTES = _w("footnoteReference", "endnoteReference")
_PICTURES = _w("drawing", "pict", "object")
_SPACES = _w("tab", "ptab")
_BREAKS = _w("br", "cr")
_P, _TBL, _TR, _TC, _R, _T = (qn(f"w:{name}") for name in ("p", "tbl", "tr", "tc", "r", "t"))
_HYPERLINK, _SDT = qn("w:hyperlink"), qn("w:sdt")
_ALTERNATIVES = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"
_TEXT_BOX = qn("w:txbxContent")
_LEADS_TO = re.compile(r'\s*HYPERLINK\s+"([^"]+)"')


@dataclass
class _Paper:
    """What is being written of one cell."""

    html: list[str] = field(default_factory=list)
    plain: list[str] = field(default_factory=list)
    put_in: list[str] = field(default_factory=list)
    taken_out: list[str] = field(default_factory=list)
    left_out: Counter[LeftOut] = field(default_factory=Counter)
    field_code: str = ""
    field_link: str = ""

    def finished(self) -> Cell:
        tracked = Tracked(tuple(_passages(self.put_in)), tuple(_passages(self.taken_out)))
        plain = in_lines("".join(self.plain))
        return Cell("".join(self.html), plain, tracked, in_words(self.left_out))

    def add(self, html: str, plain: str) -> None:
        self.html.append(html)
        self.plain.append(plain)


class _Reader:
    def __init__(self, part: DocumentPart) -> None:
        self._part = part
        self._styles = Styles(part)

    def blocks(self, holder: etree._Element) -> Iterator[Cell | Table]:
        for element in _inside(holder, _P, _TBL):
            if element.tag == _TBL:
                yield Table(tuple(self._rows(element)))
            else:
                yield self._cell([element])

    def _rows(self, table: etree._Element) -> Iterator[Row]:
        for row in _inside(table, _TR):
            look = row.find(qn("w:trPr"))
            if look is not None and look.find(qn("w:del")) is not None:
                words = " ".join("".join(row.itertext(*_w("t", "delText"))).split())
                yield Row((), taken_out=words or "an empty row")
            else:
                cells = (self._cell(_inside(each, _P, _TBL)) for each in _inside(row, _TC))
                yield Row(tuple(cells))

    def _cell(self, elements: Iterable[etree._Element]) -> Cell:
        paper = _Paper()
        self._write(elements, paper)
        return paper.finished()

    def _write(self, elements: Iterable[etree._Element], paper: _Paper) -> None:
        begun = ""
        for element in elements:
            if element.tag == _TBL:
                self._write_table(element, paper)
                continue
            mark = len(paper.html)
            for child in element:
                self._inline(child, paper, put_in=False)
            words, paper.html[mark:] = begun + "".join(paper.html[mark:]), []
            if _mark_is_taken_out(element):
                begun = words
                continue
            begun = ""
            paper.add(self._styles.as_block(element, words), "\n")
        if begun:
            paper.html.append(f"<p>{begun}</p>")

    def _write_table(self, table: etree._Element, paper: _Paper) -> None:
        """One that was pasted into a cell: the reader of HTML makes rows of text of it."""
        paper.html.append("<table>")
        for row in _inside(table, _TR):
            paper.html.append("<tr>")
            for each in _inside(row, _TC):
                paper.html.append("<td>")
                self._write(_inside(each, _P, _TBL), paper)
                paper.html.append("</td>")
            paper.html.append("</tr>")
        paper.html.append("</table>")

    # Words ----------------------------------------------------------------------------------

    def _inline(self, element: etree._Element, paper: _Paper, *, put_in: bool) -> None:
        tag = element.tag
        if tag == _R:
            self._run(element, paper, put_in=put_in)
        elif tag in _TAKEN_OUT:
            paper.put_in.append("")
            paper.taken_out.append("".join(element.itertext(*_w("t", "delText"))))
        elif tag == _HYPERLINK:
            paper.html.append(f'<a href="{escape(self._address(element))}">')
            for child in element:
                self._inline(child, paper, put_in=put_in)
            paper.html.append("</a>")
        elif tag in _AROUND and not _shows_a_prompt(element):
            for child in element:
                self._inline(child, paper, put_in=put_in or tag in _PUT_IN)

    def _address(self, link: etree._Element) -> str:
        """Where it leads out of the file; nothing where it does not."""
        number = link.get(qn("r:id"))
        relationship = self._part.rels.get(number) if number else None
        return relationship.target_ref if relationship and relationship.is_external else ""

    def _run(self, run: etree._Element, paper: _Paper, *, put_in: bool) -> None:
        look = self._styles.look_of(run)
        if look.is_hidden:
            paper.left_out[LeftOut.HIDDEN] += 1
            return
        mark = len(paper.html)
        for piece in run:
            self._piece(piece, paper)
        written, paper.html[mark:] = "".join(paper.html[mark:]), []
        paper.put_in.append("".join(run.itertext(_T)) if put_in else "")
        paper.taken_out.append("")
        if written:
            link = paper.field_link
            if link:
                written = f'<a href="{escape(link)}">{written}</a>'
            paper.html.append(look.around(written))

    def _piece(self, piece: etree._Element, paper: _Paper) -> None:
        tag = piece.tag
        if tag == _T:
            words = piece.text or ""
            paper.add(escape(words, quote=False), words)
        elif tag in _BREAKS:
            paper.add("<br>", "\n")
        elif tag in _SPACES:
            paper.add(" ", " ")
        elif tag == qn("w:noBreakHyphen"):
            paper.add("\N{NON-BREAKING HYPHEN}", "\N{NON-BREAKING HYPHEN}")
        elif tag == qn("w:instrText"):
            paper.field_code += piece.text or ""
        elif tag == qn("w:fldChar"):
            _follow_field(piece.get(qn("w:fldCharType")), paper)
        elif tag == qn("w:commentReference"):
            paper.left_out[LeftOut.COMMENT] += 1
        elif tag in _NOTES:
            paper.left_out[LeftOut.FOOTNOTE] += 1
        elif tag in _PICTURES or tag == _ALTERNATIVES:
            has_words = piece.find(f".//{_TEXT_BOX}") is not None
            paper.left_out[LeftOut.EMBEDDED if has_words else LeftOut.PICTURE] += 1


def _inside(holder: etree._Element, *tags: str) -> Iterator[etree._Element]:
    """The elements of these names, also where controls or tracked changes stand around them."""
    for child in holder:
        if child.tag in tags:
            yield child
        elif child.tag in _AROUND:
            yield from _inside(child, *tags)


def _shows_a_prompt(control: etree._Element) -> bool:
    """Whether a control shows what to do in it, and nobody has."""
    look = control.find(qn("w:sdtPr")) if control.tag == _SDT else None
    return look is not None and look.find(qn("w:showingPlcHdr")) is not None


def _mark_is_taken_out(paragraph: etree._Element) -> bool:
    """Whether its end was taken out, so that the next paragraph goes on in it."""
    return paragraph.find(f"{qn('w:pPr')}/{qn('w:rPr')}/{qn('w:del')}") is not None


def _follow_field(place: str | None, paper: _Paper) -> None:
    """A field is begun, shows what it stands for, and ends; links are written so, too."""
    if place == "separate":
        found = _LEADS_TO.match(paper.field_code)
        paper.field_link = found[1] if found else ""
    else:
        paper.field_code = paper.field_link = ""


def _passages(pieces: Iterable[str]) -> Iterator[str]:
    """Pieces that follow one another as one; an empty one stands where other words are between."""
    passage = ""
    for piece in [*pieces, ""]:
        if piece:
            passage += piece
        elif passage.strip():
            yield " ".join(passage.split())
            passage = ""
