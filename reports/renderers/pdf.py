"""The report as PDF: tagged for screen readers (PDF/UA-1), the same bytes for the same layout.

`report.typ` says how it looks and gets what it says as JSON, so that nothing in a text is ever
read as source. It opens no file and has no fonts but those beside it.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

import typst

from documents.nodes import LISTS, TEXT, Node
from documents.word import may_link
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
    Part,
    Picture,
    Row,
    Table,
    Target,
)
from reports.renderers import SHORT_LIST, CannotPrint, leads_to

HERE = Path(__file__).parent
FONTS = HERE / "fonts"

PAGE_WIDTH = 490
"""Of the text on a page, in points."""
LETTER = 5
"""Width of a common letter in points; capitals and the widest letters count for two."""
MOST_LINES_UNBROKEN = 28
"""A row that may come to more lines is broken over pages, or it would run off one."""

MOMENT = ("year", "month", "day", "hour", "minute", "second")

Printed = dict[str, Any]
_one_at_a_time = Lock()


def as_pdf(layout: Layout) -> bytes:
    try:
        return _compiled(layout)
    except typst.TypstError as error:
        raise CannotPrint(_where(layout, error)) from error


@cache
def _compiler() -> typst.Compiler:
    """One for the process: it reads the fonts once and remembers what it has typeset."""
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS]
    )
    return typst.Compiler(root=FONTS, font_paths=fonts, ignore_system_fonts=True)


@cache
def _template() -> bytes:
    return (HERE / "report.typ").read_bytes()


def _compiled(layout: Layout) -> bytes:
    report = json.dumps(_report(layout), ensure_ascii=False)
    with _one_at_a_time:
        printed = _compiler().compile(
            _template(), format="pdf", pdf_standards="ua-1", sys_inputs={"report": report}
        )
    assert isinstance(printed, bytes)  # noqa: S101 - one file in one piece
    return printed


# What the template gets -----------------------------------------------------------------------


def _report(layout: Layout) -> Printed:
    return {
        "title": layout.title,
        "partnership": layout.partnership,
        "subject": layout.subject,
        "marking": " ".join(words for words in (layout.state, layout.marking) if words),
        "made_at": _moment(layout.made_at) if layout.made_at else None,
        "blocks": list(_blocks(layout.blocks)),
    }


def _moment(moment: datetime) -> Printed:
    """As Typst's own datetime takes it, which it writes as of Greenwich."""
    utc = moment.astimezone(UTC)
    return {name: getattr(utc, name) for name in MOMENT}


def _blocks(blocks: tuple[Block, ...]) -> Iterator[Printed]:
    """Each block as printed; a text's own headings are one level below the heading above it.

    A paragraph that leads to what follows stays on its page, as headings do.
    """
    level = 0
    for block, before, after in zip(blocks, (None, *blocks), (*blocks[1:], None), strict=False):
        if isinstance(block, Heading):
            level = block.level
        for printed in _block(block, min(level + 1, 4)):
            if isinstance(block, Paragraph):
                printed["stays"] = leads_to(before, after)
            yield printed


def _block(block: Block, level: int) -> Iterator[Printed]:
    match block:
        case Heading():
            yield _heading(block.level, _broken(block.text, PAGE_WIDTH))
        case Pairs():
            rows = [[_broken(words, PAGE_WIDTH * 0.8) for words in row] for row in block.rows]
            yield {"is": "pairs", "rows": rows}
        case Bullets():
            items = [{"has": _inline(each.parts, PAGE_WIDTH), "lists": []} for each in block.items]
            together = len(items) <= SHORT_LIST
            yield {"is": "list", "numbered": False, "items": items, "together": together}
        case Table():
            yield _table(block, level)
        case _:
            yield from _written(block, level, PAGE_WIDTH)


def _written(block: CellBlock, level: int, width: float) -> Iterator[Printed]:
    if isinstance(block, Picture):
        yield {"is": "picture", "svg": block.svg, "says": block.alternative}
        return
    if isinstance(block, Paragraph):
        yield {"is": "paragraph", "style": block.style, "has": _inline(block.parts, width)}
        return
    for node in block.nodes:
        if node.tag in LISTS:
            yield _list(node, width)
        elif node.tag == "h4":
            yield _heading(level, _inline(node.children, width), inner=True)
        else:
            yield {"is": "paragraph", "style": "", "has": _inline(node.children, width)}


def _heading(level: int, has: list[Any], *, inner: bool = False) -> Printed:
    return {"is": "heading", "level": level, "inner": inner, "has": has}


def _list(node: Node, width: float) -> Printed:
    items = [
        {
            "has": _inline((each for each in item.children if each.tag not in LISTS), width),
            "lists": [_list(each, width) for each in item.children if each.tag in LISTS],
        }
        for item in node.children
    ]
    return {"is": "list", "numbered": node.tag == "ol", "items": items}


