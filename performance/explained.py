"""Kind and polarity in words, and what changing them does to reports that were read already."""

from .models import Indicator

Kind, Polarity = Indicator.Kind, Indicator.Polarity

EXPLAINED = {
    Kind.COUNT: "The months or quarters of a year are added up.",
    Kind.RATE: "Not added up: each year needs a figure of its own.",
    Kind.PERCENTAGE: (
        "Not added up: each year needs a figure of its own. The change is in percentage points."
    ),
    Polarity.LOWER: "A fall is better, a rise is worse.",
    Polarity.HIGHER: "A rise is better, a fall is worse.",
    Polarity.NONE: (
        "A rise may mean more harm, or more trust in telling of it: neither better nor worse."
    ),
}


def what_changes(before: Indicator, *, kind: str, polarity: str) -> str:
    """What another kind or polarity does to the reports of past rounds.

    Nothing where neither changes, or where there is no reading that a report could show.
    """
    if (kind, polarity) == (before.kind, before.polarity):
        return ""
    count = before.readings.current().count()
    if not count:
        return ""
    said = [
        f"There {'is 1 reading' if count == 1 else f'are {count:,} readings'}, "
        "and reports of past rounds are worked out from them each time they are opened."
    ]
    if kind != before.kind:
        said.append(_IN_PAST_REPORTS[Kind(kind)])
    if polarity != before.polarity:
        said.append(
            f"“{before.get_polarity_display()}” becomes “{Polarity(polarity).label}”: "
            "what past reports call better or worse changes with it."
        )
    return " ".join(said)


def has_fractions(indicator: Indicator) -> bool:
    """Whether a current reading has decimals, so that it cannot be a count."""
    values = indicator.readings.current().values_list("value", flat=True)
    return any(value % 1 for value in values)


_IN_PAST_REPORTS = {
    Kind.COUNT: "Months and quarters will be added up in them, where they were not.",
    Kind.RATE: (
        "Months and quarters will not be added up in them: a year without a figure of its own "
        "will be “not yet received”."
    ),
    Kind.PERCENTAGE: (
        "Months and quarters will not be added up in them: a year without a figure of its own "
        "will be “not yet received”. Changes will be in percentage points."
    ),
}
