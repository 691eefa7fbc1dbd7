"""What the pages of figures show, as plain values; a fixed number of queries for each."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.db.models import Subquery

from partnerships.permissions import Access
from partnerships.quarters import Quarter
from priorities.models import Plan, Priority

from .change import format_value
from .figures import FigureRow, figure_rows
from .models import Indicator, PriorityIndicator, Reading

EXPLAINED = {
    Indicator.Kind.COUNT: "The months or quarters of a year are added up.",
    Indicator.Kind.RATE: "Not added up: each year needs a figure of its own.",
    Indicator.Kind.PERCENTAGE: (
        "Not added up: each year needs a figure of its own. The change is in percentage points."
    ),
    Indicator.Polarity.LOWER: "A fall is better, a rise is worse.",
    Indicator.Polarity.HIGHER: "A rise is better, a fall is worse.",
    Indicator.Polarity.NONE: (
        "A rise may mean more harm, or more trust in telling of it: neither better nor worse."
    ),
}


@dataclass(frozen=True)
class FiguresSection:
    """The figures printed under one priority; without a priority, all others."""

    priority: Priority | None
    rows: list[FigureRow]


@dataclass(frozen=True)
class ReadingRow:
    """The current reading of a period, and those that revisions have superseded."""

    current: Reading
    superseded: list[Reading]

    @property
    def value(self) -> str:
        return format_value(self.current.value)

    @property
    def earlier(self) -> list[tuple[str, Reading]]:
        """Each superseded reading with its value as it prints."""
        return [(format_value(reading.value), reading) for reading in self.superseded]


def quarter_to_show(indicators: Iterable[Indicator], today: date) -> Quarter:
    """The last quarter, already over, to whose end any of these indicators has a reading.

    Where there is none, the last quarter that is over. All figures of a partnership are shown to
    the end of the same quarter, as in its reports.
    """
    last_over = Quarter.containing(today).previous()
    known = [each.last_reading_on for each in indicators if each.last_reading_on is not None]
    if not known:
        return last_over
    latest = Quarter.containing(max(known))
    if latest.period.ends_on > max(known):
        latest = latest.previous()
    return min(latest, last_over)


def figures_by_priority(
    indicators: list[Indicator], quarter: Quarter, access: Access
) -> list[FiguresSection]:
    """The figures of each priority of today's plan, and at the end those under none of them."""
    rows = {
        row.indicator.pk: row
        for row in figure_rows(indicators, quarter.period, small_base=access.partnership.small_base)
    }
    sections = defaultdict(list)
    for placed in places_in_plan(access):
        if placed.indicator_id in rows:
            sections[placed.priority].append(rows[placed.indicator_id])
    shown = {row.indicator.pk for found in sections.values() for row in found}
    found = [FiguresSection(priority, rows) for priority, rows in sections.items()]
    others = [row for pk, row in rows.items() if pk not in shown]
    return [*found, FiguresSection(None, others)] if others else found


def places_in_plan(access: Access):
    """Which indicator stands under which priority of today's plan, in the plan's order."""
    plan = Plan.objects.visible_to(access).current_first(access.today).values("pk")[:1]
    return (
        PriorityIndicator.objects.visible_to(access)
        .filter(priority__plan=Subquery(plan))
        .select_related("priority")
        .order_by("priority__order", "priority", "order", "pk")
    )


def reading_rows(indicator: Indicator) -> list[ReadingRow]:
    """Every period of which there is a reading, the latest first, with what was revised."""
    readings = indicator.readings.order_by(
        "-period_ends_on", "-period_starts_on", "-superseded_at", "-pk"
    )
    rows = []
    for _, of_period in groupby(readings, key=lambda reading: reading.period):
        found = list(of_period)
        current = next((one for one in found if one.superseded_at is None), None)
        if current is not None:
            rows.append(ReadingRow(current, [one for one in found if one is not current]))
    return rows
