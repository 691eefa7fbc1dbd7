"""Finds the answers in a Word file that came back: which section, which question, what it says.

A table belongs to the section whose reference or heading its first cell says, or else to the
heading above it; a row to the question that its first cell begins with. So tables and rows may
stand in any order, and what is missing is left as it is. A table whose first cell was typed over is
known by the heading above it, or as a last resort by its place in the form, which is asked about;
it is looked at when all others have been read, and never stands in for one of them. Nothing that
somebody wrote is passed over in silence: what belongs nowhere is told with its words.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from documents.differences import shortened
from documents.richtext import plain_words
from documents.word_reader import Cell, Row, Table, Tracked, WordFile

from ..earlier import LENGTHS
from ..figure_forms import FigureForm
from ..services.word_forms import SIGNS
from .printing import FIGURE_COLUMNS, WRITE_HERE, introduction
from .sheet import RICH, Question, Section, Sheet

KEY = re.compile("-".join([f"[{SIGNS}]{{4}}"] * 3))
MOST_TOLD = 40
_HEAD = re.compile(f"this (?:{'|'.join([*LENGTHS.values(), 'round'])}): {WRITE_HERE}")


@dataclass
class SectionRead:
    """What the file says of one section."""

    section: Section
    cells: dict[str, Cell] = field(default_factory=dict)
    """By the name of its question, the box."""
    figures: dict[str, tuple[Cell, ...]] = field(default_factory=dict)
    """By the prefix of its form, the boxes of a figure's row."""
    problems: list[str] = field(default_factory=list)
    """What could not be read and why, in sentences."""
    is_guessed: bool = False
    """Whether it is known by its place in the form alone."""

    @property
    def tracked(self) -> Tracked:
        every = [*self.cells.values(), *(cell for row in self.figures.values() for cell in row)]
        return Tracked(
            tuple(_told(words for cell in every for words in cell.tracked.put_in)),
            tuple(_told(words for cell in every for words in cell.tracked.taken_out)),
        )


@dataclass
class Reading:
    """What the file says of the whole update."""

    sections: dict[int, SectionRead] = field(default_factory=dict)
    """By the answer's number; a section that is not in the file is not among them."""
    problems: list[str] = field(default_factory=list)


def _told(passages: Iterable[str]) -> Iterator[str]:
    return (shortened(words) for words in islice(passages, MOST_TOLD))


def key_in(file: WordFile) -> str:
    """The key of the form that the file was made of; nothing where it does not say."""
    for said in (file.identifier, *file.footers):
        if found := KEY.search(said.upper()):
            return found[0]
    return ""


def read_form(file: WordFile, sheet: Sheet) -> Reading:
    """What the file says of each section of the sheet, in whatever order it stands there."""
    found = _Finder(sheet).find(file.blocks)
    for told in (found, *found.sections.values()):
        more = len(told.problems) - MOST_TOLD
        if more > 0:
            told.problems[MOST_TOLD:] = [f"There are {more} more such places."]
    return found


def normal(words: str) -> str:
    """Words as they are compared: any kind of quotation mark, dash, space and case is as good."""
    words = unicodedata.normalize("NFKC", words).casefold().translate(_ALIKE)
    return " ".join(words.split()).rstrip(".:")


_ALIKE = str.maketrans("‘’“”–—‑", "''\"\"---")


