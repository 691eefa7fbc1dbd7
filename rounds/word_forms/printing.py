"""A sheet as the bytes of a .docx file, styled as the reports are.

A section is a heading and a table below it: what is asked, the box to write in, and what was said
last. The first cell of the table has the section's reference, and of each row its question: by
these words they are found again. The key of the form is a property of the file and stands at its
foot. Lists to choose from are controls in a line of text, which every word processor keeps.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from io import BytesIO
from itertools import count

from docx import Document
from docx.document import Document as Opened
from docx.shared import Pt
from lxml import etree

from documents import word
from documents.richtext import tree
from documents.word_template import FILE, PART_ROW, TEXT_WIDTH, widths_of
from documents.word_text import WordText
from performance.change import format_value

from ..figure_forms import FigureForm
from ..letters import closing_moment, due_day, whom_to_ask
from .sheet import CHOICE, CHOOSE, NO, RICH, YES, Question, Section, Sheet, last_heading

WRITE_HERE = "write here"
FIGURE_COLUMNS = ("Twelve months", "Number", "Where it comes from", "Provisional?")
NOTHING_MISSING = "Every figure is in: there is nothing to type here."
_SHARES = (25, 45, 30)
_FIGURE_SHARES = (26, 22, 16, 21, 15)


def as_word_form(sheet: Sheet, *, key: str, now: datetime) -> bytes:
    """The form as a file; the same sheet, key and time make the same bytes."""
    document = Document(BytesIO(FILE.read_bytes()))
    _name(document, sheet, key, now)
    _mark_pages(document, sheet, key)
    end = document.element.body.sectPr
    for made in _Printer(document).form(sheet):
        end.addprevious(made)
    return word.as_bytes(document)


def introduction(sheet: Sheet) -> list[tuple[str, str]]:
    """What stands above the sections: the style of each paragraph and its words."""
    round, helper = sheet.update.round, whom_to_ask(sheet.update.partnership)
    lines = [
        ("Heading1", str(sheet.update)),
        ("Normal", f"Your update for {round.full_label} ({round.period.long})."),
        ("Normal", f"Please answer by {due_day(round)}.{_closes(sheet)}"),
        ("Heading2", "How to use this form"),
    ]
    steps = (
        f"Write in the middle column, “{sheet.this_time}: {WRITE_HERE}”. Bold, lists and links "
        "are kept; pictures are not.",
        "Choose from the list where a box has one. Give the reason and the way back to green "
        "only if the action is red or amber.",
        "Milestones are not asked here: write in your update which were reached, and they are "
        "ticked in the portal.",
        "Leave the left column and the headings as they are: they tell the portal what belongs "
        "where. A box that you leave empty changes nothing.",
        f"Save the file as a Word document and send it back to {helper}, or upload it in the "
        "portal. What was read is shown before anything is saved.",
    )
    return lines + [("ListBullet", step) for step in steps]


def _closes(sheet: Sheet) -> str:
    round = sheet.update.round
    return f" The round closes on {closing_moment(round)}." if round.closes_at else ""


def _name(document: Opened, sheet: Sheet, key: str, now: datetime) -> None:
    properties = document.core_properties
    round = sheet.update.round
    properties.title = word.literal(f"{sheet.update}, {round.full_label}")[:255]
    properties.subject = "Form for a lead's update"
    properties.author = word.literal(str(sheet.update.partnership))[:255]
    properties.category = sheet.marking
    properties.language = word.LANGUAGE
    properties.identifier = key
    properties.created = properties.modified = now.astimezone(UTC)


def _mark_pages(document: Opened, sheet: Sheet, key: str) -> None:
    section = document.sections[0]
    above, below = section.header.paragraphs[0]._p, section.footer.paragraphs[0]._p
    round = sheet.update.round
    name = f"{sheet.update.partnership}, {round.narrow_label}"
    # Letters of five points: a long name has a line of its own.
    above.append(word.run(name + ("\t" if len(name) < TEXT_WIDTH // Pt(6) else "\n\t")))
    above.append(word.run(sheet.marking, bold=True))
    below.append(word.run(sheet.marking, bold=True))
    below.append(word.run(f"\N{EM SPACE}Form {key}\tPage "))
    below.append(word.field("PAGE"))
    below.append(word.run(" of "))
    below.append(word.field("NUMPAGES"))


class _Printer:
    def __init__(self, document: Opened) -> None:
        self._texts = WordText(document.part)
        self._lists = count(1)

    def form(self, sheet: Sheet) -> Iterator[etree._Element]:
        for style, words in introduction(sheet):
            yield word.paragraph(style, [word.run(words)])
        for section in sheet.sections:
            yield word.paragraph("Heading2", [word.run(section.heading)])
            if section.answer.is_figures and not section.figures:
                yield word.paragraph("Normal", [word.run(NOTHING_MISSING)])
                continue
            yield self._figures(section) if section.figures else self._questions(sheet, section)
            yield word.paragraph("TableEnd")

    def _questions(self, sheet: Sheet, section: Section) -> etree._Element:
        widths = widths_of(_SHARES)
        columns = (
            section.key,
            f"{sheet.this_time}: {WRITE_HERE}",
            last_heading(section),
        )
        rows = [_heading_row(columns, widths)]
        for question in section.questions:
            last = self._words(question, question.last) if question.last else []
            cells = (_asked(question), self._box(question), last)
            rows.append(_row(cells, widths))
        return word.table("ReportTable", title=section.heading, widths=widths, rows=rows)

    def _box(self, question: Question) -> list[etree._Element]:
        """The cell that is written in, with what is saved by now."""
        if question.kind != CHOICE:
            return self._words(question, question.saved)
        return [self._list(question.label, list(question.choices.values()), question.saved)]

    def _list(self, label: str, choices: Sequence[str], saved: str) -> etree._Element:
        if saved not in choices:
            choices = [CHOOSE, *choices]
        made = word.drop_down(label, choices, saved or CHOOSE, number=next(self._lists))
        return word.paragraph("TableText", [made])

    def _words(self, question: Question, words: str) -> list[etree._Element]:
        if question.kind == RICH:
            return list(self._texts.in_table(tree(words), style="TableText"))
        return [word.paragraph("TableText", [word.run(words)])] if words else []

    def _figures(self, section: Section) -> etree._Element:
        widths = widths_of(_FIGURE_SHARES)
        rows = [_heading_row((section.key, *FIGURE_COLUMNS), widths)]
        for form in section.figures:
            cells = (
                _cell_text(form.row.indicator.name, style="TableHeading"),
                _cell_text(form.year.short),
                _cell_text(_number(form)),
                _cell_text(form.initial["source"]),
                [
                    self._list(
                        "Provisional?", [NO, YES], YES if form.initial["is_provisional"] else NO
                    )
                ],
            )
            rows.append(_row(cells, widths))
        return word.table("ReportTable", title=section.heading, widths=widths, rows=rows)


def _number(form: FigureForm) -> str:
    return format_value(form.entry.value) if form.entry else ""


def _asked(question: Question) -> list[etree._Element]:
    asked = _cell_text(question.label, style="TableHeading")
    return asked + (_cell_text(question.hint, style="TableNote") if question.hint else [])


def _cell_text(words: str, *, style: str = "TableText") -> list[etree._Element]:
    return [word.paragraph(style, [word.run(words)])] if words else []


def _heading_row(words: Sequence[str], widths: Sequence[int]) -> etree._Element:
    cells = [
        word.cell(_cell_text(each, style="TableHeading"), width)
        for each, width in zip(words, widths, strict=True)
    ]
    return word.row(cells, is_heading=True)


def _row(cells: Sequence[list[etree._Element]], widths: Sequence[int]) -> etree._Element:
    """A row; what is not to be written in is shaded."""
    made = [
        word.cell(
            paragraphs or [word.paragraph("TableText")],
            width,
            fill=PART_ROW if at == 0 or (len(cells) == 3 and at == 2) else "",
        )
        for at, (paragraphs, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return word.row(made, may_break=True)
