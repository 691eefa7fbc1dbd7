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
    rates: Mapping[int, "RateKept"] = field(default_factory=dict)
    """Rates and percentages from which a number that is not shown could be worked out."""
    beside_earlier: frozenset[int] = frozenset()
    """Those of `hidden` beside which nothing would follow, were there no earlier versions."""
    given_away: frozenset[int] = frozenset()
    """Hidden ones that follow from earlier versions all the same."""

    @property
    def words(self) -> dict[int, str]:
        """What stands in the place of each."""
        return dict.fromkeys(self.hidden, NOT_SHOWN) | {
            pk: rate.words for pk, rate in self.rates.items()
        }


@dataclass(frozen=True)
class RateKept:
    """Why a rate or percentage is not shown."""

    count: Indicator
    words: str
    """Those that stand, or would stand, in the place of the count as well."""


def kept_back(round: Round, figures: Figures, *, withheld: Collection[int]) -> KeptBack:
    """What is not shown of the figures of a round, those marked OFFICIAL-SENSITIVE among them.

    `withheld` are the priorities whose section of the figures is not published. Three queries where
    a figure is added up, one more where others are parts of the same totals or rates are worked
    out from them: what was released stands in its files.
    """
    threshold = round.partnership.small_number_threshold
    rows = {row.indicator.pk: row for under in figures.values() for row in under}
    if not any(_is_counted(row.indicator) for row in rows.values()):
        return KeptBack()
    related = _related(round)
    counts = _with_all_in(related, rows, round)
    published = {
        row.indicator.pk
        for priority, under in figures.items()
        if priority not in withheld
        for row in under
        if not _is_kept(row.indicator)
    }
    small = {pk for pk, row in counts.items() if has_small_number(row, threshold)}
    base_of = {
        pk: row.indicator.worked_out_from_id
        for pk, row in rows.items()
        if row.indicator.worked_out_from_id
    }
    withheld_counts = {
        pk
        for pk, row in counts.items()
        if _is_kept(row.indicator) or (pk in rows and pk not in published)
    }
    not_read = small | withheld_counts
    earlier = _released(round, related | {pk: row.indicator for pk, row in counts.items()})
    new = [
        *_as_it_would_print(
            counts,
            shown=published - small,
            told={base_of[pk] for pk in published & base_of.keys()} - not_read,
            guarded={*rows, *base_of.values()},
        )
    ]
    total_of = _total_of(related)
    found = to_hide(total_of, [*earlier, *new], threshold=threshold)
    alone = to_hide(total_of, new, threshold=threshold) if found.hidden else found
    return KeptBack(
        hidden={pk: None if of is None else related[of] for pk, of in found.hidden.items()},
        rates={
            pk: RateKept(
                counts[base].indicator, NOT_PUBLISHED if base in withheld_counts else NOT_SHOWN
            )
            for pk, base in base_of.items()
            if base in not_read or base in found.hidden
        },
        beside_earlier=frozenset(found.hidden.keys() - alone.hidden.keys()),
        given_away=found.given_away,
    )


def gives_away(report: IssuedReport) -> list[str]:
    """The figures of an issued version that would, beside what is released, give a number away.

    That is its numbers as they were issued: what was corrected since is not what they show. Four
    queries.
    """
    of_all = Indicator.objects.filter(
        Q(kind=Indicator.Kind.COUNT) | Q(worked_out_from__isnull=False),
        partnership=report.partnership_id,
    )
    indicators = {each.pk: each for each in of_all}
    own = _versions(ReportFile.objects.filter(report=report), indicators)
    new = [replace(each, is_new=True) for each in own]
    versions = [*_released(report.round, indicators), *new]
    threshold = report.round.partnership.small_number_threshold
    found = to_hide(_total_of(indicators), versions, threshold=threshold)
    return sorted(indicators[pk].name for pk in found.hidden)


def _is_counted(indicator: Indicator) -> bool:
    return indicator.is_summed or indicator.worked_out_from_id is not None


def _is_kept(indicator: Indicator) -> bool:
    return indicator.is_sensitive or indicator.is_withheld


# Totals and their parts -----------------------------------------------------------------------


def _total_of(indicators: Mapping[int, Indicator]) -> dict[int, int]:
    return {pk: each.part_of_id for pk, each in indicators.items() if each.part_of_id}


