"""The words a person looks for, and where they stand in a text."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

SHORTEST = 2
MOST_WORDS = 8
AROUND = 60


@dataclass(frozen=True)
class Piece:
    """A part of a text, marked where it is one of the words looked for."""

    text: str
    is_found: bool


def words_of(query: str) -> list[str]:
    """What was typed as the words to be found: those in quotation marks stay together."""
    found = [together or word for together, word in re.findall(r'["“”]([^"“”]+)["“”]|(\S+)', query)]
    bare = (word.strip(' "“”') for word in found)
    return [word for word in bare if len(word) >= SHORTEST][:MOST_WORDS]


def excerpt(text: str, words: Sequence[str]) -> list[Piece]:
    """The text around the first of the words that stand in it; nothing where none does."""
    text = " ".join(text.split())
    pattern = _pattern(words)
    first = pattern.search(text)
    if first is None:
        return []
    start, end = max(0, first.start() - AROUND), min(len(text), first.end() + 2 * AROUND)
    if start:
        start = text.find(" ", start, first.start()) + 1 or start
    if end < len(text):
        end = max(text.rfind(" ", first.end(), end), first.end())
    return [
        *([Piece("… ", False)] if start else []),
        *_pieces(text[start:end], pattern),
        *([Piece(" …", False)] if end < len(text) else []),
    ]


def has_all(texts: Iterable[str], words: Sequence[str]) -> bool:
    """Whether every word stands somewhere in these texts."""
    whole = "\n".join(" ".join(text.split()) for text in texts).casefold()
    return all(word.casefold() in whole for word in words)


def _pattern(words: Sequence[str]) -> re.Pattern[str]:
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile("|".join(re.escape(word) for word in longest_first), re.IGNORECASE)


def _pieces(text: str, pattern: re.Pattern[str]) -> list[Piece]:
    pieces, at = [], 0
    for match in pattern.finditer(text):
        pieces.append(Piece(text[at : match.start()], False))
        pieces.append(Piece(match.group(), True))
        at = match.end()
    pieces.append(Piece(text[at:], False))
    return [piece for piece in pieces if piece.text]
