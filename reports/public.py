"""The figures of the public edition: what is shown of each, and what is not."""

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from decimal import Decimal, InvalidOperation

from performance.figures import FigureRow
from performance.models import IndicatorAlias
from rounds.models import Answer, LeadUpdate, Round

from .editions import Edition
from .models import ReportFile
from .priority import NOT_PUBLISHED, Figure, figure_of
from .small_numbers import NOT_SHOWN, PublicRow, gives_away, has_small_number

TWO_YEARS = timedelta(days=2 * 366)
"""Reports further apart have no rolling year in common, nor one that both are compared with."""

Figures = dict[int, list[FigureRow]]


def without_sensitive(figures: Figures) -> Figures:
    """One that is marked OFFICIAL-SENSITIVE is left out, its name too."""
    return {
        under: [row for row in rows if not row.indicator.is_sensitive]
        for under, rows in figures.items()
    }


def without_bare_sections(
    updates: list[tuple[LeadUpdate, list[Answer]]], figures: Figures
) -> list[tuple[LeadUpdate, list[Answer]]]:
    """Where no figure is left under a priority, their section goes too, unless it has words."""
    return [
        (
            update,
            [
                answer
                for answer in found
                if answer.text or not answer.is_figures or figures.get(update.priority_id)
            ],
        )
        for update, found in updates
    ]


def public_figure(
    *, threshold: int, hidden: frozenset[int] = frozenset()
) -> Callable[[FigureRow], Figure]:
    """How a figure prints; `hidden` are the indicators whose numbers would give another away."""

    def printed(row: FigureRow) -> Figure:
        if row.indicator.is_withheld:
            return _in_place_of(row, NOT_PUBLISHED)
        if row.indicator.pk in hidden or has_small_number(row, threshold):
            return _in_place_of(row, NOT_SHOWN)
        return figure_of(row)

    return printed


def not_published(row: FigureRow) -> Figure:
    """Where the section of the figures is withheld as a whole."""
    return _in_place_of(row, NOT_PUBLISHED)


def _in_place_of(row: FigureRow, words: str) -> Figure:
    """Its name and place, and the same words for every number: nothing else is taken over."""
    return Figure(
        indicator=row.indicator.pk,
        name=row.indicator.name,
        standing="" if row.indicator.is_headline else "Supporting",
        marking="",
        withheld="",
        previous=words,
        previous_notes=(),
        current=words,
        current_notes=(),
        change=words,
        percentage=words,
        printed_change=words,
        direction="",
        judgement="",
        word="",
        chart=None,
    )


# What earlier public versions show -----------------------------------------------------------


def revealing(round: Round, figures: Figures) -> frozenset[int]:
    """The indicators whose numbers cannot be shown, or not even hidden, without giving one away.

    Two queries, where there is a figure that is added up: what was released stands in its files.
    """
    threshold = round.partnership.small_number_threshold
    rows = {row.indicator.pk: row for under in figures.values() for row in under}
    counts = [row for row in rows.values() if row.indicator.is_summed]
    if not counts or threshold <= 1:
        return frozenset()
    earlier = list(_released(round, _names(counts, round)))
    if not earlier:
        return frozenset()
    new = [_as_public(row, threshold) for row in counts]
    return frozenset(int(each) for each in gives_away(new, earlier, threshold=threshold))


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
