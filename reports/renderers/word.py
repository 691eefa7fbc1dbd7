"""A report as a Word file: how each block of its layout looks there, never what it says.

The same layout makes the same bytes. Styles, lists and the page are those of the template in
documents/word_template.py.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC
from io import BytesIO

from docx import Document
from docx.document import Document as Opened
from docx.shared import Pt
from lxml import etree  # type: ignore[import-untyped]

from documents import word
from documents.word_template import BULLETS, FILE, PART_ROW, TEXT_WIDTH, TINTS, widths_of
from documents.word_text import WordText
from reports.layout import (
    Block,
    Bullets,
    CellBlock,
    Column,
    Heading,
    Inline,
    Jump,
    Layout,
    Mark,
    Pairs,
    Paragraph,
    Picture,
    Row,
    Table,
    Target,
    Text,
)

from . import SHORT_LIST, leads_to

DEEPEST_HEADING = 4
PICTURE = Pt(66)
"""How wide a picture is."""

SIGNS = {
    "green": "●",
    "amber": "▲",
    "red": "■",
    "not_rated": "○",
    "up": "↑",
    "down": "↓",
    "level": "=",
}
"""Beside the word of a mark stands its shape, the same as on the page."""

RATINGS = {
    "green": "Rating green",
    "amber": "Rating amber",
    "red": "Rating red",
    "not_rated": "Rating none",
}
SPACE_BELOW_A_TABLE = 160
"""In twentieths of a point, like every measure in a Word file."""

NAME_LETTER, MARK_LETTER = 5, 7
"""Widths of a letter at the head of a page in points, rather too much than too little."""

CHANGES = {"better": "Change better", "worse": "Change worse"}

_EMPTY = FILE.read_bytes()


def as_word(layout: Layout) -> bytes:
    """The report as the bytes of a .docx file."""
    document = Document(BytesIO(_EMPTY))
    _name(document, layout)
    _mark_pages(document, layout)
    end = document.element.body.sectPr
    for made in _Printer(document).report(layout.blocks):
        end.addprevious(made)
    return word.as_bytes(document)


def _name(document: Opened, layout: Layout) -> None:
    """What a reader's window and a search of files show; no person stands there."""
    properties = document.core_properties
    properties.title = _short(layout.title)
    properties.subject = _short(layout.subject)
    properties.author = _short(layout.partnership)
    properties.category = _short(layout.marking)
    properties.language = word.LANGUAGE
    if layout.made_at:
        properties.created = properties.modified = layout.made_at.astimezone(UTC)


def _short(text: str) -> str:
    """As long as a property may be."""
    return word.literal(text)[:255]


def _mark_pages(document: Opened, layout: Layout) -> None:
    """Above each page whose report it is, its state and marking; below state and marking again."""
    section = document.sections[0]
    above, below = section.header.paragraphs[0]._p, section.footer.paragraphs[0]._p
    marks = f"{layout.state}\N{EM SPACE}{layout.marking}".strip()
    length = NAME_LETTER * len(layout.partnership) + MARK_LETTER * len(marks)
    between = "\t" if length < TEXT_WIDTH // Pt(1) else "\n\t"
    above.append(word.run(layout.partnership + between))
    above.append(word.run(marks, bold=True))
    below.append(word.run(marks, bold=True))
    below.append(word.run("\tPage "))
    below.append(word.field("PAGE"))
    below.append(word.run(" of "))
    below.append(word.field("NUMPAGES"))


