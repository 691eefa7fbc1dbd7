"""The figures of the public edition: what is shown of each, and what is not."""

from collections.abc import Callable, Mapping

from performance.figures import FigureRow
from rounds.models import Answer, LeadUpdate

from .priority import NOT_PUBLISHED, Figure, figure_of
from .small_numbers import NOT_SHOWN, has_small_number

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


def public_figure(*, threshold: int, words: Mapping[int, str]) -> Callable[[FigureRow], Figure]:
    """How a figure prints; `words` stand for indicators whose numbers would give another away."""

    def printed(row: FigureRow) -> Figure:
        if row.indicator.is_withheld:
            return _in_place_of(row, NOT_PUBLISHED)
        if has_small_number(row, threshold):
            return _in_place_of(row, NOT_SHOWN)
        if row.indicator.pk in words:
            return _in_place_of(row, words[row.indicator.pk])
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
        disagreements=(),
        change=words,
        percentage=words,
        printed_change=words,
        direction="",
        judgement="",
        word="",
        chart=None,
    )