def _inline(parts: Iterable[Inline], width: float) -> list[Any]:
    printed: list[Any] = []
    for part in parts:
        if isinstance(part, Mark):
            printed.append({"is": "mark", "code": part.code, "words": part.words})
        elif isinstance(part, Target):
            printed.append({"is": "target", "name": part.name})
        elif isinstance(part, Jump):
            printed.append({"is": "jump", "to": part.to, "has": _broken(part.words, width)})
        elif part.tag == TEXT:
            printed += _broken(part.text, width)
        elif part.tag == "br":
            printed.append({"is": "br"})
        elif part.tag == "a":
            inner = _inline(part.children, width)
            is_link = may_link(part.href)
            printed += [{"is": "a", "to": part.href, "has": inner}] if is_link else inner
        else:
            printed.append({"is": part.tag, "has": _inline(part.children, width)})
    return printed


def _table(table: Table, level: int) -> Printed:
    return {
        "is": "table",
        "columns": [
            {
                "heading": _broken(column.heading, _width(column)),
                "below": _broken(column.below, _width(column)),
                "share": column.share,
                "number": column.is_number,
            }
            for column in table.columns
        ],
        "parts": [
            {
                "heading": _broken(part.heading, PAGE_WIDTH),
                "rows": [_row(row, table.columns, level) for row in part.rows],
            }
            for part in table.parts
        ],
    }


def _row(row: Row, columns: tuple[Column, ...], level: int) -> Printed:
    cells, lines = [], 0
    for column, blocks in zip(columns, row.cells, strict=True):
        width = _width(column)
        cell = [printed for block in blocks for printed in _written(block, level, width)]
        cells.append(cell)
        lines = max(lines, sum(_lines(each, width) for each in cell))
    return {"cells": cells, "breaks": row.may_break or lines > MOST_LINES_UNBROKEN}


# How much room it takes -----------------------------------------------------------------------


def _width(column: Column) -> float:
    """Of what stands in it, in points."""
    return PAGE_WIDTH * column.share / 100 - 10


def _size(words: str) -> int:
    """About how wide it is, in points; rather too much than too little."""
    return LETTER * sum(1 if c.islower() and c not in "mw" else 2 for c in words)


def _broken(words: str, width: float) -> list[Any]:
    """A text; words too long for a line, such as addresses, may be parted between any letters."""
    if _size(words) <= width:
        return [words] if words else []
    pieces: list[Any] = []
    for number, word in enumerate(words.split(" ")):
        space = " " if number else ""
        if len(word) < 12 or _size(word) <= width:
            pieces.append(space + word)
            continue
        pieces.append(space)
        for letter in word:
            pieces += [letter, {"is": "part"}]
    return _joined(pieces)


def _joined(pieces: Iterable[Any]) -> list[Any]:
    """Neighbouring strings as one."""
    joined: list[Any] = []
    for piece in pieces:
        if isinstance(piece, str) and joined and isinstance(joined[-1], str):
            joined[-1] += piece
        else:
            joined.append(piece)
    return joined


def _lines(printed: Printed, width: float) -> int:
    """About how many lines it takes in a cell; rather too many than too few."""
    if printed["is"] == "picture":
        return 2
    if printed["is"] == "list":
        inner = width - 20
        return sum(
            _wrapped(item["has"], inner) + sum(_lines(each, inner) for each in item["lists"])
            for item in printed["items"]
        )
    return _wrapped(printed["has"], width) + 1


def _wrapped(parts: Iterable[Any], width: float) -> int:
    lines = "".join(_words(parts)).split("\n")
    return sum(1 + int(_size(line) // width) for line in lines)


def _words(parts: Iterable[Any]) -> Iterator[str]:
    for part in parts:
        if isinstance(part, str):
            yield part
        elif part["is"] == "br":
            yield "\n"
        else:
            yield part.get("words", "")
            yield from _words(part.get("has", ()))


# What cannot be printed -----------------------------------------------------------------------


def _where(layout: Layout, error: typst.TypstError) -> str:
    """In plain English where the text stands that cannot be typeset, found piece by piece."""
    reason = str(error).removeprefix("PDF/UA-1 error: ")
    under = ""
    for block in layout.blocks:
        if isinstance(block, Heading) and block.level <= 2:
            under = block.text
        for name, piece in _pieces(block):
            if _is_refused(layout, piece):
                place = " – ".join(f"“{each}”" for each in (under, name) if each)
                return f"A text under {place or 'the title'} cannot be printed as PDF: {reason}."
    return f"The report cannot be printed as PDF: {reason}."


def _pieces(block: Block) -> Iterator[tuple[str, Block]]:
    """A table row by row, each with its own heading; any other block as it is."""
    if not isinstance(block, Table):
        yield "", block
        return
    yield "", replace(block, parts=())
    for part in block.parts:
        yield part.heading, replace(block, parts=(Part(part.heading, ()),))
        for row in part.rows:
            name = " ".join("".join(_words(_row_heading(row))).split())
            yield name, replace(block, parts=(Part("", (row,)),))


def _row_heading(row: Row) -> list[Any]:
    return [
        part
        for block in row.cells[0]
        if isinstance(block, Paragraph)
        for part in _inline(block.parts, PAGE_WIDTH)
    ]


def _is_refused(layout: Layout, block: Block) -> bool:
    headings = tuple(Heading(level, "–") for level in (1, 2, 3))
    if isinstance(block, Heading):
        block = Paragraph((Node(TEXT, text=block.text),))
    try:
        _compiled(replace(layout, blocks=(*headings, block)))
    except typst.TypstError:
        return True
    return False
