"""What an answer says of figures, and how the readings of the plan learn of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from accounts.models import User
from partnerships.history import write_with_history
from partnerships.quarters import Period
from performance.models import Reading
from performance.services import revise_readings

from ..models import Answer, FigureEntry
from ..typed_figures import KnownFigures

SAYS = ("value", "source", "is_provisional")


@dataclass(frozen=True)
class Figure:
    """A figure as a person has typed it for a period."""

    indicator_id: int
    period: Period
    value: Decimal | None
    source: str
    is_provisional: bool


def keep_figures(
    answer: Answer,
    known: KnownFigures,
    figures: Iterable[Figure],
    *,
    was_sent: bool,
    sends: bool,
    by: User,
    now: datetime,
) -> None:
    """Keep what was typed and drop what was emptied; what is as it was is not written.

    Of an answer that was sent the readings are told what is written and what was emptied; of one
    that is being sent, all that stands in it.
    """
    kept = {(each.indicator_id, each.period): each for each in known.entries}
    new, changed, emptied = [], [], []
    for figure in figures:
        key = figure.indicator_id, figure.period
        entry = kept.get(key)
        if figure.value is None:
            if entry is not None:
                emptied.append(kept.pop(key))
        elif entry is None:
            new.append(_new_entry(answer, figure))
        elif _said_by(figure) != _said_by(entry):
            for name in SAYS:
                setattr(entry, name, getattr(figure, name))
            changed.append(entry)
    write_with_history(
        FigureEntry,
        new=new,
        changed=changed,
        gone=emptied,
        fields=SAYS,
        key=("answer", "indicator", "period_starts_on", "period_ends_on"),
        by=by,
    )
    if was_sent or sends:
        given = changed if was_sent else list(kept.values())
        revise_readings(
            given=[_reading(entry) for entry in given + new],
            taken_back=[_reading(entry) for entry in emptied] if was_sent else [],
            since=answer.submitted_at,
            held=known.readings,
            by=by,
            now=now,
        )


def entries_of(answers: Sequence[Answer]) -> list[FigureEntry]:
    """What is stored of figures typed in these answers."""
    of_figures = [answer for answer in answers if answer.is_figures]
    return list(FigureEntry.objects.filter(answer__in=of_figures)) if of_figures else []


def tell_figures(entries: Iterable[FigureEntry], *, by: User, now: datetime) -> None:
    """Make what was typed the current readings."""
    readings = [_reading(entry) for entry in entries]
    if readings:
        revise_readings(given=readings, by=by, now=now)


def untell_figures(answer: Answer, *, by: User, now: datetime) -> None:
    """Take back the readings that the figures of an answer became when it was sent."""
    readings = [_reading(entry) for entry in entries_of([answer])]
    if readings and answer.submitted_at:
        revise_readings(taken_back=readings, since=answer.submitted_at, by=by, now=now)


def _said_by(figure: Figure | FigureEntry) -> tuple[object, ...]:
    return tuple(getattr(figure, name) for name in SAYS)


def _new_entry(answer: Answer, figure: Figure) -> FigureEntry:
    return FigureEntry(
        **{name: getattr(figure, name) for name in SAYS},
        partnership_id=answer.partnership_id,
        answer=answer,
        indicator_id=figure.indicator_id,
        period_starts_on=figure.period.starts_on,
        period_ends_on=figure.period.ends_on,
    )


def _reading(entry: FigureEntry) -> Reading:
    return Reading(
        partnership_id=entry.partnership_id,
        indicator_id=entry.indicator_id,
        period_starts_on=entry.period_starts_on,
        period_ends_on=entry.period_ends_on,
        value=entry.value,
        source=entry.source,
        is_provisional=entry.is_provisional,
    )
