"""The figures of answers, computed with what has been typed in them but is not a reading yet."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import F, FilteredRelation, Q

from partnerships.quarters import Period
from performance.figures import FigureRow, figure_rows
from performance.models import Indicator, Reading
from performance.rolling import Part
from performance.services import held_readings

from .as_closed import figures_by_place
from .models import Answer, FigureEntry, LeadUpdate, Round


def missing_figures(answer: Answer, rows: Sequence[FigureRow]) -> tuple[str, ...]:
    """The indicators that figures given in writing still lack; those that are in from elsewhere
    are not missing.

    Such a section can be sent, and until it is accepted it is told everywhere as incomplete.
    Where its lead has said that there is nothing to report, nothing is missing.
    """
    if not (answer.is_figures and answer.is_written):
        return ()
    return tuple(_missing_of(row) for row in rows if not row.is_complete)


def _missing_of(row: FigureRow) -> str:
    """The indicator, and of one of whose years there is a figure, the other one."""
    lacking = [year for year in (row.previous, row.current) if year.value is None]
    name = row.indicator.name
    return name if len(lacking) > 1 else f"{name} for {lacking[0].year.short}"


def rows_of_answers(
    answers: Iterable[Answer], round: Round, *, small_base: int
) -> dict[int, list[FigureRow]]:
    """The figures of each of these answers of one round, by the answer's number.

    Two queries for all. A figure typed in one of them stands in for the reading of its period.
    """
    answers = {answer.pk: answer for answer in answers if answer.is_figures}
    if not answers:
        return {}
    found = _asked_or_typed(answers, round)
    under = _rows(found, round, small_base=small_base)
    return {pk: under[answer.update.priority_id] for pk, answer in answers.items()}


def of_suppliers(rows: Sequence[FigureRow], memberships: Collection[int] | None) -> list[FigureRow]:
    """Only the figures that one of these memberships supplies, or all where none are given."""
    return [row for row in rows if memberships is None or row.indicator.supplier_id in memberships]


@dataclass(frozen=True)
class KnownFigures:
    """The figures that one answer asks for, and what is stored of them."""

    rows: list[FigureRow]
    entries: list[FigureEntry]
    """All that are typed in it, be it of indicators that are no longer asked for."""
    readings: list[Reading] | None
    """Those that saving supersedes or takes back, where they are held for it."""


def read_figures(answer: Answer, *, holds: bool = False) -> KnownFigures:
    """What is known of the figures of an answer, with its readings held or not; two queries."""
    round = answer.update.round
    found = _asked_or_typed({answer.pk: answer}, round)
    held, current = None, None
    if holds:
        held = held_readings([each.pk for each in found], since=answer.submitted_at)
        current = [reading for reading in held if reading.superseded_at is None]
    under = _rows(found, round, small_base=answer.update.partnership.small_base, readings=current)
    entries = [_entry(answer, each) for each in found if each.typed_pk]
    return KnownFigures(under[answer.update.priority_id], entries, held)


_TYPED = ("pk", "period_starts_on", "period_ends_on", "value", "is_provisional", "source")


def _asked_or_typed(answers: dict[int, Answer], round: Round) -> list[Indicator]:
    """The indicators `under` the priorities of these answers, and what is typed of them.

    One query: an indicator comes once for each figure typed of it, and once where there is none.
    One that was typed and is no longer asked for is under nothing.
    """
    updates = [answer.update for answer in answers.values()]
    typed = FilteredRelation("figure_entries", condition=Q(figure_entries__answer__in=answers))
    return list(
        figures_by_place(round, updates)
        .select_related("source", "supplier")
        .annotate(entry=typed)
        .annotate(**{f"typed_{name}": F(f"entry__{name}") for name in _TYPED})
        .filter(Q(place__isnull=False) | Q(typed_pk__isnull=False))
        .order_by("order_there", "place", "entry")
    )


def _rows(
    found: Iterable[Indicator],
    round: Round,
    *,
    small_base: int,
    readings: Iterable[Reading] | None = None,
) -> dict[int, list[FigureRow]]:
    """The figures asked for, by the priority they stand under."""
    asked = [each for each in found if each.under]
    rows = {
        row.indicator.pk: row
        for row in figure_rows(
            {each.pk: each for each in asked}.values(),
            round.period,
            small_base=small_base,
            typed=_typed(asked),
            readings=readings,
        )
    }
    under: dict[int, dict[int, FigureRow]] = defaultdict(dict)
    for each in asked:
        under[each.under][each.pk] = rows[each.pk]
    return defaultdict(list, {pk: list(there.values()) for pk, there in under.items()})


def _typed(found: Iterable[Indicator]) -> dict[int, list[Part]]:
    """By indicator the figure typed of each period."""
    typed = defaultdict(dict)
    for each in found:
        if each.typed_pk:
            period = Period(each.typed_period_starts_on, each.typed_period_ends_on)
            typed[each.pk][period] = Part(
                period, each.typed_value, each.typed_is_provisional, each.typed_source
            )
    return {pk: list(parts.values()) for pk, parts in typed.items()}


def _entry(answer: Answer, found: Indicator) -> FigureEntry:
    return FigureEntry(
        **{name: getattr(found, f"typed_{name}") for name in _TYPED},
        partnership_id=answer.partnership_id,
        answer=answer,
        indicator=found,
    )


def figures_of_updates(
    updates: Iterable[LeadUpdate], answers: Iterable[Answer]
) -> dict[int, list[FigureRow]]:
    """The figures of these updates' answers, by the answer's number; two queries a round."""
    by_update = {update.pk: update for update in updates}
    by_round = defaultdict(list)
    for answer in answers:
        if answer.is_figures:
            answer.update = by_update[answer.update_id]
            by_round[answer.update.round].append(answer)
    found: dict[int, list[FigureRow]] = {}
    for round, figures in by_round.items():
        found |= rows_of_answers(
            figures, round, small_base=figures[0].update.partnership.small_base
        )
    return found
