"""How our Word files look: makes template.docx, the empty file that reports and forms begin as.

Change a colour, a size or a space here, then write the file again and look at a report:

    python -m documents.word_template
    python manage.py show_report swale 2023-24-q2 --format docx --output report.docx

A test holds that the file is what is written here.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, cast

from docx import Document
from docx.document import Document as Opened
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.text.parfmt import ParagraphFormat
from lxml import etree  # type: ignore[import-untyped]

from documents.word import LANGUAGE, as_bytes, element

FILE = Path(__file__).with_name("template.docx")

FONT = "Arial"
INK = "0B0C0C"
SOFT = "48525A"
BRAND = "10495A"
HEADING_ROW = "D5E3E7"
PART_ROW = "EEF3F5"
LINES = "7D8990"
LINK = "1A5A96"

PAGE_WIDTH, PAGE_HEIGHT = Cm(21), Cm(29.7)
SIDE, TOP, BOTTOM = Cm(1.9), Cm(2.3), Cm(2.1)
TEXT_WIDTH = PAGE_WIDTH - 2 * SIDE
_TWENTIETH = 635
"""Of a point, as Word measures tables, in the units of the page."""

BULLETS, NUMBERS = 1, 2
"""The two kinds of list, as numbering.xml counts them."""
LEVELS = 3


class Tint(NamedTuple):
    """A colour of words, and the one behind them; together at least 4.5:1."""

    ink: str
    fill: str


TINTS = {
    "Rating red": Tint("7D0F13", "FBE9E8"),
    "Rating amber": Tint("6F3900", "FDF1DC"),
    "Rating green": Tint("084D2A", "E5F3EA"),
    "Rating none": Tint(SOFT, "FFFFFF"),
    "Change better": Tint("084D2A", "FFFFFF"),
    "Change worse": Tint("7D0F13", "FFFFFF"),
    "Change none": Tint(SOFT, "FFFFFF"),
}


class Look(NamedTuple):
    """A paragraph style: its size, its space above and below in points, and what it follows."""

    size: float
    before: float = 0
    after: float = 6
    based_on: str = "Normal"
    bold: bool = False
    colour: str = ""
    keeps_with_next: bool = False


# The names are those of Word itself where it has one for the purpose.
PARAGRAPHS = {
    "Heading 1": Look(20, 4, 8, bold=True, colour=BRAND, keeps_with_next=True),
    "Heading 2": Look(14, 18, 6, bold=True, colour=BRAND, keeps_with_next=True),
    "Heading 3": Look(12, 12, 4, bold=True, colour=INK, keeps_with_next=True),
    "Heading 4": Look(11, 8, 3, bold=True, colour=SOFT, keeps_with_next=True),
    "Memo": Look(11, 0, 4),
    "Note": Look(10, 0, 6, colour=SOFT),
    "Draft": Look(10, 0, 8),
    "List Bullet": Look(11, 0, 3),
    "List Number": Look(11, 0, 3),
    "Table Text": Look(10, 0, 3),
    "Table Number": Look(10, 0, 3, "Table Text"),
    "Table Note": Look(9, 0, 3, "Table Text", colour=SOFT),
    "Table Note Number": Look(9, 0, 3, "Table Note", colour=SOFT),
    "Table Heading": Look(10, 0, 0, "Table Text", bold=True, keeps_with_next=True),
    "Table Heading Number": Look(10, 0, 0, "Table Heading", bold=True, keeps_with_next=True),
    "Table Part": Look(10, 0, 0, "Table Heading", bold=True, colour=BRAND, keeps_with_next=True),
    "Table Text Heading": Look(10, 3, 2, "Table Text", bold=True, keeps_with_next=True),
    "Table List Bullet": Look(10, 0, 2, "Table Text"),
    "Table List Number": Look(10, 0, 2, "Table Text"),
    "Table End": Look(4),
    "Header": Look(9, 0, 0, colour=SOFT),
    "Footer": Look(9, 0, 0, colour=SOFT),
}
NEEDED = (
    "/officeDocument", "/core-properties", "/styles", "/numbering", "/settings", "/theme",
)  # fmt: skip
"""The parts of the file that stay; the others are a picture and styles of another program."""
TO_THE_RIGHT = ("Table Number", "Table Heading Number", "Table Note Number")


def widths_of(shares: Sequence[int]) -> list[int]:
    """Columns with these shares of the page's text in hundredths, in twentieths of a point.

    The last takes what rounding leaves.
    """
    whole = TEXT_WIDTH // _TWENTIETH
    widths = [whole * share // 100 for share in shares[:-1]]
    return [*widths, whole - sum(widths)]


def empty_report() -> bytes:
    """The file: styles, lists, page and settings, and not a word."""
    document = Document()
    _without_words_and_styles(document)
    _set_page(document)
    _set_text(document)
    for name, look in PARAGRAPHS.items():
        _add_paragraph_style(document, name, look)
    _finish_paragraph_styles(document)
    _add_marks(document)
    _add_table_style(document)
    _set_lists(document)
    _set_settings(document)
    return as_bytes(document)


def _without_words_and_styles(document: Opened) -> None:
    """Of what python-docx brings along stays what everything stands on."""
    kept = {"Normal", "Default Paragraph Font", "Normal Table", "No List"}
    for style in list(document.styles):
        if style.name not in kept:
            style.delete()
    properties = document.core_properties._element
    for each in list(properties):
        properties.remove(each)
    for holder in (document.part.package, document.part):
        for number, relationship in list(holder.rels.items()):
            if not relationship.reltype.endswith(NEEDED):
                del holder.rels[number]


def _set_page(document: Opened) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = PAGE_WIDTH, PAGE_HEIGHT
    section.left_margin = section.right_margin = SIDE
    section.top_margin, section.bottom_margin = TOP, BOTTOM
    section.header_distance = section.footer_distance = Cm(1)
    # A part of their own, and in it one empty paragraph in the style of the place.
    section.header.is_linked_to_previous = section.footer.is_linked_to_previous = False


def _set_text(document: Opened) -> None:
    """The font and the language of everything, for every script."""
    defaults = document.styles.element.find(qn("w:docDefaults"))
    defaults.find(f".//{qn('w:rPrDefault')}").replace(
        defaults.find(f".//{qn('w:rPr')}"),
        element("rPr", _fonts(), _language()),
    )
    normal = document.styles["Normal"]
    _take_away(normal.element, "rPr")
    normal.font.size, normal.font.color.rgb = Pt(11), RGBColor.from_string(INK)
    normal.element.rPr.append(_language())
    normal.paragraph_format.space_after = Pt(6)
    normal.paragraph_format.space_before = Pt(0)
    normal.paragraph_format.line_spacing = 1.1
    normal.paragraph_format.widow_control = True


def _fonts() -> etree._Element:
    return element("rFonts", ascii=FONT, hAnsi=FONT, cs=FONT, eastAsia=FONT)


def _language() -> etree._Element:
    return element("lang", val=LANGUAGE, eastAsia="zh-CN", bidi="ar-SA")


def _add_paragraph_style(document: Opened, name: str, look: Look) -> None:
    added = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH, builtin=_is_of_word(name))
    style = cast("ParagraphStyle", added)
    style.base_style = document.styles[look.based_on]
    style.quick_style = True
    style.font.size = Pt(look.size)
    style.font.bold = look.bold or None
    if look.colour:
        style.font.color.rgb = RGBColor.from_string(look.colour)
    spaces = style.paragraph_format
    spaces.space_before, spaces.space_after = Pt(look.before), Pt(look.after)
    spaces.keep_with_next = look.keeps_with_next or None
    if name.startswith("Heading"):
        style.next_paragraph_style = document.styles["Normal"]
        level = int(name.split()[1])
        spaces.keep_together = True
        style.element.get_or_add_pPr().append(element("outlineLvl", val=str(level - 1)))
    if name in TO_THE_RIGHT:
        spaces.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _is_of_word(name: str) -> bool:
    return name.startswith(("Heading", "List")) or name in ("Header", "Footer")


def _finish_paragraph_styles(document: Opened) -> None:
    memo = _spaces(document, "Memo")
    memo.left_indent, memo.first_line_indent = Cm(2.2), Cm(-2.2)
    memo.tab_stops.add_tab_stop(Cm(2.2))
    for name in ("Header", "Footer"):
        _spaces(document, name).tab_stops.add_tab_stop(TEXT_WIDTH, WD_TAB_ALIGNMENT.RIGHT)
    _border(document, "Heading 2", bottom=BRAND)
    _border(document, "Header", bottom=LINES)
    _border(document, "Footer", top=LINES)
    draft = _spaces(document, "Draft")
    draft.left_indent = draft.right_indent = Cm(0.15)
    _border(document, "Draft", **dict.fromkeys(("top", "left", "bottom", "right"), LINES))
    look = document.styles["Draft"].element.get_or_add_pPr()
    look.find(qn("w:pBdr")).addnext(element("shd", val="clear", color="auto", fill=PART_ROW))


def _spaces(document: Opened, name: str) -> ParagraphFormat:
    style = cast("ParagraphStyle", document.styles[name])
    return cast("ParagraphFormat", style.paragraph_format)


def _border(document: Opened, name: str, **colours: str) -> None:
    """Thin lines at sides of a paragraph; Word wants them in its own order."""
    lines = [
        element(side, val="single", sz="6", space="4", color=colour)
        for side, colour in colours.items()
    ]
    look = document.styles[name].element.get_or_add_pPr()
    made = element("pBdr", *lines)
    after = look.find(qn("w:tabs"))
    if after is None:
        after = look.find(qn("w:spacing"))
    after.addprevious(made)


def _add_marks(document: Opened) -> None:
    """Words in a colour and links; the colour never stands alone, a shape is beside the word."""
    for name, tint in TINTS.items():
        style = document.styles.add_style(name, WD_STYLE_TYPE.CHARACTER)
        style.font.bold = True
        style.font.color.rgb = RGBColor.from_string(tint.ink)
        if tint.fill != "FFFFFF":
            shade = element("shd", val="clear", color="auto", fill=tint.fill)
            style.element.rPr.append(shade)
    link = document.styles.add_style("Hyperlink", WD_STYLE_TYPE.CHARACTER, builtin=True)
    link.font.color.rgb, link.font.underline = RGBColor.from_string(LINK), True


def _add_table_style(document: Opened) -> None:
    document.styles.element.append(
        element(
            "style",
            element("name", val="Report Table"),
            element("basedOn", val="TableNormal"),
            element("qFormat"),
            element(
                "tblPr",
                element("tblInd", w="0", type="dxa"),
                element("tblBorders", *(_line(side) for side in _SIDES)),
                element(
                    "tblCellMar",
                    *(
                        element(side, w=space, type="dxa")
                        for side, space in (
                            ("top", "57"), ("left", "100"), ("bottom", "28"), ("right", "100"),
                        )
                    ),
                ),
            ),
            element(
                "tblStylePr",
                element(
                    "tcPr",
                    element("shd", val="clear", color="auto", fill=HEADING_ROW),
                    element("vAlign", val="bottom"),
                ),
                type="firstRow",
            ),
            type="table",
            customStyle="1",
            styleId="ReportTable",
        )
    )  # fmt: skip


_SIDES = ("top", "left", "bottom", "right", "insideH", "insideV")


def _line(side: str) -> etree._Element:
    return element(side, val="single", sz="4", space="0", color=LINES)


# Lists ----------------------------------------------------------------------------------------

_SIGNS = {BULLETS: ("•", "–", "▪"), NUMBERS: ("%1.", "%2)", "%3.")}
_FORMATS = {BULLETS: ("bullet",) * LEVELS, NUMBERS: ("decimal", "lowerLetter", "lowerRoman")}
_STEP = 360


def _set_lists(document: Opened) -> None:
    numbering = document.part.numbering_part.element
    for each in list(numbering):
        numbering.remove(each)
    for kind in (BULLETS, NUMBERS):
        levels = [
            element(
                "lvl",
                element("start", val="1"),
                element("numFmt", val=_FORMATS[kind][level]),
                element("lvlText", val=_SIGNS[kind][level]),
                element("lvlJc", val="left"),
                element(
                    "pPr",
                    element("ind", left=str(_STEP * (level + 1)), hanging=str(_STEP)),
                ),
                element("rPr", _fonts()),
                ilvl=str(level),
            )
            for level in range(LEVELS)
        ]
        kinds = element("multiLevelType", val="multilevel")
        numbering.append(element("abstractNum", kinds, *levels, abstractNumId=str(kind)))
    for kind in (BULLETS, NUMBERS):
        number = element("num", element("abstractNumId", val=str(kind)), numId=str(kind))
        numbering.append(number)
    for name, kind in (("List Bullet", BULLETS), ("List Number", NUMBERS)):
        for style in (name, f"Table {name}"):
            look = document.styles[style].element.get_or_add_pPr()
            place = element("numPr", element("numId", val=str(kind)))
            look.find(qn("w:spacing")).addprevious(place)


def _set_settings(document: Opened) -> None:
    """Nothing that the sample file has of its own, and Word's present way of setting a page."""
    settings = document.settings.element
    for each in list(settings):
        settings.remove(each)
    mode = element(
        "compatSetting",
        name="compatibilityMode",
        uri="http://schemas.microsoft.com/office/word",
        val="15",
    )
    settings.append(element("zoom", percent="100"))
    settings.append(element("defaultTabStop", val="720"))
    settings.append(element("characterSpacingControl", val="doNotCompress"))
    settings.append(element("compat", mode))
    settings.append(element("themeFontLang", val=LANGUAGE))
    settings.append(element("decimalSymbol", val="."))
    settings.append(element("listSeparator", val=","))


def _take_away(style: etree._Element, name: str) -> None:
    found = style.find(qn(f"w:{name}"))
    if found is not None:
        style.remove(found)


if __name__ == "__main__":
    FILE.write_bytes(empty_report())
