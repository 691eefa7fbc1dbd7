"""What changed between two texts, told in one line of words: what went, what came, what stayed."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from enum import StrEnum
from typing import NamedTuple

MOST_WORDS = 300
"""Between what both texts begin and end with alike; a page has many texts to compare."""
MOST_SHOWN = 40
"""Of words in a row that went or came."""
AROUND = 6
"""Words that stayed, shown before and after a change."""


class Kind(StrEnum):
    """What became of some words."""

    STAYED = "stayed"
    WENT = "went"
    CAME = "came"


class Piece(NamedTuple):
    """Neighbouring words of which the same became."""

    kind: Kind
    words: str

    @property
    def stayed(self) -> bool:
        return self.kind is Kind.STAYED

    @property
    def went(self) -> bool:
        return self.kind is Kind.WENT


def differences(before: str, after: str) -> list[Piece]:
    """What changed, with a few words around it; long runs are cut, with “…” for what is left out.

    Both are plain words. Nothing is returned where no word differs.
    """
    words, others = before.split(), after.split()
    if words == others:
        return []
    runs = list(_runs(words, others))
    return [_piece(run, first=at == 0, last=at == len(runs) - 1) for at, run in enumerate(runs)]


def shortened(text: str, most: int = MOST_SHOWN) -> str:
    """The first words of a text, with “…” where there are more."""
    words = text.split()
    return " ".join(words) if len(words) <= most else f"{' '.join(words[:most])} …"


_Run = tuple[Kind, list[str]]


def _runs(words: Sequence[str], others: Sequence[str]) -> Iterator[_Run]:
    start = _alike(words, others)
    end = _alike(words[start:][::-1], others[start:][::-1])
    middle = list(words[start : len(words) - end])
    other_middle = list(others[start : len(others) - end])
    if start:
        yield Kind.STAYED, list(words[:start])
    yield from _middle(middle, other_middle)
    if end:
        yield Kind.STAYED, list(words[len(words) - end :])


def _middle(words: list[str], others: list[str]) -> Iterator[_Run]:
    opcodes: Sequence[tuple[str, int, int, int, int]] = [("replace", 0, len(words), 0, len(others))]
    if max(len(words), len(others)) <= MOST_WORDS:
        opcodes = SequenceMatcher(None, words, others, autojunk=False).get_opcodes()
    for name, begin, finish, other_begin, other_finish in opcodes:
        if name == "equal":
            yield Kind.STAYED, words[begin:finish]
            continue
        if finish > begin:
            yield Kind.WENT, words[begin:finish]
        if other_finish > other_begin:
            yield Kind.CAME, others[other_begin:other_finish]


def _alike(words: Sequence[str], others: Sequence[str]) -> int:
    """How many words both begin with."""
    pairs = zip(words, others, strict=False)
    return next(
        (index for index, (word, other) in enumerate(pairs) if word != other),
        min(len(words), len(others)),
    )


def _piece(run: _Run, *, first: bool, last: bool) -> Piece:
    kind, words = run
    if kind != Kind.STAYED:
        return Piece(kind, shortened(" ".join(words)))
    before = [] if last else words[-AROUND:]
    after = [] if first else words[:AROUND]
    if len(before) + len(after) >= len(words):
        return Piece(kind, " ".join(words))
    return Piece(kind, " ".join([*after, "…", *before]))
