"""The plan on a page: the rating of every action in the last four rounds."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from rounds.models import Answer, LeadUpdate, Rag, Round
from rounds.wording import first_sentence, rag_meanings

from .past import GRAVEST_FIRST, Past
from .priority import NOT_PUBLISHED, anchor_of


@dataclass(frozen=True)
class Cell:
    """One action in one round: a rating, or in words why there is none."""

    rag: str
    words: str
    spoken: str = ""
    """What is read out where the words are a sign only."""


@dataclass(frozen=True)
class GridCell:
    """A cell and its column."""

    round: str
    is_now: bool
    cell: Cell


@dataclass(frozen=True)
class GridRow:
    """One action, its cells in the order of the rounds."""

    action: int
    reference: str
    title: str
    cells: tuple[GridCell, ...]

    @property
    def anchor(self) -> str:
        """Where it stands in the report, so that it can be led to, unless its title is withheld."""
        return "" if self.title == NOT_PUBLISHED else anchor_of(self.action)


@dataclass(frozen=True)
class GridPart:
    """The actions of one priority."""

    heading: str
    rows: tuple[GridRow, ...]


@dataclass(frozen=True)
class Grid:
    """Every action asked about in a round, and its ratings up to that round."""

    columns: tuple[str, ...]
    """The rounds, the one reported on last: "Q2 2023/24"."""
    parts: tuple[GridPart, ...]
    legend: tuple[tuple[str, str, str], ...]
    """Each rating's code, its word, and what it means in this round."""

    @property
    def width(self) -> int:
        """Its columns, that of the actions included."""
        return len(self.columns) + 1


def grid_of(
    updates: Iterable[tuple[LeadUpdate, list[Answer]]],
    past: Past,
    *,
    without_title: Collection[int] = (),
) -> Grid:
    """The actions `without_title` have one that is not published, and so no rating that is."""
    parts = []
    for update, answers in updates:
        rows = tuple(
            _row(answer, answer.action_id, past, answer.action_id in without_title)
            for answer in answers
            if answer.action_id
        )
        if rows:
            parts.append(GridPart(str(update), rows))
    return Grid(
        tuple(round.narrow_label for round in past.rounds), tuple(parts), _legend(past.rounds[-1])
    )


def _legend(round: Round) -> tuple[tuple[str, str, str], ...]:
    return tuple(
        (code, Rag(code).label, first_sentence(meaning))
        for code, meaning in rag_meanings(round).items()
    )


def cell_of(answers: list[Answer]) -> Cell:
    """What a round holds of one action; there is at least one answer."""
    if any(answer.stands_in for answer in answers):
        return Cell("", NOT_PUBLISHED)
    sent = [answer for answer in answers if answer.is_sent]
    ratings = {answer.rag for answer in sent}
    for rag in GRAVEST_FIRST:
        if rag in ratings:
            return Cell(rag.value, rag.label)
    responses = {answer.response for answer in sent}
    if Answer.Response.WRITTEN in responses:
        return Cell(Rag.NOT_RATED.value, Rag.NOT_RATED.label)
    if Answer.Response.VERBAL in responses:
        return Cell("", "Verbal")
    if Answer.Response.NOTHING in responses:
        return Cell("", "Nothing to report")
    if any(answer.is_awaiting_revision for answer in answers):
        return Cell("", "Returned")
    return Cell("", "No update")


def _row(answer: Answer, action: int, past: Past, is_without_title: bool) -> GridRow:
    found = [past.of(action, round) for round in past.rounds]
    first = next(index for index, answers in enumerate(found) if answers)
    cells = []
    for index, answers in enumerate(found):
        if is_without_title:
            cells.append(Cell("", NOT_PUBLISHED))
        elif answers:
            cells.append(cell_of(answers))
        elif index == first - 1:
            cells.append(Cell("", f"New in {past.rounds[first].short_label}"))
        else:
            cells.append(Cell("", "–", "Not in the plan" if index < first else "Not asked"))
    shown = tuple(
        GridCell(round.short_label, index == len(past.rounds) - 1, cell)
        for index, (round, cell) in enumerate(zip(past.rounds, cells, strict=True))
    )
    return GridRow(action, answer.reference, answer.title, shown)
