"""The actions and the figures of a report as tables: what a spreadsheet gets, as plain values.

Every word is as the report prints it. Dates are dates and figures are numbers, so that they can be
sorted and added up.
"""

from collections.abc import Iterator, Mapping
from datetime import date

from actions.models import Action
from performance.figures import FigureRow
from performance.rolling import RollingYear
from rounds.models import Answer, LeadUpdate, Round

from .content import Report, figures_of
from .priority import ActionEntry, Figure, PrioritySection
from .remarks.passages import pieces_of
from .sheets import Cell, Column, Sheet

Dates = Mapping[int, tuple[date | None, date]]


# The first as in a partnership's own table of its plan.
ACTIONS = (
    Column("Priority", 14),
    Column("Reference", 12),
    Column("Action", 40),
    Column("Desired outcome", 40),
    Column("Key milestones", 40),
    Column("Timescales", 18),
    Column("Lead", 24),
    Column("Progress", 14),
    Column("RAG", 10),
    Column("Answer", 18),
    Column("Update", 80),
    Column("Why red or amber", 36),
    Column("Way back to green", 36),
    Column("Date before", 13),
    Column("New date", 13),
    Column("Why the date moved", 30),
    Column("Milestones done", 30),
    Column("Milestones overdue", 30),
    Column("Marking", 20),
    Column("Not for publication", 30),
)
FIGURES = (
    Column("Priority", 14),
    Column("Indicator", 44),
    Column("Supporting", 12),
    Column("Previous year from", 13),
    Column("Previous year to", 13),
    Column("Previous value", 12),
    Column("Previous, as printed", 20),
    Column("Current year from", 13),
    Column("Current year to", 13),
    Column("Current value", 12),
    Column("Current, as printed", 20),
    Column("Change", 12),
    Column("Change in percent", 12),
    Column("Change, as printed", 20),
    Column("Judgement", 16),
    Column("Marking", 20),
    Column("Not for publication", 30),
)


def actions_sheet(report: Report, round: Round) -> Sheet:
    """One row an action, in the order of the report.

    Outcomes, milestones and timescales are those of the plan today; three queries, with that for
    the dates that were moved.
    """
    moved, planned = _moved(round), _planned(report)
    rows = (
        _action(section, entry, moved, planned[entry.action])
        for section in report.priorities
        for entry in section.actions
    )
    return Sheet("Actions", ACTIONS, tuple(rows))


def figures_sheet(report: Report, round: Round) -> Sheet:
    """One row an indicator of a priority; three queries for the numbers themselves."""
    found = figures_of(round, LeadUpdate.objects.filter(round=round))
    numbers = {row.indicator.pk: row for rows in found.values() for row in rows}
    rows = (
        _figure(section, row, numbers[row.indicator])
        for section in report.priorities
        if section.figures
        for row in section.figures.rows
    )
    return Sheet("Figures", FIGURES, tuple(rows))


def _moved(round: Round) -> Dates:
    """By number of the answer, the date before and the new one."""
    sent = Answer.objects.filter(update__round=round).sent().exclude(new_due_on=None)
    return {
        pk: (before, now) for pk, before, now in sent.values_list("pk", "old_due_on", "new_due_on")
    }


def _planned(report: Report) -> dict[int, Action]:
    """The actions of the report, by number, each with its milestones."""
    asked = [entry.action for section in report.priorities for entry in section.actions]
    return Action.objects.prefetch_related("milestones").in_bulk(asked)


def _action(
    section: PrioritySection, entry: ActionEntry, moved: Dates, planned: Action
) -> tuple[Cell, ...]:
    milestones = planned.milestones.all()
    before, now = moved.get(entry.pk, (None, None)) if entry.date_moved else (None, None)
    return (
        section.label,
        entry.reference,
        entry.title,
        planned.desired_outcome,
        "\n".join(milestone.title for milestone in milestones),
        # A line for each milestone, so that the two can be read side by side.
        "\n".join(milestone.timescale or "–" for milestone in milestones),
        section.lead,
        entry.progress,
        entry.rag_label,
        entry.answer,
        "\n".join(piece.text for piece in pieces_of(entry.text_html)),
        entry.why,
        entry.way_back,
        before,
        now,
        entry.date_reason,
        "; ".join(entry.milestones_done),
        "; ".join(entry.milestones_overdue),
        entry.marking,
        entry.withheld,
    )


def _figure(section: PrioritySection, row: Figure, numbers: FigureRow) -> tuple[Cell, ...]:
    change = numbers.change
    return (
        section.label,
        row.name,
        row.standing,
        *_year(numbers.previous),
        _printed(row.previous, row.previous_notes),
        *_year(numbers.current),
        _printed(row.current, row.current_notes),
        change.difference if change else None,
        change.percentage if change else None,
        row.printed_change,
        row.word,
        row.marking,
        row.withheld,
    )


def _year(year: RollingYear) -> Iterator[Cell]:
    yield from (year.year.starts_on, year.year.ends_on, year.value)


def _printed(value: str, notes: tuple[str, ...]) -> str:
    return "; ".join((value, *notes))
