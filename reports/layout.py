"""A report as a run of blocks: what stands after what, in which words, for Word and PDF alike.

Whoever prints it decides how a heading or a table looks, and nothing else. The words between the
values ("Lead:", "Way back to green:") are here once; the web page has the same, which a test holds.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from documents.nodes import LISTS, TEXT, Node
from documents.richtext import tree
from performance.charts import drawing

from .changes import Change, Changes
from .content import Report
from .endings import Ending
from .grid import Cell as Rated
from .grid import Grid
from .matters import MatterRow, MattersTable
from .priority import ActionEntry, Chart, Entry, Figure, Figures, PrioritySection
from .silence import Silence, Silences

VERSION = 8
"""Goes up when a report laid out earlier would print differently."""

WHY_AND_BECAME = "Why, and what it became"


@dataclass(frozen=True)
class Mark:
    """A word in a colour, with its sign: a rating, or a change for the better or the worse."""

    code: str
    """green, amber, red or not_rated; or up, down or level and the judgement: "down better"."""
    words: str


@dataclass(frozen=True)
class Target:
    """A place in the report that a `Jump` leads to; it prints nothing."""

    name: str


@dataclass(frozen=True)
class Jump:
    """Words that lead to another place in the report."""

    words: str
    to: str
    """The name of its `Target`."""


Inline = Node | Mark | Target | Jump


@dataclass(frozen=True)
class Heading:
    """A heading; the report's own title is of level 1."""

    level: int
    text: str


@dataclass(frozen=True)
class Paragraph:
    """A paragraph the report itself says, of words, marks and what leads within the report."""

    parts: tuple[Inline, ...]
    style: str = ""
    """"note" for what is said beside the matter, "draft" for what a draft says of itself."""


@dataclass(frozen=True)
class Text:
    """A text somebody has written, as the tree of its canonical form."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True)
class Bullets:
    """A list the report itself makes."""

    items: tuple[Paragraph, ...]


@dataclass(frozen=True)
class Pairs:
    """Words and what stands beside them: To, Date, Subject."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading, a line below it, and its share of the width in percent."""

    heading: str
    share: int
    below: str = ""
    is_number: bool = False


@dataclass(frozen=True)
class Picture:
    """A small drawing, and in words what it shows."""

    svg: str
    alternative: str


CellBlock = Paragraph | Text | Picture


@dataclass(frozen=True)
class Row:
    """A row of a table; its first cell is the row's own heading."""

    cells: tuple[tuple[CellBlock, ...], ...]
    may_break: bool = False


@dataclass(frozen=True)
class Part:
    """Rows of a table that belong together, under a heading of their own where they have one."""

    heading: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Table:
    """A table with a title, which is read out and need not be seen."""

    title: str
    columns: tuple[Column, ...]
    parts: tuple[Part, ...]


Block = Heading | Paragraph | Text | Picture | Bullets | Pairs | Table


@dataclass(frozen=True)
class Layout:
    """A whole report, ready to be printed."""

    title: str
    """Of the document, as a reader's window names it."""
    partnership: str
    subject: str
    marking: str
    """On every page."""
    blocks: tuple[Block, ...]
    state: str = ""
    """On every page beside the marking: that it is a draft, as long as it is one."""
    made_at: datetime | None = None
    """When it was put together or issued, to the minute; for the properties of a file."""


def layout_of(report: Report) -> Layout:
    return Layout(
        title=f"{report.state} {report.title}, {report.round} – {report.partnership}".strip(),
        partnership=report.partnership,
        subject=report.subject,
        marking=report.marking,
        blocks=tuple(_report(report)),
        state=report.state,
        made_at=report.made_at,
    )


def words_of(layout: Layout) -> list[str]:
    """Everything a reader reads, piece by piece and in order; titles of tables are left out."""
    return [words for block in layout.blocks for words in _words(block) if words]


# The report, from top to bottom -------------------------------------------------------------


