"""What the ratings mean, in the words of a partnership or of a round; the codes stay fixed."""

from typing import Protocol

from .models import RAG_MEANINGS


class HasRagMeanings(Protocol):
    """A partnership, or a round with the words of the day on which it was opened."""

    rag_meanings: dict[str, str]


def rag_meanings(words: HasRagMeanings) -> dict[str, str]:
    """Every code with its meaning; one without words of its own has the usual one."""
    return {
        code.value: words.rag_meanings.get(code) or usual for code, usual in RAG_MEANINGS.items()
    }


def first_sentence(meaning: str) -> str:
    """What stands in a legend, where there is little room: "On course"."""
    return meaning.partition(". ")[0].rstrip(".")