class _Finder:
    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._keys = {normal(section.key): section for section in sheet.sections}
        self._headings = {normal(section.heading): section for section in sheet.sections}
        self._own = {normal(words) for _, words in introduction(sheet)}
        self._found = Reading()
        self._typed_over: list[tuple[Table, Section | None, int]] = []

    def find(self, blocks: Iterable[Cell | Table]) -> Reading:
        above: Section | None = None
        tables = 0
        for block in blocks:
            if isinstance(block, Table):
                self._table(block, above, tables)
                above = None
                tables += 1
            elif block.words and normal(block.words) in self._headings:
                above = self._headings[normal(block.words)]
            elif block.words and normal(block.words) not in self._own:
                self._outside(block, above)
        is_whole = tables == len(self._sheet.sections)
        for table, heading, place in self._typed_over:
            self._without_its_key(table, heading, self._sheet.sections[place] if is_whole else None)
        return self._found

    def _outside(self, block: Cell, above: Section | None) -> None:
        where = f"Under “{above.heading}” " if above else "Outside of the boxes "
        self._tell(
            f"{where}the file says “{shortened(block.words)}”. It was not read: only boxes are."
        )

    def _tell(self, problem: str) -> None:
        self._found.problems.append(problem)

    def _table(self, table: Table, above: Section | None, place: int) -> None:
        first = table.rows[0].cells if table.rows else ()
        said = first[0].words if first else ""
        section = self._keys.get(normal(said)) or self._headings.get(normal(said))
        if section is None and said and _is_head(first):
            self._typed_over.append((table, above, place))
            return
        section = section or (above if self._answers(table, above) else None)
        if section is None:
            if table.words:
                self._tell(
                    f"A table that is not of this form was not read: “{shortened(table.words)}”."
                )
            return
        self._section(section, table)

    def _without_its_key(
        self, table: Table, above: Section | None, in_place: Section | None
    ) -> None:
        said = shortened(table.rows[0].cells[0].words)
        section = above or in_place
        if (
            section is None
            or section.answer.pk in self._found.sections
            or not self._answers(table, section)
        ):
            self._tell(
                f"“{said}” is not of this form, so what stands in its table was not "
                f"read: “{shortened(_written(table))}”."
            )
            return
        self._section(section, table)
        read = self._found.sections[section.answer.pk]
        read.is_guessed = above is None
        how = "its place in the form" if above is None else "the heading above it"
        read.problems.append(
            f"The first cell of its table says “{said}” and not “{section.key}”: it was known by "
            f"{how}."
        )

    def _answers(self, table: Table, section: Section | None) -> bool:
        """Whether a table without its first row answers the section in whose place it stands."""
        if section is None:
            return False
        asked = [*section.questions, *section.figures]
        return any(_asked_by(row, asked) is not None for row in table.rows)

    def _section(self, section: Section, table: Table) -> None:
        known = self._found.sections.get(section.answer.pk)
        read = SectionRead(section)
        column = _column(table)
        for row in table.rows:
            if row.taken_out:
                read.problems.append(
                    f"A row was taken out with tracked changes: “{shortened(row.taken_out)}”."
                )
            elif not _is_head(row.cells):
                self._row(read, row, column)
        if known is None:
            read.problems += _missing(read)
            self._found.sections[section.answer.pk] = read
        elif _words_of(known) != _words_of(read):
            known.problems.append(
                "It stands in the file twice. The first was read; the other one says "
                f"“{shortened(_written(table))}”."
            )

    def _row(self, read: SectionRead, row: Row, column: int) -> None:
        asked = _asked_by(row, [*read.section.questions, *read.section.figures])
        if isinstance(asked, FigureForm):
            boxes = row.cells[2 : 1 + len(FIGURE_COLUMNS)]
            _keep(read, read.figures, asked.prefix, boxes, asked.heading)
        elif isinstance(asked, Question):
            read.problems += _beside(asked, row, column)
            box = row.cells[column : column + 1]
            if not box:
                read.problems.append(
                    f"The box for “{asked.label}” is not there: it was left as it is."
                )
            else:
                _keep(read, read.cells, asked.name, box[0], asked.label)
        elif any(cell.words for cell in row.cells):
            said = " | ".join(cell.words for cell in row.cells if cell.words)
            read.problems.append(
                f"A row that is not of this form was not read: “{shortened(said)}”."
            )


def _beside(question: Question, row: Row, column: int) -> Iterator[str]:
    """What somebody wrote beside the box, where the form has words of its own."""
    last = plain_words(question.last) if question.kind == RICH else question.last
    asked = f"{question.label} {question.hint}"
    own = {"", *(normal(words) for words in (question.label, asked, last))}
    for at, cell in enumerate(row.cells):
        if at != column and normal(cell.words) not in own:
            yield (
                f"Beside the box for “{question.label}” the file says "
                f"“{shortened(cell.words)}”. It was not read: only boxes are."
            )


def _keep(read: SectionRead, kept: dict, name: str, box: object, label: str) -> None:
    if name not in kept:
        kept[name] = box
    elif kept[name] != box:
        read.problems.append(f"The row “{label}” is there twice: the first was read.")


def _is_head(cells: tuple[Cell, ...]) -> bool:
    """Whether these say what the columns are: the first row of a form's table."""
    said = [normal(cell.words) for cell in cells]
    return any(_HEAD.fullmatch(each) for each in said) or said[1:3] == [
        normal(each) for each in FIGURE_COLUMNS[:2]
    ]


def _column(table: Table) -> int:
    """The column that is written in; the second where no heading says so."""
    for row in table.rows:
        for at, cell in enumerate(row.cells):
            if _HEAD.fullmatch(normal(cell.words)):
                return at
    return 1


def _asked_by(row: Row, asked: Iterable[Question | FigureForm]) -> Question | FigureForm | None:
    """What the row's first cell asks, with or without its hint; a figure's months stand beside."""
    said = [normal(cell.words) for cell in row.cells[:2]]
    if not said:
        return None
    for each in asked:
        if isinstance(each, FigureForm):
            if said == [normal(each.row.indicator.name), normal(each.year.short)]:
                return each
        elif said[0].startswith(normal(each.label)):
            return each
    return None


def _missing(read: SectionRead) -> Iterator[str]:
    for question in read.section.questions:
        if question.name not in read.cells:
            yield f"The row “{question.label}” is not in the file: it was left as it is."
    for form in read.section.figures:
        if form.prefix not in read.figures:
            yield f"The row “{form.heading}” is not in the file: it was left as it is."


def _words_of(read: SectionRead) -> Mapping[str, object]:
    return {name: cell.words for name, cell in read.cells.items()} | {
        name: [cell.words for cell in row] for name, row in read.figures.items()
    }


def _written(table: Table) -> str:
    """The words of the boxes alone."""
    column = _column(table)
    boxes = (row.cells[column : column + 1] for row in table.rows if not _is_head(row.cells))
    return " ".join(box.words for cells in boxes for box in cells if box.words)