def _related(round: Round) -> dict[int, Indicator]:
    """Every count that is part of another or has parts, and rates with what they are made from."""
    indicators = Indicator.objects.filter(partnership=round.partnership_id)
    return {
        each.pk: each
        for each in indicators.filter(
            Q(part_of__isnull=False)
            | Q(worked_out_from__isnull=False)
            | Exists(indicators.filter(part_of=OuterRef("pk")))
            | Exists(indicators.filter(worked_out_from=OuterRef("pk")))
        )
    }


def _with_all_in(
    related: Mapping[int, Indicator], rows: Mapping[int, FigureRow], round: Round
) -> dict[int, FigureRow]:
    """The counts of the report, and with them those outside it that are related to one."""
    counts = {pk: row for pk, row in rows.items() if row.indicator.is_summed}
    others = [each for pk, each in related.items() if each.is_summed and pk not in counts]
    if not others or not rows.keys() & related.keys():
        return counts
    small_base = round.partnership.small_base
    more = figure_rows(others, round.period, small_base=small_base)
    return counts | {row.indicator.pk: row for row in more}


def _as_it_would_print(
    counts: Mapping[int, FigureRow],
    *,
    shown: Collection[int],
    told: Collection[int],
    guarded: Collection[int],
) -> Iterator[Version]:
    """The new version; of `told`, rates tell the numbers."""
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
            pk for pk, row in counts.items() if pk in guarded or _is_kept(row.indicator)
        ),
        told=frozenset(told),
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

    @property
    def has_numbers(self) -> bool:
        return any(each[:1].isdigit() for each in self.both)

    def values(self, years: tuple[Period, Period]) -> dict[Period, Decimal | None]:
        """What was added up."""
        added = {_period(note): _number(note["added"]) for note in self.notes}
        return dict(zip(years, map(_number, self.both), strict=True)) | added

    def entered(self) -> dict[Period, Decimal | None]:
        return {_period(note): _number(note["entered"]) for note in self.notes}


def _released(round: Round, indicators: Mapping[int, Indicator]) -> Iterator[Version]:
    """Every released version that is not too far away, the latest last; two queries."""
    ends_on = round.period_ends_on
    files = ReportFile.objects.filter(
        partnership=round.partnership_id,
        report__release__isnull=False,
        report__destruction__isnull=True,
        report__round__period_ends_on__range=(ends_on - TWO_YEARS, ends_on + TWO_YEARS),
    )
    yield from _versions(files, indicators)


def _versions(
    files: QuerySet[ReportFile], indicators: Mapping[int, Indicator]
) -> Iterator[Version]:
    """What the reports show that these files are of, and what is true of what they hide.

    That stands in their full editions. A figure that is not for publication now is guarded in every
    version that did not show it.
    """
    names = _names(indicators)
    counts = {pk for pk, indicator in indicators.items() if indicator.is_summed}
    kept = {pk for pk in counts if _is_kept(indicators[pk])}
    in_order = files.filter(format="json").select_related("report__round").order_by("report_id")
    for report, editions in groupby(in_order, attrgetter("report")):
        figures = {each.edition: _figures_in(each, names) for each in editions}
        public = figures.get(Edition.PUBLIC, {})
        shown = {pk: it for pk, it in public.items() if not IN_ITS_PLACE.intersection(it.both)}
        true = {
            pk: it for pk, it in (figures.get(Edition.FULL, {}) | shown).items() if pk in counts
        }
        rates = {pk for pk, it in shown.items() if pk not in counts and it.has_numbers}
        current = report.round.period.rolling_year()
        years = current.year_before(), current
        as_added = Version(
            years=years,
            values={
                (pk, at): each for pk, it in true.items() for at, each in it.values(years).items()
            },
            shown=frozenset(shown.keys() & counts),
            secret=frozenset(
                kept | {pk for pk in public.keys() & counts if NOT_SHOWN in public[pk].both}
            ),
            told=frozenset(
                base for pk in rates if (base := indicators[pk].worked_out_from_id) is not None
            ),
        )
        entered = {(pk, at): each for pk, it in true.items() for at, each in it.entered().items()}
        yield from _as_notes_tell(as_added, entered)


def _names(indicators: Mapping[int, Indicator]) -> dict[str, int]:
    """Every name that one of these indicators has or had, and which it is."""
    known = IndicatorAlias.objects.filter(indicator__in=indicators)
    names = dict(known.values_list("name", "indicator"))
    return names | {indicator.name: pk for pk, indicator in indicators.items()}


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