def _report(report: Report) -> Iterator[Block]:
    if report.state:
        said = f" Put together on {report.compiled}. {report.answered}".rstrip()
        yield Paragraph((_strong(f"{report.state}."), _words_node(said)), "draft")
    else:
        yield _note(f"{report.issued} {report.answered}".rstrip())
    yield _note(report.caption)
    yield Heading(1, report.title)
    yield Pairs((("To", report.to), ("Date", report.date), ("Subject", report.subject)))
    yield Heading(2, "1. Introduction")
    yield Text(tree(report.introduction_html))
    if report.matters:
        yield Heading(2, report.matters.heading)
        yield from _matters(report.matters)
    yield from _grid(report.grid)
    yield from _changes(report.changes)
    if report.silences:
        yield from _silences(report.silences)
    for section in report.priorities:
        yield from _priority(section)
    if report.endings:
        yield Heading(2, "Where each action ended")
        for part in report.endings:
            yield Heading(3, part.heading)
            yield _table(
                part.heading,
                (Column("Action", 40), Column("Position", 20), Column(WHY_AND_BECAME, 40)),
                [_ending(row) for row in part.rows],
            )
    yield Heading(2, "Recommendations")
    if report.recommendations_html:
        yield Text(tree(report.recommendations_html))
    else:
        yield _note("There are no recommendations.")
    if report.standing_html:
        yield Text(tree(report.standing_html))


