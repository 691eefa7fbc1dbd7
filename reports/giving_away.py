"""Figures that the public edition does not show for the sake of other numbers.

Of a number that is hidden more is known than what stands in its row: the total that it is part of,
and what earlier public versions show. What follows from it is worked out in `working_out`.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from itertools import groupby
from operator import attrgetter

from django.db.models import Exists, OuterRef, Q, QuerySet

from partnerships.quarters import Period
from performance.figures import FigureRow, figure_rows
from performance.models import Indicator, IndicatorAlias
from rounds.models import Round

from .editions import Edition
from .models import IssuedReport, ReportFile
from .priority import NOT_PUBLISHED
from .public import Figures
from .public_counts import Version
from .small_numbers import NOT_SHOWN, has_small_number
from .working_out import to_hide

TWO_YEARS = timedelta(days=2 * 366)
"""Reports further apart have no rolling year in common, nor one that both are compared with."""


@dataclass(frozen=True)
class KeptBack:
    """The indicators whose numbers are not shown, though they may not be small, by number."""

    hidden: Mapping[int, Indicator | None] = field(default_factory=dict)
    """With the total beside which a hidden number would follow; None where it would beside an
    earlier version of the same figure."""
    given_away: frozenset[int] = frozenset()
    """Hidden ones that follow from earlier versions all the same."""


def kept_back(round: Round, figures: Figures, *, withheld: Collection[int]) -> KeptBack:
    """What is not shown of the figures of a round, those marked OFFICIAL-SENSITIVE among them.

    `withheld` are the priorities whose section of the figures is not published. Three queries where
    a figure is added up, one more where others are parts of the same totals: what was released
    stands in its files.
    """
    threshold = round.partnership.small_number_threshold
    rows = {row.indicator.pk: row for under in figures.values() for row in under}
    if not any(row.indicator.is_summed for row in rows.values()):
        return KeptBack()
    tree = _tree(round)
    counts = _with_all_in(tree, rows, round)
    shown = {
        row.indicator.pk
        for priority, under in figures.items()
        if priority not in withheld
        for row in under
        if not _is_kept(row.indicator) and not has_small_number(row, threshold)
    }
    versions = [
        *_released(round, {pk: row.indicator for pk, row in counts.items()}),
        *_as_it_would_print(counts, shown=shown, printed=rows.keys()),
    ]
    found = to_hide(_total_of(tree), versions, threshold=threshold)
    hidden = {pk: None if total is None else tree[total] for pk, total in found.hidden.items()}
    return KeptBack(hidden, found.given_away)


def gives_away(report: IssuedReport) -> list[str]:
    """The figures of an issued version that would, beside what is released, give a number away.

    That is its numbers as they were issued: what was corrected since is not what they show. Four
    queries.
    """
    of_all = Indicator.objects.filter(partnership=report.partnership_id, kind=Indicator.Kind.COUNT)
    counts = {each.pk: each for each in of_all}
    own = _versions(ReportFile.objects.filter(report=report), counts)
    new = [replace(each, is_new=True) for each in own]
    versions = [*_released(report.round, counts), *new]
    threshold = report.round.partnership.small_number_threshold
    found = to_hide(_total_of(counts), versions, threshold=threshold)
    return sorted(counts[pk].name for pk in found.hidden)


def _is_kept(indicator: Indicator) -> bool:
    return indicator.is_sensitive or indicator.is_withheld


# Totals and their parts -----------------------------------------------------------------------


def _total_of(indicators: Mapping[int, Indicator]) -> dict[int, int]:
    return {pk: each.part_of_id for pk, each in indicators.items() if each.part_of_id}


def _tree(round: Round) -> dict[int, Indicator]:
    """Every count that is part of another, or has parts."""
    indicators = Indicator.objects.filter(
        partnership=round.partnership_id, kind=Indicator.Kind.COUNT
    )
    return {
        each.pk: each
        for each in indicators.filter(
            Q(part_of__isnull=False) | Exists(indicators.filter(part_of=OuterRef("pk")))
        )
    }


def _with_all_in(
    tree: Mapping[int, Indicator], rows: Mapping[int, FigureRow], round: Round
) -> dict[int, FigureRow]:
    """The counts of the report, and with them those outside it that share a total with one."""
    counts = {pk: row for pk, row in rows.items() if row.indicator.is_summed}
    others = [each for pk, each in tree.items() if pk not in counts]
    if not others or not counts.keys() & tree.keys():
        return counts
    small_base = round.partnership.small_base
    more = figure_rows(others, round.period, small_base=small_base)
    return counts | {row.indicator.pk: row for row in more}


def _as_it_would_print(
    counts: Mapping[int, FigureRow], *, shown: Collection[int], printed: Collection[int]
) -> Iterator[Version]:
    """The new version."""
    added: dict[tuple[int, Period], Decimal | None] = {}
    entered: dict[tuple[int, Period], Decimal | None] = {}
    for pk, row in counts.items():
        for year in (row.previous, row.current):
            added[pk, year.year] = year.value
            added |= {(pk, note.period): note.added for note in year.disagreements}
            entered |= {(pk, note.period): note.entered for note in year.disagreements}
    as_added = Version(
        years=(row.previous.year, row.current.year),
        values=added,
        shown=frozenset(counts.keys() & shown),
        secret=frozenset(
            pk for pk, row in counts.items() if pk in printed or _is_kept(row.indicator)
        ),
        is_new=True,
    )
    yield from _as_notes_tell(as_added, entered)


def _as_notes_tell(
    as_added: Version, entered: Mapping[tuple[int, Period], Decimal | None]
) -> Iterator[Version]:
    """A version; first as if the values were added up that, as its notes tell, were entered."""
    if entered:
        yield replace(as_added, values={**as_added.values, **entered})
    yield as_added


# What earlier public versions show ------------------------------------------------------------


IN_ITS_PLACE = frozenset((NOT_SHOWN, NOT_PUBLISHED))


@dataclass(frozen=True)
class _Printed:
    """What one edition prints of a figure."""

    both: tuple[str, str]
    notes: list[dict[str, str]]
    """None in versions from before notes were kept for other programs."""

    def values(self, years: tuple[Period, Period]) -> dict[Period, Decimal | None]:
        """What was added up."""
        added = {_period(note): _number(note["added"]) for note in self.notes}
        return dict(zip(years, map(_number, self.both), strict=True)) | added

    def entered(self) -> dict[Period, Decimal | None]:
        return {_period(note): _number(note["entered"]) for note in self.notes}


def _released(round: Round, counts: Mapping[int, Indicator]) -> Iterator[Version]:
    """Every released version that is not too far away, the latest last; two queries."""
    ends_on = round.period_ends_on
    files = ReportFile.objects.filter(
        partnership=round.partnership_id,
        report__release__isnull=False,
        report__destruction__isnull=True,
        report__round__period_ends_on__range=(ends_on - TWO_YEARS, ends_on + TWO_YEARS),
    )
    yield from _versions(files, counts)


def _versions(files: QuerySet[ReportFile], counts: Mapping[int, Indicator]) -> Iterator[Version]:
    """What the reports show that these files are of, and what is true of what they hide.

    That stands in their full editions. A figure that is not for publication now is guarded in every
    version that did not show it.
    """
    names = _names(counts)
    kept = {pk for pk, indicator in counts.items() if _is_kept(indicator)}
    in_order = files.filter(format="json").select_related("report__round").order_by("report_id")
    for report, editions in groupby(in_order, attrgetter("report")):
        figures = {each.edition: _figures_in(each, names) for each in editions}
        public = figures.get(Edition.PUBLIC, {})
        shown = {pk: it for pk, it in public.items() if not IN_ITS_PLACE.intersection(it.both)}
        true = figures.get(Edition.FULL, {}) | shown
        current = report.round.period.rolling_year()
        years = current.year_before(), current
        as_added = Version(
            years=years,
            values={
                (pk, at): each for pk, it in true.items() for at, each in it.values(years).items()
            },
            shown=frozenset(shown),
            secret=frozenset(kept).union(pk for pk, it in public.items() if NOT_SHOWN in it.both),
        )
        entered = {(pk, at): each for pk, it in true.items() for at, each in it.entered().items()}
        yield from _as_notes_tell(as_added, entered)


def _names(counts: Mapping[int, Indicator]) -> dict[str, int]:
    """Every name that one of these indicators has or had, and which it is."""
    known = IndicatorAlias.objects.filter(indicator__in=counts)
    names = dict(known.values_list("name", "indicator"))
    return names | {indicator.name: pk for pk, indicator in counts.items()}


def _figures_in(file: ReportFile, names: Mapping[str, int]) -> dict[int, _Printed]:
    return {
        names[figure["indicator"]]: _Printed(
            (figure["previous"], figure["current"]), figure.get("notes", [])
        )
        for section in json.loads(bytes(file.content))["priorities"]
        for figure in section["figures"]
        if figure["indicator"] in names
    }


def _period(note: Mapping[str, str]) -> Period:
    return Period(date.fromisoformat(note["from"]), date.fromisoformat(note["until"]))


def _number(printed: str) -> Decimal | None:
    """A count as it was printed: "5,326"; nothing where words stand in its place."""
    try:
        return Decimal(printed.replace(",", ""))
    except InvalidOperation:
        return None