class _Printer:
    """Prints blocks one after the other, and knows which heading and which list came last."""

    def __init__(self, document: Opened) -> None:
        self._texts = WordText(document.part)
        self._places = word.Places()
        self._pictures = word.Pictures(document.part)
        self._level = 1

    def report(self, blocks: Sequence[Block]) -> Iterator[etree._Element]:
        before: Block | None = None
        for block, after in zip(blocks, (*blocks[1:], None), strict=False):
            made = list(self._block(block, before, after))
            if isinstance(before, Table) and isinstance(block, Table):
                yield _end_of_table()
            elif isinstance(before, Table) and made and not isinstance(block, Heading):
                word.add_space_above(made[0], SPACE_BELOW_A_TABLE)
            yield from made
            before = block
        if isinstance(before, Table):
            yield _end_of_table()

    def _block(
        self, block: Block, before: Block | None, after: Block | None
    ) -> Iterator[etree._Element]:
        match block:
            case Heading():
                self._level = block.level
                yield word.paragraph(f"Heading{block.level}", [word.run(block.text)])
            case Paragraph():
                style = _STYLES.get(block.style, "Normal")
                stays = leads_to(before, after)
                yield self._paragraph(block, style, keep_with_next=stays)
            case Text():
                heading = f"Heading{min(self._level + 1, DEEPEST_HEADING)}"
                yield from self._texts.paragraphs(block.nodes, style="Normal", heading=heading)
            case Picture():
                yield self._picture(block, "Normal")
            case Bullets():
                is_short = len(block.items) <= SHORT_LIST
                for place, item in enumerate(block.items, start=1):
                    stays = is_short and place < len(block.items)
                    yield self._paragraph(
                        item, "ListBullet", list_number=BULLETS, keep_with_next=stays
                    )
            case Pairs():
                for name, value in block.rows:
                    named = [word.run(name, bold=True), word.run("\t"), word.run(value)]
                    yield word.paragraph("Memo", named)
            case Table():
                yield self._table(block)

    # Texts ------------------------------------------------------------------------------------

    def _paragraph(
        self,
        block: Paragraph,
        style: str,
        *,
        list_number: int | None = None,
        keep_with_next: bool = False,
    ) -> etree._Element:
        runs = self._runs(block.parts)
        return word.paragraph(style, runs, list_number=list_number, keep_with_next=keep_with_next)

    def _picture(self, block: Picture, style: str) -> etree._Element:
        shown = self._pictures.of(block.svg, block.alternative, width=PICTURE)
        return word.paragraph(style, [shown])

    def _runs(self, parts: Iterable[Inline]) -> Iterator[etree._Element]:
        for part in parts:
            if isinstance(part, Mark):
                yield from _mark(part)
            elif isinstance(part, Target):
                yield from self._places.at(part.name)
            elif isinstance(part, Jump):
                yield word.jump(part.to, [word.run(part.words, style="Hyperlink")])
            else:
                yield from self._texts.runs([part])

    # Tables -----------------------------------------------------------------------------------

    def _table(self, table: Table) -> etree._Element:
        widths = widths_of([column.share for column in table.columns])
        rows = [_heading_row(table.columns, widths)]
        for part in table.parts:
            if part.heading:
                rows.append(_part_row(part.heading, widths))
            rows += [self._row(row, table.columns, widths) for row in part.rows]
        return word.table("ReportTable", title=table.title, widths=widths, rows=rows)

    def _row(self, row: Row, columns: Sequence[Column], widths: Sequence[int]) -> etree._Element:
        cells = []
        for blocks, column, width in zip(row.cells, columns, widths, strict=True):
            style = "TableNumber" if column.is_number else "TableText"
            made: list[etree._Element] = []
            for block in blocks:
                if isinstance(block, Text):
                    made += self._texts.in_table(block.nodes, style=style)
                elif isinstance(block, Picture):
                    made.append(self._picture(block, style))
                else:
                    note = "TableNoteNumber" if column.is_number else "TableNote"
                    named = note if block.style == "note" else style
                    made.append(self._paragraph(block, named))
            cells.append(word.cell(made or [word.paragraph(style)], width, fill=_fill(blocks)))
        return word.row(cells, may_break=row.may_break)


_STYLES = {"note": "Note", "draft": "Draft"}


def _mark(mark: Mark) -> Iterator[etree._Element]:
    sign, _, judgement = mark.code.partition(" ")
    style = CHANGES.get(judgement, "Change none") if judgement else RATINGS[sign]
    named = style.replace(" ", "")
    yield word.run(f"{SIGNS[sign]}\N{NO-BREAK SPACE}", style=named)
    yield word.run(mark.words, style=named)


def _fill(blocks: Sequence[CellBlock]) -> str:
    """The colour of a cell that holds a rating and nothing else."""
    match blocks:
        case [Paragraph(parts=[Mark(code=code)])] if code in RATINGS:
            return TINTS[RATINGS[code]].fill
    return ""


def _end_of_table() -> etree._Element:
    """Word makes one table of two that touch, and lets no file end with one."""
    return word.paragraph("TableEnd")


def _heading_row(columns: Sequence[Column], widths: Sequence[int]) -> etree._Element:
    cells = []
    for column, width in zip(columns, widths, strict=True):
        number = "Number" if column.is_number else ""
        made = [word.paragraph(f"TableHeading{number}", [word.run(column.heading)])]
        if column.below:
            made.append(word.paragraph(f"TableNote{number}", [word.run(column.below)]))
        cells.append(word.cell(made, width))
    return word.row(cells, is_heading=True)


def _part_row(heading: str, widths: Sequence[int]) -> etree._Element:
    words = [word.paragraph("TablePart", [word.run(heading)])]
    return word.row([word.cell(words, sum(widths), columns=len(widths), fill=PART_ROW)])