def _grid(grid: Grid) -> Iterator[Block]:
    yield Heading(2, "Plan on a page")
    if not grid.parts:
        yield _said("The plan has no actions.")
        return
    share = min(15, 60 // len(grid.columns))
    yield Table(
        "Rating of every action in the last rounds",
        (
            Column("Action", 100 - share * len(grid.columns)),
            *(Column(name, share) for name in grid.columns),
        ),
        tuple(
            Part(
                part.heading,
                tuple(
                    Row(
                        (
                            (Paragraph(_leading(row.reference, row.title, row.anchor)),),
                            *((Paragraph((_rated(each.cell),)),) for each in row.cells),
                        )
                    )
                    for row in part.rows
                ),
            )
            for part in grid.parts
        ),
    )
    yield Bullets(
        tuple(
            Paragraph((Mark(code, label), _words_node(f" {meaning}")))
            for code, label, meaning in grid.legend
        )
    )


def _changes(changes: Changes) -> Iterator[Block]:
    yield Heading(2, "What changed since the last round")
    if not changes.last_round:
        yield _said("No earlier round is on record, so there is no rating to compare with.")
    elif not changes.lists:
        yield _said(changes.nothing)
    else:
        yield _note(f"Compared with {changes.last_round}.")
    for each in changes.lists:
        yield Heading(3, f"{each.heading} ({len(each.changes)})")
        yield Bullets(tuple(_change(change) for change in each.changes))


def _change(change: Change) -> Paragraph:
    parts = _leading(change.reference, change.title, change.anchor)
    if change.words:
        parts += (Node("br"), _words_node(change.words))
    if change.before and change.after:
        before_in = f" in {change.before_in}" if change.before_in else ""
        parts += (Node("br"), _rated(change.before), _words_node(f"{before_in} to "))
        parts += (_rated(change.after),)
    return Paragraph(parts)


def _silences(silences: Silences) -> Iterator[Block]:
    yield Heading(2, silences.heading)
    if silences.rows:
        yield _table(
            "Sections without an answer",
            (Column("Section", 46), Column("Who was asked", 22), Column("Last answered", 32)),
            [_silence(row) for row in silences.rows],
        )
    else:
        yield _said("Every section has been answered.")
    if silences.spoken:
        yield _note(silences.spoken)


def _silence(row: Silence) -> Row:
    section = f"{row.section} ({row.note})" if row.note else row.section
    return Row(tuple((_said(words),) for words in (section, row.asked, row.last_answered)))


def _ending(row: Ending) -> Row:
    became = [f"Now {later}" for later in row.became]
    why = [*row.why.splitlines(), *became] or ["–"]
    return Row(
        (
            (_named(row.reference, row.title),),
            (_said(row.position or "Not said"),),
            (_lines(why),),
        )
    )


def _matters(matters: MattersTable) -> Iterator[Block]:
    yield _note(matters.said)
    yield _table(
        matters.heading,
        (
            Column("Matter", 25),
            Column("What was said, decided or agreed", 50),
            Column("Owner and date", 25),
        ),
        [_matter(row) for row in matters.rows],
    )


def _matter(row: MatterRow) -> Row:
    said: list[CellBlock] = [Paragraph((_strong(row.kind),)), Text(tree(row.text_html))]
    said += [_note(row.agreed)] if row.agreed else []
    said += [Paragraph((_strong(row.marking),))] if row.marking else []
    whose = [_note("–")]
    if row.owner:
        whose = [_lines([row.owner, row.by_when]), Paragraph((_strong(row.state),))]
    return Row(((_said(row.about),), tuple(said), tuple(whose)), may_break=row.may_break)


# A priority -----------------------------------------------------------------------------------


def _priority(section: PrioritySection) -> Iterator[Block]:
    yield Heading(2, section.heading)
    yield _said(f"Lead: {section.lead}")
    if section.matters:
        yield Heading(3, section.matters.heading)
        yield from _matters(section.matters)
    if section.figures:
        yield Heading(3, section.figures.heading)
        if section.figures.rows:
            yield _figures(section.figures, section.label)
        if section.comment and section.comment.has_words:
            yield from _entry(section.comment)
    if section.actions:
        yield Heading(3, "Actions")
        yield _table(
            f"Actions of {section.label}",
            (Column("Actions", 30), Column("Status", 15), Column("Update", 55)),
            [_action(entry) for entry in section.actions],
        )
    for entry in section.narratives:
        yield Heading(3, entry.heading)
        if entry.is_on_themes and section.themes:
            yield _note("; ".join(section.themes))
        yield from _entry(entry)


def _figures(figures: Figures, label: str) -> Table:
    shares = (28, 18, 18, 20) if figures.has_charts else (34, 20, 20, 26)
    columns = [
        Column("Indicator", shares[0]),
        Column("Previous Rolling Year", shares[1], figures.previous_year, is_number=True),
        Column("Current Rolling Year", shares[2], figures.current_year, is_number=True),
        Column("Change", shares[3]),
    ]
    if figures.has_charts:
        columns.append(Column("Both years", 100 - sum(shares), "previous above, current below"))
    rows = [_figure(row, has_charts=figures.has_charts) for row in figures.rows]
    return _table(f"Figures of {label}", tuple(columns), rows)


def _figure(row: Figure, *, has_charts: bool) -> Row:
    beside = [_note(row.standing)] if row.standing else []
    if row.withheld:
        beside.append(_lines(row.withheld.splitlines(), "Not for publication:"))
    beside += [Paragraph((_strong(row.marking),))] if row.marking else []
    change = [_said(row.printed_change)]
    if row.is_known:
        change.append(Paragraph((Mark(f"{row.direction} {row.judgement}", row.word),)))
    cells: list[tuple[CellBlock, ...]] = [
        (_said(row.name), *beside),
        (_said(row.previous), *map(_note, row.previous_notes)),
        (_said(row.current), *map(_note, row.current_notes)),
        tuple(change),
    ]
    if has_charts:
        cells.append((_picture(row.chart) if row.chart else _note("–"),))
    return Row(tuple(cells))


def _picture(chart: Chart) -> Picture:
    return Picture(drawing(chart.bars), chart.alternative)


def _action(entry: ActionEntry) -> Row:
    status = [Paragraph((Mark(entry.rag, entry.rag_label),))] if entry.rag else []
    status += [_said(entry.progress)] if entry.progress else []
    named = _named(entry.reference, entry.title)
    return Row(
        (
            (Paragraph((Target(entry.anchor), *named.parts)) if entry.anchor else named,),
            tuple(status) or (_note(entry.no_status),),
            tuple(_entry(entry)),
        ),
        may_break=entry.may_break,
    )


def _entry(entry: Entry) -> Iterator[CellBlock]:
    """What somebody has said of a section, or why there is nothing."""
    if entry.text_html:
        yield Text(tree(entry.text_html))
    elif entry.is_received:
        yield _note(entry.statement)
    else:
        yield Paragraph((_strong(entry.statement),))
    if entry.last_answered:
        yield _lines([f"{entry.last_answered}."], "Last update:")
    if isinstance(entry, ActionEntry):
        if entry.why:
            yield _lines(entry.why.splitlines(), f"{entry.why_heading}:")
        if entry.way_back:
            yield _lines(entry.way_back.splitlines(), "Way back to green:")
        if entry.milestones_done:
            yield _lines(["; ".join(entry.milestones_done)], "Milestones done:")
        if entry.milestones_overdue:
            yield _lines(["; ".join(entry.milestones_overdue)], "Milestones overdue:")
        if entry.date_moved:
            moved = f"{entry.date_moved}. {entry.date_reason}".strip()
            yield _lines(moved.splitlines(), "Date moved:")
    if entry.given_for_lead:
        yield _note(entry.given_for_lead)
    if entry.withheld:
        yield _lines(entry.withheld.splitlines(), "Not for publication:")
    if entry.marking:
        yield Paragraph((_strong(entry.marking),))


# Small pieces ---------------------------------------------------------------------------------


def _words_node(words: str) -> Node:
    return Node(TEXT, text=words)


def _strong(words: str) -> Node:
    return Node("strong", (_words_node(words),))


def _said(words: str) -> Paragraph:
    return Paragraph((_words_node(words),))


def _note(words: str) -> Paragraph:
    return Paragraph((_words_node(words),), "note")


def _lines(lines: Iterable[str], heading: str = "") -> Paragraph:
    """Lines one below the other, the first after a heading in bold."""
    parts: list[Node] = [_strong(heading)] if heading else []
    for number, line in enumerate(lines):
        if number:
            parts.append(Node("br"))
        parts.append(_words_node(f" {line}" if heading and not number else line))
    return Paragraph(tuple(parts))


def _name(reference: str, title: str) -> str:
    return f"{reference} {title}".strip()


def _named(reference: str, title: str) -> Paragraph:
    return _said(_name(reference, title))


def _leading(reference: str, title: str, anchor: str) -> tuple[Inline, ...]:
    """An action's name that leads to where it stands, if it stands anywhere."""
    if not anchor:
        return _named(reference, title).parts
    before = (_words_node(f"{reference} "),) if reference else ()
    return (*before, Jump(title, anchor))


def _rated(cell: Rated) -> Node | Mark:
    return Mark(cell.rag, cell.words) if cell.rag else _words_node(cell.spoken or cell.words)


def _table(title: str, columns: tuple[Column, ...], rows: Iterable[Row]) -> Table:
    return Table(title, columns, (Part("", tuple(rows)),))


# What is read ---------------------------------------------------------------------------------


def _words(block: Block) -> list[str]:
    match block:
        case Heading():
            return [block.text]
        case Paragraph():
            return [_inline(block.parts)]
        case Text():
            return _lines_of(block.nodes)
        case Bullets():
            return [_inline(item.parts) for item in block.items]
        case Picture():
            return [block.alternative]
        case Pairs():
            return [words for row in block.rows for words in row]
        case Table():
            return [*_headings(block), *_cells(block)]


def _headings(table: Table) -> list[str]:
    return [words for column in table.columns for words in (column.heading, column.below)]


def _cells(table: Table) -> list[str]:
    found = []
    for part in table.parts:
        found.append(part.heading)
        for row in part.rows:
            found += [words for cell in row.cells for block in cell for words in _words(block)]
    return found


def _lines_of(nodes: Iterable[Node]) -> list[str]:
    """A text's paragraphs and the items of its lists, each as one piece."""
    found = []
    for node in nodes:
        if node.tag in LISTS:
            for item in node.children:
                found.append(_inline(each for each in item.children if each.tag not in LISTS))
                found += _lines_of(each for each in item.children if each.tag in LISTS)
        else:
            found.append(_inline(node.children))
    return found


def _inline(parts: Iterable[Inline]) -> str:
    return "".join(_piece(part) for part in parts)


def _piece(part: Inline) -> str:
    if isinstance(part, Mark | Jump):
        return part.words
    if isinstance(part, Target):
        return ""
    return "\n" if part.tag == "br" else part.text + _inline(part.children)
