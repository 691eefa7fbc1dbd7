"""A text as a flat list of blocks: paragraphs, headings and list items, made of marked runs.

This is the canonical form behind the canonical HTML, flat as Word has it: a list item knows its
level and whether it is numbered, a run of text knows its marks. Nothing in it can nest deeply, and
two texts that look alike are equal.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import chain, groupby
from typing import NamedTuple

from documents.characters import tidy
from documents.links import bare_addresses

_WORDS = re.compile(" +|[^ ]+(?: +[^ ]+)*")
"""Spaces at the edge of a run, and what lies between them."""

DEEPEST_LEVEL = 2
"""Lists nest three deep, counted from 0; anything deeper is brought up to the third."""


class Marks(NamedTuple):
    """How a run of text is set apart; `href` is the address it links to, or nothing."""

    href: str = ""
    strong: bool = False
    em: bool = False
    sup: bool = False

    def common_with(self, other: "Marks") -> "Marks":
        """The marks that both have."""
        return Marks(
            self.href if self.href == other.href else "",
            self.strong and other.strong,
            self.em and other.em,
            self.sup and other.sup,
        )


NO_MARKS = Marks()


class Run(NamedTuple):
    """Characters that carry the same marks."""

    text: str
    marks: Marks = NO_MARKS


Line = tuple[Run, ...]


class Kind(StrEnum):
    """What a block is; the words are its HTML tags."""

    PARAGRAPH = "p"
    HEADING = "h4"
    ITEM = "li"


@dataclass(frozen=True)
class Block:
    """One paragraph, heading or list item: its lines, and for an item its level and numbering."""

    kind: Kind
    lines: tuple[Line, ...]
    level: int = 0
    ordered: bool = False


def plain(line: Iterable[Run]) -> str:
    """The characters of a line, without marks."""
    return "".join(run.text for run in line)


def canonical(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """The one form of a text: the same again when it is already canonical.

    Characters are tidied, spaces collapsed, bare addresses linked and equal runs joined. An empty
    line ends a paragraph; a heading is one line and never bold; an item is at most one level
    deeper than the one before it. What is empty goes.
    """
    result: list[Block] = []
    level_before = -1
    for block in chain.from_iterable(map(_pieces, blocks)):
        if block.kind is Kind.ITEM:
            level = max(0, min(block.level, level_before + 1, DEEPEST_LEVEL))
            result.append(replace(block, level=level))
            level_before = level
        else:
            result.append(Block(block.kind, block.lines))
            level_before = -1
    return tuple(result)


def _pieces(block: Block) -> Iterator[Block]:
    if block.kind is Kind.HEADING:
        block = replace(block, lines=(_one_line_without_bold(block.lines),))
    lines = [_canonical_line(line) for line in block.lines]
    full = [(line, bool(plain(line).strip())) for line in lines]
    if block.kind is not Kind.PARAGRAPH:
        if kept := tuple(line for line, has_text in full if has_text):
            yield replace(block, lines=kept)
        return
    for has_text, group in groupby(full, key=lambda pair: pair[1]):
        if has_text:
            yield replace(block, lines=tuple(line for line, _ in group))


def _one_line_without_bold(lines: Sequence[Line]) -> Line:
    spaced = [run for line in lines for run in (*line, Run(" "))]
    return tuple(Run(run.text, run.marks._replace(strong=False)) for run in spaced)


def _canonical_line(line: Line) -> Line:
    while (tidied := _tidied_once(line)) != line:
        line = tidied
    return line


def _tidied_once(line: Line) -> Line:
    joined = _joined(Run(tidy(run.text), run.marks) for run in _joined(line))
    return _joined(_linked(_joined(_spaced(joined))))


def _joined(runs: Iterable[Run]) -> Line:
    """Neighbouring runs with the same marks as one; none is empty."""
    full = (run for run in runs if run.text)
    return tuple(
        Run("".join(run.text for run in group), marks)
        for marks, group in groupby(full, key=lambda run: run.marks)
    )


def _spaced(line: Line) -> Iterator[Run]:
    """Single spaces, none at the ends, and at the edge of a mark the space outside it."""
    pieces: list[Run] = []
    for run in line:
        for piece in _WORDS.findall(run.text):
            if piece[0] != " ":
                pieces.append(Run(" ".join(filter(None, piece.split(" "))), run.marks))
            elif pieces and pieces[-1].text == " ":
                pieces[-1] = Run(" ", pieces[-1].marks.common_with(run.marks))
            else:
                pieces.append(Run(" ", run.marks))
    for index, (text, marks) in enumerate(pieces):
        if text != " ":
            yield Run(text, marks)
        elif 0 < index < len(pieces) - 1:
            before, after = pieces[index - 1], pieces[index + 1]
            yield Run(" ", marks.common_with(before.marks).common_with(after.marks))


def _linked(line: Line) -> Iterator[Run]:
    """Bare http and https addresses as links."""
    for run in line:
        end = 0
        for start, stop in [] if run.marks.href else bare_addresses(run.text):
            address = run.text[start:stop]
            yield Run(run.text[end:start], run.marks)
            yield Run(address, run.marks._replace(href=address))
            end = stop
        yield Run(run.text[end:], run.marks)
