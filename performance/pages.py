"""What the pages of figures show, as plain values; a fixed number of queries for each."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.db.models import Q, Subquery

from partnerships.models import Membership
from partnerships.permissions import GRANTS, Access, Permission
from partnerships.quarters import (
    MONTHS_IN_A_YEAR,
    Period,
    Quarter,
    add_months,
    quarters_between,
)
from priorities.models import Plan, Priority

from .change import format_value
from .figures import FigureRow, figure_row, figure_rows, part_of
from .models import Indicator, PriorityIndicator, Reading
from .rolling import Part


@dataclass(frozen=True)
class FiguresSection:
    """The figures printed under one priority; without a priority, all others."""

    priority: Priority | None
    rows: list[FigureRow]


@dataclass(frozen=True)
class EarlierReading:
    """A reading that stands no longer: until when, who changed that, and why."""

    reading: Reading
    by: object
    reason: str

    @property
    def value(self) -> str:
        return format_value(self.reading.value)

    @property
    def was_taken_back(self) -> bool:
        return bool(self.reading.taken_back_reason)


@dataclass(frozen=True)
class ReadingRow:
    """The current reading of a period, if any, and those that stood there before."""

    period: Period
    current: Reading | None
    earlier: list[EarlierReading]

    @property
    def value(self) -> str:
        return format_value(self.current.value) if self.current else ""


def quarter_to_show(indicators: Iterable[Indicator], today: date) -> Quarter:
    """The last quarter, already over, to whose end most of these indicators have a reading.

    Those that stopped a year or more before the latest are not waited for. Where there is no
    reading, the last quarter that is over. All figures of a partnership are shown to the end of
    the same quarter, as in its reports.
    """
    last_over = _last_over(today)
    known = sorted(
        (each.last_reading_on for each in indicators if each.last_reading_on is not None),
        reverse=True,
    )
    if not known:
        return last_over
    still_come = [day for day in known if day > add_months(known[0], -MONTHS_IN_A_YEAR)]
    reached = still_come[len(still_come) // 2]
    return min(_ended_by(reached), last_over)


def _last_over(today: date) -> Quarter:
    return Quarter.containing(today).previous()


def _ended_by(day: date) -> Quarter:
    """The last quarter of which no day comes after this one."""
    quarter = Quarter.containing(day)
    return quarter if quarter.period.ends_on <= day else quarter.previous()


class YearsOfFigure:
    """The years that the page of one figure shows, with readings; which others it could show.

    They end with the quarter that was asked for; else with the one of the list of figures; where
    its own readings give no year to that, with the last to which they do.
    """

    def __init__(
        self,
        indicator: Indicator,
        parts: list[Part],
        *,
        of_list: Quarter,
        today: date,
        small_base: int,
    ) -> None:
        self._indicator, self._parts, self._small_base = indicator, parts, small_base
        self.of_list = of_list
        self.own_last = min(
            _ended_by(max(part.period.ends_on for part in parts)), _last_over(today)
        )
        first = Quarter.containing(min(part.period.ends_on for part in parts))
        self.choices = quarters_between(
            min(first, of_list, self.own_last).period.starts_on,
            max(of_list, self.own_last).period.ends_on,
        )[::-1]
        self.quarter = of_list
        self.is_chosen = False
        self.row = self.row_of_list = self._row(of_list)
        if self.row.current.value is None:
            self._go_to_own_last()

    def choose(self, slug: str) -> bool:
        """Show the years to the end of a quarter, given as in "2023-24-q2"; False if not here."""
        for quarter in self.choices:
            if quarter.slug == slug:
                self.quarter, self.row, self.is_chosen = quarter, self._row(quarter), True
                return True
        return False

    @property
    def options(self) -> list[tuple[str, str]]:
        return [(quarter.slug, quarter.label) for quarter in self.choices]

    @property
    def statements(self) -> list[tuple[str, str]]:
        """What is to be said of a year that has a value."""
        return [
            (year.year.short, year.statement)
            for year in (self.row.current, self.row.previous)
            if year.value is not None and year.statement
        ]

    @property
    def is_as_in_list(self) -> bool:
        return self.quarter == self.of_list

    @property
    def goes_further(self) -> bool:
        """Whether its own readings go on beyond these years and those of the list."""
        return self.own_last > max(self.quarter, self.of_list)

    def _go_to_own_last(self) -> None:
        for quarter in self.choices:
            row = self._row(quarter)
            if row.current.value is not None:
                self.quarter, self.row = quarter, row
                return

    def _row(self, quarter: Quarter) -> FigureRow:
        return figure_row(self._indicator, self._parts, quarter.period, small_base=self._small_base)


def parts_of(indicator: Indicator) -> list[Part]:
    """Every current reading; one query."""
    return [part_of(reading) for reading in indicator.readings.current()]


def who_enters_figures(access: Access) -> list[Membership]:
    """Those who may enter a reading of any figure, by their posts; one query.

    Leads enter those of their priority beside, in their updates.
    """
    roles = [role for role, granted in GRANTS.items() if Permission.ENTER_FIGURES in granted]
    return list(
        Membership.objects.of(access.partnership)
        .current(access.today)
        .filter(Q(role__in=roles) | Q(loads_figures=True))
        .select_related("organisation")
    )


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


def priorities_in_plan(access: Access) -> list[Priority]:
    """The priorities and themes of today's plan, under which a figure could stand; one query."""
    plan = Plan.objects.visible_to(access).current_first(access.today).values("pk")[:1]
    return list(
        Priority.objects.in_plan().filter(plan=Subquery(plan), plan__closed_at__isnull=True)
    )


def ends_of_readings(indicator: Indicator, *, taken_back_too: bool):
    """The last days of the periods of which there is a reading, the latest first, to be paged.

    With `taken_back_too` also where all readings were taken back.
    """
    readings = indicator.readings.all() if taken_back_too else indicator.readings.current()
    return readings.order_by("-period_ends_on").values_list("period_ends_on", flat=True).distinct()


def reading_rows(indicator: Indicator, ends, *, taken_back_too: bool) -> list[ReadingRow]:
    """Every period that ends on one of these days, the latest first; one query with theirs."""
    readings = (
        indicator.readings.filter(period_ends_on__in=ends)
        .select_related("entered_by", "taken_back_by")
        .order_by("-period_ends_on", "-period_starts_on", "-entered_at", "-pk")
    )
    rows = [
        _reading_row(list(of_period))
        for _, of_period in groupby(readings, key=lambda reading: reading.period)
    ]
    return [row for row in rows if row.current or taken_back_too]


def _reading_row(found: list[Reading]) -> ReadingRow:
    """The row of one period, from its readings, the latest entered first."""
    entered = {reading.entered_at: reading for reading in reversed(found)}
    earlier = []
    for reading in found:
        if reading.superseded_at is None:
            continue
        by, reason = reading.taken_back_by, reading.taken_back_reason
        successor = entered.get(reading.superseded_at)
        if not reason and successor is not None:
            by, reason = successor.entered_by, successor.reason
        earlier.append(EarlierReading(reading, by, reason))
    current = next((reading for reading in found if reading.superseded_at is None), None)
    return ReadingRow(found[0].period, current, earlier)
