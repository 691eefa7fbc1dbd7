"""The words that a partnership has for how far an action has got; the codes stay fixed.

What has words of its own (`progress_labels`, by code) is a partnership, for the plan of today, or
a round, which keeps the words of the day on which it was opened.
"""

from typing import Protocol

from .models import Progress


class HasProgressLabels(Protocol):
    """A partnership or a round."""

    progress_labels: dict[str, str]


def progress_labels(words: HasProgressLabels) -> dict[str, str]:
    """Every code with its label; one without words of its own has the usual one."""
    return {code: words.progress_labels.get(code) or usual for code, usual in Progress.choices}


def progress_label(code: str, words: HasProgressLabels) -> str:
    """The label of one code; nothing where no progress was given."""
    return progress_labels(words).get(code, "")
