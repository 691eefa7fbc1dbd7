"""Pieces of a Word file: paragraphs, runs, lists, links, tables, pictures and fields, its bytes.

What is printed with them is somebody else's matter. Every text comes out as it is written: what
XML cannot hold stands as its number, such as [U+000B].
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from io import BytesIO
from urllib.parse import urlsplit

from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.part import Part
from docx.oxml.ns import nsmap, qn
from docx.oxml.shape import CT_Inline
from docx.parts.story import StoryPart
from docx.shared import Length
from lxml import etree  # type: ignore[import-untyped]
from resvg_py import svg_to_bytes

from documents.packed import packed

LANGUAGE = "en-GB"
LINKED = frozenset({"http", "https", "mailto"})
"""Schemes that may leave a file; any other address stays words."""

_W = {"w": nsmap["w"]}
_NO_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BREAKS = re.compile("([\t\n])")
_NO_ADDRESS = re.compile(r"[^!-~]|[<>\"{}|\\^`]")


def element(name: str, /, *children: etree._Element, **attributes: str) -> etree._Element:
    """An element of Word's own vocabulary, such as element("jc", val="right")."""
    made = etree.Element(_name(name), nsmap=_W)
    for key, value in attributes.items():
        made.set(_name(key), value)
    made.extend(children)
    return made


@lru_cache(maxsize=256)
def _name(name: str) -> str:
    return str(qn(f"w:{name}"))


def literal(text: str) -> str:
    """The text as XML can hold it: any other character as its number."""
    text = text.replace("\r\n", "\n")
    return _NO_XML.sub(lambda found: f"[U+{ord(found[0]):04X}]", text)


# Words ----------------------------------------------------------------------------------------


def run(
    text: str, *, style: str = "", bold: bool = False, italic: bool = False, raised: bool = False
) -> etree._Element:
    """Words that look alike, in British English; lines and tabs in them are kept."""
    look = element("rPr")
    if style:
        look.append(element("rStyle", val=style))
    if bold:
        look.append(element("b"))
    if italic:
        look.append(element("i"))
    if raised:
        look.append(element("vertAlign", val="superscript"))
    look.append(element("lang", val=LANGUAGE))
    made = element("r", look)
    for piece in _BREAKS.split(literal(text)):
        if piece == "\n":
            made.append(element("br"))
        elif piece == "\t":
            made.append(element("tab"))
        elif piece:
            words = etree.SubElement(made, _name("t"))
            words.text = piece
            if piece != piece.strip(" "):
                words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return made


def field(instruction: str) -> etree._Element:
    """What Word works out itself, such as PAGE; until it does, it shows 1."""
    return element("fldSimple", run("1"), instr=instruction)


def drop_down(title: str, choices: Sequence[str], chosen: str, *, number: int) -> etree._Element:
    """One of several words to choose from, as a run; `number` is another for each in a file."""
    items = (
        element("listItem", displayText=literal(each), value=literal(each)) for each in choices
    )
    look = element(
        "sdtPr",
        element("alias", val=literal(title)),
        element("id", val=str(number)),
        element("dropDownList", *items),
    )
    return element("sdt", look, element("sdtContent", run(chosen)))


class Links:
    """The addresses that a part of the file leads to, each kept once."""

    def __init__(self, part: Part) -> None:
        self._part = part
        self._numbers: dict[str, str] = {}

    def to(self, address: str, runs: Iterable[etree._Element]) -> Iterable[etree._Element]:
        """The runs as a link out of the file; where the address must not be one, the runs alone."""
        if not may_link(address):
            return runs
        if address not in self._numbers:
            # A number of our own: looking for a free one takes longer with each link.
            self._numbers[address] = number = f"link{len(self._numbers) + 1}"
            kind = RELATIONSHIP_TYPE.HYPERLINK
            self._part.rels.add_relationship(kind, address, number, is_external=True)
        made = element("hyperlink", *runs, history="1")
        made.set(qn("r:id"), self._numbers[address])
        return [made]


class Places:
    """The places of a file that its own links lead to."""

    def __init__(self) -> None:
        self._found = 0

    def at(self, name: str) -> Iterator[etree._Element]:
        """One between the runs before and after it."""
        self._found += 1
        yield element("bookmarkStart", id=str(self._found), name=name)
        yield element("bookmarkEnd", id=str(self._found))


def jump(name: str, runs: Iterable[etree._Element]) -> etree._Element:
    """The runs as a link to a place of the same file."""
    return element("hyperlink", *runs, anchor=name, history="1")


