"""What a report would print in place of an answer or a figure, and what nobody has accepted."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from operator import attrgetter

from performance.change import format_value
from performance.figures import FigureRow
from performance.rolling import RollingYear
from rounds.models import Answer
from rounds.typed_figures import missing_figures

from .passages import Place, Remark

NO_ANSWER = "Prints as “No update received”."
RETURNED = "Was returned and not sent again: prints as “Returned for revision”."
NOT_ACCEPTED = "Was sent and has not been accepted."
NO_RECOMMENDATIONS = "None are written: prints as “There are no recommendations.”"
ONLY_SINCE = "Is not in this report: it came under the priority after the round first closed."

NOUGHT = Decimal(0)


def of_answer(answer: Answer, place: Place) -> Iterator[Remark]:
    """A section without an answer that prints, or with one that nobody has accepted."""
    if not answer.is_sent:
        yield Remark(place, RETURNED if answer.is_awaiting_revision else NO_ANSWER)
    elif not answer.is_accepted:
        yield Remark(place, NOT_ACCEPTED)


def of_recommendations(html: str, place: Place) -> Iterator[Remark]:
    if not html:
        yield Remark(place, NO_RECOMMENDATIONS)


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


def of_totals(rows: Iterable[tuple[FigureRow, Place]]) -> Iterator[Remark]:
    """Totals that are less than their parts in the report add up to."""
    found = {row.indicator.pk: (row, place) for row, place in rows}
    for pk, (row, place) in found.items():
        parts = [part for part, _ in found.values() if part.indicator.part_of_id == pk]
        for year_of in (attrgetter("previous"), attrgetter("current")):
            year: RollingYear = year_of(row)
            added = sum((year_of(part).value or NOUGHT for part in parts), NOUGHT)
            if year.value is not None and added > year.value:
                names = ", ".join(part.indicator.name for part in parts)
                yield Remark(
                    place,
                    f"{year.year.short}: {format_value(year.value)} is less than its parts add up "
                    f"to, {format_value(added)} ({names}).",
                )


def _lacking(row: FigureRow) -> str:
    return "; ".join(
        f"{year.year.short} {year.statement}"
        for year in (row.previous, row.current)
        if year.value is None
    )
