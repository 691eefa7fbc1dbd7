"""Tables as CSV and as an Excel file: no text is a formula, the same table is the same bytes.

A text that could not stand in such a file stands as the report prints it: `[U+0001]`.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from io import BytesIO, StringIO

from openpyxl import Workbook
from openpyxl.cell import Cell as ExcelCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.xml.constants import ARC_CORE, DCTERMS_NS
from openpyxl.xml.functions import tostring

from documents.glyphs import printable
from documents.packed import packed
from documents.tables import still
from reports.sheets import Cell, Sheet

LONGEST_CELL = 16_000
"""Excel holds 32,767 characters in a cell, and one of ours may take two."""
CONTINUED = "{} (continued)"
LINE_HEIGHT, HIGHEST_ROW = 15, 409
"""In points; Excel allows no higher row."""
WIDTH_OF_PAGE = 215
"""Characters in columns side by side that can still be read on a sheet of A4."""
DAY = "d mmm yyyy"
WHOLE, BROKEN = "#,##0", "#,##0.0##"

_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_HEADING = PatternFill("solid", fgColor="E7EDF3")
_LINE = Border(bottom=Side("thin", color="B1B4B6"))
_WRAPPED = Alignment(vertical="top", wrap_text=True)


def as_csv(sheet: Sheet) -> bytes:
    """In UTF-8 with the mark by which Excel knows it; dates as 2023-09-30, numbers as 1204.5."""
    text = StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([column.heading for column in sheet.columns])
    for row in sheet.rows:
        writer.writerow([_csv_cell(cell) for cell in row])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _csv_cell(cell: Cell) -> str:
    if isinstance(cell, str):
        return still(printable(cell))
    if isinstance(cell, Decimal):
        return re.sub(r"(\.\d*?)0+$", r"\1", f"{cell:f}").rstrip(".")
    return cell.isoformat() if cell else ""


def as_xlsx(sheets: Iterable[Sheet], *, title: str, author: str, marking: str) -> bytes:
    """A workbook with a page a table, its heading row always in sight and on every printed page."""
    workbook = Workbook()
    workbook.remove(workbook.active)
    for sheet in sheets:
        _fill(workbook.create_sheet(sheet.name), _with_long_texts(sheet), marking)
    properties = workbook.properties
    properties.title, properties.creator = printable(title), printable(author)
    properties.category, properties.language = marking, "en-GB"
    written = BytesIO()
    workbook.save(written)
    # Saving says when: the file of the same report is to be the same.
    told = properties.to_tree()
    for moment in told.findall(f"{{{DCTERMS_NS}}}*"):
        told.remove(moment)
    return packed(written, {ARC_CORE: tostring(told)})


def _fill(page: Worksheet, sheet: Sheet, marking: str) -> None:
    for place, column in enumerate(sheet.columns, 1):
        cell = page.cell(1, place)
        _write(cell, column.heading)
        cell.font, cell.fill, cell.border = Font(bold=True), _HEADING, _LINE
        page.column_dimensions[get_column_letter(place)].width = column.width
    for number, row in enumerate(sheet.rows, 2):
        for place, value in enumerate(row, 1):
            cell = page.cell(number, place)
            _write(cell, value)
            cell.border = _LINE
        page.row_dimensions[number].height = _height(sheet, row)
    page.row_dimensions[1].height = _height(sheet, [each.heading for each in sheet.columns])
    page.freeze_panes = "A2"
    page.auto_filter.ref = page.dimensions
    page.print_title_rows, page.print_title_cols = "1:1", "A:B"
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = page.PAPERSIZE_A4
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.page_setup.fitToHeight = 0
    # On one page the widest would be too small to read.
    page.page_setup.fitToWidth = -(-sum(each.width for each in sheet.columns) // WIDTH_OF_PAGE)
    page.oddHeader.center.text = page.oddFooter.center.text = marking.replace("&", "&&")


def _height(sheet: Sheet, row: Sequence[Cell]) -> float:
    """So high that every line is seen; LibreOffice does not fit rows to a wrapped text itself."""
    lines = [1]
    for column, cell in zip(sheet.columns, row, strict=True):
        if isinstance(cell, str):
            # Words do not fill a line to its end.
            room = column.width * 0.9
            lines.append(sum(int(len(line) // room) + 1 for line in cell.split("\n")))
    return min(max(lines) * LINE_HEIGHT, HIGHEST_ROW)


def _write(cell: ExcelCell, value: Cell) -> None:
    """A text is written as one whatever it begins with; nothing leaves the cell empty."""
    cell.alignment = _WRAPPED
    if isinstance(value, str):
        if value:
            # Excel reads _x0041_ as the letter A, unless its first line is written so itself.
            cell.value = _LOOKS_ESCAPED.sub("_x005F_", printable(value))
            cell.data_type = "s"
    elif isinstance(value, Decimal):
        cell.value = value
        cell.number_format = WHOLE if value == value.to_integral_value() else BROKEN
    elif value:
        cell.value = value
        cell.number_format = DAY


def _with_long_texts(sheet: Sheet) -> Sheet:
    """What is longer than a cell may be goes on in the columns to its right."""
    parts = [list(_parts(row)) for row in sheet.rows]
    needed = [
        max((len(row[place]) for row in parts), default=1) for place in range(len(sheet.columns))
    ]
    if all(count == 1 for count in needed):
        return sheet
    columns = []
    for column, count in zip(sheet.columns, needed, strict=True):
        continued = type(column)(CONTINUED.format(column.heading), column.width)
        columns += [column, *[continued] * (count - 1)]
    rows = tuple(
        tuple(
            cell
            for place, count in enumerate(needed)
            for cell in [*row[place], *[None] * (count - len(row[place]))]
        )
        for row in parts
    )
    return Sheet(sheet.name, tuple(columns), rows)


def _parts(row: Sequence[Cell]) -> Iterator[list[Cell]]:
    for cell in row:
        text = printable(cell) if isinstance(cell, str) else ""
        starts = range(0, len(text), LONGEST_CELL)
        yield [text[start : start + LONGEST_CELL] for start in starts] or [cell]
