"""The figures of answers, computed with what has been typed in them but is not a reading yet."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import chain

from django.db.models import prefetch_related_objects

from performance.figures import FigureRow, figure_rows
from performance.models import PriorityIndicator
from performance.rolling import Part

from .models import Answer, Round


def rows_of_answers(
    answers: Iterable[Answer], round: Round, *, small_base: int
) -> dict[int, list[FigureRow]]:
    """The figures of each of these answers of one round, by the answer's number.

    Three queries for all. A figure typed in one of them stands in for the reading of its period.
    """
    answers = {answer.pk: answer for answer in answers if answer.is_figures}
    if not answers:
        return {}
    priorities = [answer.update.priority_id for answer in answers.values()]
    under = PriorityIndicator.objects.filter(priority__in=priorities)
    under = under.select_related("indicator__source")
    typed = defaultdict(dict)
    prefetch_related_objects(list(answers.values()), "figure_entries")
    for entry in chain.from_iterable(answer.figure_entries.all() for answer in answers.values()):
        part = Part(entry.period, entry.value, entry.is_provisional, entry.source)
        typed[entry.indicator_id][entry.period] = part
    indicators = {each.indicator_id: each.indicator for each in under}
    rows = {
        row.indicator.pk: row
        for row in figure_rows(
            indicators.values(),
            round.period,
            small_base=small_base,
            typed={pk: list(parts.values()) for pk, parts in typed.items()},
        )
    }
    return {
        pk: [
            rows[each.indicator_id]
            for each in under
            if each.priority_id == answer.update.priority_id
        ]
        for pk, answer in answers.items()
    }
