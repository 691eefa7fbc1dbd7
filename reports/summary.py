"""A released report in a few lines, from what its public edition prints and from nothing else.

So nothing that is withheld, and no small number, is told or counted here either.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format

from rounds.models import Rag

from .models import ReportFile

MOST_FIGURES = 3
_NUMBERS = ("no", "one", "two", "three", "four")
# As change.py prints it; what is in words instead, or "0.0%", did not go up or down.
_PERCENTAGE = re.compile(r"([+−])([\d,]+\.\d)%")
_WENT = {"+": "rose", "−": "fell"}


@dataclass(frozen=True)
class Summary:
    """The ratings, and the figures that changed most."""

    lines: tuple[str, ...]

    @property
    def heading(self) -> str:
        count = len(self.lines)
        return f"The report in {_NUMBERS[count]} {'line' if count == 1 else 'lines'}"


def summary_of(data: ReportFile | None) -> Summary:
    """`data` is the public edition's file for other programs, with the round of its report."""
    if data is None:
        return Summary(())
    priorities = json.loads(bytes(data.content))["priorities"]
    year_to = data.report.round.period.rolling_year().ends_on
    return Summary((*_ratings(priorities), *_figures(priorities, year_to)))


def _ratings(priorities: list[dict[str, Any]]) -> Iterator[str]:
    """As in "1 action is red, 5 are amber, 9 are green, 2 are not rated."; nothing if none has."""
    rags = Counter(action["rag"] for each in priorities for action in each["actions"])
    told = [
        (rags[rag.label], rag.label.lower())
        for rag in (Rag.RED, Rag.AMBER, Rag.GREEN, Rag.NOT_RATED)
        if rags[rag.label]
    ]
    if not told or set(rags) <= {"", Rag.NOT_RATED.label}:
        return
    (first, label), *others = told
    action = "action is" if first == 1 else "actions are"
    rest = "".join(f", {count} {'is' if count == 1 else 'are'} {name}" for count, name in others)
    yield f"{first} {action} {label}{rest}."


def _figures(priorities: list[dict[str, Any]], year_to: date) -> Iterator[str]:
    """As in "Shoplifting rose by 59.6%, to 1,704."; the first says of which year."""
    changed = {}
    for each in priorities:
        for figure in each["figures"]:
            if found := _PERCENTAGE.fullmatch(figure["percentage"]):
                changed[figure["indicator"]] = (*found.groups(), figure["current"])
    most = sorted(changed.items(), key=lambda each: -float(each[1][1].replace(",", "")))
    when = f" in the year to {date_format(year_to, 'j F Y')}"
    for name, (sign, percentage, current) in most[:MOST_FIGURES]:
        yield f"{name.removesuffix('.')} {_WENT[sign]} by {percentage}%{when}, to {current}."
        when = ""