@lru_cache(maxsize=1024)
def may_link(address: str) -> bool:
    """Whether Word can open it and it leads where it says; a false one makes it refuse the file."""
    try:
        parts = urlsplit(address)
        has_place = bool(parts.path if parts.scheme == "mailto" else parts.hostname)
        is_whole = has_place and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
    return is_whole and parts.scheme in LINKED and not _NO_ADDRESS.search(address)


class Pictures:
    """The drawings that a part of the file shows, each kept once."""

    def __init__(self, part: StoryPart) -> None:
        self._part = part
        self._kept: dict[str, str] = {}
        self._shown = 0

    def of(self, svg: str, alternative: str, *, width: Length) -> etree._Element:
        """A drawing as a run, so wide, and in words what it shows."""
        png = _as_png(svg)
        if svg not in self._kept:
            self._kept[svg] = self._part.get_or_add_image(BytesIO(png))[0]
        self._shown += 1
        columns, rows = (int.from_bytes(png[at : at + 4], "big") for at in (16, 20))
        shape = CT_Inline.new_pic_inline(
            self._shown, self._kept[svg], "", width, Length(width * rows // columns)
        )
        shape.docPr.set("descr", literal(alternative))
        for side in "TBLR":
            shape.set(f"dist{side}", "0")
        look = element("rPr", element("lang", val=LANGUAGE))
        return element("r", look, element("drawing", shape))


@lru_cache(maxsize=256)
def _as_png(svg: str) -> bytes:
    """Twice as fine as on a screen, on white; no font but our own could be in it, and none is."""
    return bytes(svg_to_bytes(svg_string=svg, zoom=2, background="#ffffff", skip_system_fonts=True))


def paragraph(
    style: str,
    runs: Iterable[etree._Element] = (),
    *,
    list_number: int | None = None,
    level: int = 0,
    keep_with_next: bool = False,
) -> etree._Element:
    """A paragraph in a style of the template; an item of a list has the list's number."""
    look = element("pPr", element("pStyle", val=style))
    if keep_with_next:
        look.append(element("keepNext"))
    if list_number is not None:
        place = element("ilvl", val=str(level)), element("numId", val=str(list_number))
        look.append(element("numPr", *place))
    return element("p", look, *runs)


def add_space_above(paragraph: etree._Element, space: int) -> None:
    """More than its style has there, in twentieths of a point."""
    paragraph.find(_name("pPr")).append(element("spacing", before=str(space)))


def new_list(numbering: etree._Element, like: int, levels: int) -> int:
    """Another list that counts from 1 on each level, and its number."""
    number = int(numbering[-1].get(_name("numId"))) + 1
    made = element("num", element("abstractNumId", val=str(like)), numId=str(number))
    for level in range(levels):
        made.append(
            element("lvlOverride", element("startOverride", val="1"), ilvl=str(level)),
        )
    numbering.append(made)
    return number


# Tables ---------------------------------------------------------------------------------------


def table(
    style: str, *, title: str, widths: Sequence[int], rows: Iterable[etree._Element]
) -> etree._Element:
    """A table as wide as the page's text; `widths` are twentieths of a point."""
    look = element(
        "tblPr",
        element("tblStyle", val=style),
        element("tblW", w="5000", type="pct"),
        element("tblLayout", type="fixed"),
        element(
            "tblLook", val="00A0", firstRow="1", lastRow="0", firstColumn="1", lastColumn="0",
            noHBand="1", noVBand="1",
        ),
        element("tblCaption", val=literal(title)),
        element("tblDescription", val=literal(title)),
    )  # fmt: skip
    grid = element("tblGrid", *(element("gridCol", w=str(width)) for width in widths))
    return element("tbl", look, grid, *rows)


def row(
    cells: Iterable[etree._Element], *, is_heading: bool = False, may_break: bool = False
) -> etree._Element:
    """A row; a heading is repeated on each page, and a row stays whole unless it may break."""
    look = element("trPr")
    if not may_break:
        look.append(element("cantSplit"))
    if is_heading:
        look.append(element("tblHeader"))
    return element("tr", look, *cells)


def cell(
    paragraphs: Sequence[etree._Element], width: int, *, columns: int = 1, fill: str = ""
) -> etree._Element:
    """A cell over one column or several; Word asks for a paragraph even in an empty one."""
    look = element("tcPr", element("tcW", w=str(width), type="dxa"))
    if columns > 1:
        look.append(element("gridSpan", val=str(columns)))
    if fill:
        look.append(element("shd", val="clear", color="auto", fill=fill))
    return element("tc", look, *paragraphs)


# The file -------------------------------------------------------------------------------------


def as_bytes(document: Document) -> bytes:
    """The file, the same bytes each time for the same document."""
    written = BytesIO()
    document.save(written)
    return packed(written)
