"""What a report would print in place of an answer or a figure, and what nobody has accepted."""

from collections.abc import Iterable, Iterator

from performance.figures import FigureRow
from rounds.models import Answer
from rounds.typed_figures import missing_figures

from .passages import Place, Remark

NO_ANSWER = "Prints as “No update received”."
RETURNED = "Was returned and not sent again: prints as “Returned for revision”."
NOT_ACCEPTED = "Was sent and has not been accepted."


def of_answer(answer: Answer, place: Place) -> Iterator[Remark]:
    """A section without an answer that prints, or with one that nobody has accepted."""
    if not answer.is_sent:
        yield Remark(place, RETURNED if answer.is_awaiting_revision else NO_ANSWER)
    elif not answer.is_accepted:
        yield Remark(place, NOT_ACCEPTED)


def of_sent_figures(answer: Answer, rows: list[FigureRow], place: Place) -> Iterator[Remark]:
    """Figures that were sent with some of them missing."""
    if answer.is_sent and not answer.is_accepted and (names := missing_figures(answer, rows)):
        yield Remark(place, f"Was sent without {'; '.join(names)}.")


def of_figures(rows: Iterable[tuple[FigureRow, Place]]) -> Iterator[Remark]:
    """Figures that are missing or may still change."""
    for row, place in rows:
        if not row.is_complete:
            yield Remark(place, f"The change is not yet known: {_lacking(row)}.")
        elif row.previous.provisional or row.current.provisional:
            years = [year.year.short for year in (row.previous, row.current) if year.provisional]
            yield Remark(place, f"Provisional for {' and '.join(years)}.")


def _lacking(row: FigureRow) -> str:
    return "; ".join(
        f"{year.year.short} {year.statement}"
        for year in (row.previous, row.current)
        if year.value is None
    )
