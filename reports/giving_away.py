"""Figures that the public edition does not show for the sake of other numbers.

Of a number that is hidden more is known than what stands in its row: what earlier public versions
show of the same years, and the total that it is part of.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from operator import attrgetter

from django.db.models import Exists, OuterRef, Q

from partnerships.quarters import Period
from performance.figures import FigureRow, figure_rows
from performance.models import Indicator, IndicatorAlias
from performance.rolling import RollingYear
from rounds.models import Round

from .editions import Edition
from .models import ReportFile
from .public import Figures
from .small_numbers import NOT_SHOWN, PublicRow, gives_away, has_small_number
from .sums import Known, Year, to_hide

TWO_YEARS = timedelta(days=2 * 366)
"""Reports further apart have no rolling year in common, nor one that both are compared with."""


@dataclass(frozen=True)
class KeptBack:
    """The indicators whose numbers are not shown, though they may not be small, by number."""

    over_time: frozenset[int] = frozenset()
    """Beside an earlier version they would give a small number away, or one there already does."""
    beside_total: Mapping[int, Indicator] = field(default_factory=dict)
    """With the total from which, beside its parts, a hidden number would follow."""
    given_away: frozenset[int] = frozenset()
    """Hidden ones that follow from earlier versions all the same."""

    @property
    def hidden(self) -> frozenset[int]:
        return self.over_time | self.beside_total.keys()


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
    earlier = list(_released(round, _names(counts.values(), round)))
    new = [
        _as_public(row, threshold)
        for pk, row in counts.items()
        if pk in rows and not row.indicator.is_sensitive
    ]
    over_time = frozenset(map(int, gives_away(new, earlier, threshold=threshold)))
    shown = {
        row.indicator.pk
        for priority, under in figures.items()
        if priority not in withheld
        for row in under
        if _shows(row, threshold) and row.indicator.pk not in over_time
    }
    total_of = {pk: each.part_of_id for pk, each in tree.items() if each.part_of_id}
    years = list(_years(counts, shown=shown, printed=rows.keys(), earlier=earlier))
    found = to_hide(total_of, years, threshold=threshold)
    beside_total = {pk: tree[total] for pk, total in found.hidden.items()}
    return KeptBack(over_time, beside_total, found.given_away)


def _shows(row: FigureRow, threshold: int) -> bool:
    return not _is_kept(row.indicator) and not has_small_number(row, threshold)


def _is_kept(indicator: Indicator) -> bool:
    return indicator.is_sensitive or indicator.is_withheld


# Totals and their parts -----------------------------------------------------------------------


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


def _years(
    counts: Mapping[int, FigureRow],
    *,
    shown: Collection[int],
    printed: Collection[int],
    earlier: Collection[PublicRow],
) -> Iterator[Year]:
    """Both rolling years; each once more where a note tells that another value was entered."""
    for year_of in (attrgetter("previous"), attrgetter("current")):
        years: dict[int, RollingYear] = {pk: year_of(row) for pk, row in counts.items()}
        before, hidden_before = _of_year(next(iter(years.values())).year, earlier)
        added = {
            pk: Known(
                years[pk].value,
                prints=pk in shown,
                is_secret=pk in printed or pk in hidden_before or _is_kept(row.indicator),
                before=before.get(pk),
            )
            for pk, row in counts.items()
        }
        yield added
        entered = {
            pk: replace(added[pk], value=year.entered) for pk, year in years.items() if year.differs
        }
        if entered:
            yield added | entered


def _of_year(
    year: Period, earlier: Iterable[PublicRow]
) -> tuple[dict[int, Decimal], frozenset[int]]:
    """What earlier versions show of one year, and which figures they hide of it."""
    shown, hidden = {}, set()
    for row in earlier:
        for its_year, value in (
            (row.previous_year, row.previous),
            (row.current_year, row.current),
        ):
            if its_year != year:
                continue
            if value is not None:
                shown[int(row.indicator)] = value
            elif row.is_hidden:
                hidden.add(int(row.indicator))
    return shown, frozenset(hidden)


# What earlier public versions show -----------------------------------------------------------


def _as_public(row: FigureRow, threshold: int) -> PublicRow:
    is_small = has_small_number(row, threshold)
    is_hidden = is_small or row.indicator.is_withheld
    return PublicRow(
        indicator=str(row.indicator.pk),
        previous_year=row.previous.year,
        current_year=row.current.year,
        previous=None if is_hidden else row.previous.value,
        current=None if is_hidden else row.current.value,
        is_hidden=is_small,
    )


def _names(rows: Iterable[FigureRow], round: Round) -> dict[str, str]:
    """Every name that one of these indicators has or had, and which it is."""
    known = IndicatorAlias.objects.filter(partnership=round.partnership_id)
    wanted = {row.indicator.pk for row in rows}
    names = {name: str(pk) for pk, name in known.values_list("indicator", "name") if pk in wanted}
    return names | {row.indicator.name: str(row.indicator.pk) for row in rows}


def _released(round: Round, names: dict[str, str]) -> Iterator[PublicRow]:
    """The figures of every released version that is not too far away, the latest last."""
    ends_on = round.period_ends_on
    files = (
        ReportFile.objects.filter(
            partnership=round.partnership_id,
            edition=Edition.PUBLIC,
            format="json",
            report__release__isnull=False,
            report__destruction__isnull=True,
            report__round__period_ends_on__range=(ends_on - TWO_YEARS, ends_on + TWO_YEARS),
        )
        .select_related("report__round")
        .order_by("report__version", "pk")
    )
    for file in files:
        current = file.report.round.period.rolling_year()
        for section in json.loads(bytes(file.content))["priorities"]:
            for figure in section["figures"]:
                if figure["indicator"] in names:
                    yield PublicRow(
                        indicator=names[figure["indicator"]],
                        previous_year=current.year_before(),
                        current_year=current,
                        previous=_number(figure["previous"]),
                        current=_number(figure["current"]),
                        is_hidden=figure["current"] == NOT_SHOWN,
                    )


def _number(printed: str) -> Decimal | None:
    """A count as it was printed: "5,326"; nothing where words stand in its place."""
    try:
        return Decimal(printed.replace(",", ""))
    except InvalidOperation:
        return None
