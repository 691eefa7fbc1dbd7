r"""A text as plain lines that a person can edit in a box, and back, without losing its formatting.

    # Heading                         **bold**   __italic__   ^^raised^^
    - an item, or * or •              [words](https://example.org/)
      - an item inside it             https://example.org/ by itself is a link
    1. a numbered item

A blank line ends a paragraph, a single line break is kept. A list is
numbered from 1; a line that begins with any other number is text. A backslash before what
would begin a heading or an item makes it text: "\- ", "1\. ".

Reading what was written gives the same blocks again, whatever the text: a test holds it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from documents.blocks import DEEPEST_LEVEL, Block, Kind, Line
from documents.characters import tidy
from documents.plain_marks import read_marks, written_marks

_LINE_BREAK = re.compile("\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]")
_SIGN = re.compile(r"(?P<before>)(?P<slashes>\\*)(?P<sign>[-*•#]) +")
_NUMBER = re.compile(r"(?P<before>[0-9]{1,6})(?P<slashes>\\*)(?P<sign>[.)]) +")


@dataclass
class _Numbering:
    """How far the lists open at this point have counted, one entry a level."""

    counts: list[tuple[bool, int]] = field(default_factory=list)

    def next(self, level: int, ordered: bool) -> int:
        """The number that the next item of this kind has at this level."""
        if level < len(self.counts) and self.counts[level][0] is ordered:
            return self.counts[level][1] + 1
        return 1

    def count(self, level: int, ordered: bool) -> int:
        """Count one more item and say its number."""
        number = self.next(level, ordered)
        self.counts[level:] = [(ordered, number)]
        return number


def write(blocks: Sequence[Block]) -> str:
    """Canonical blocks as plain lines."""
    text = ""
    numbering = _Numbering()
    kind_before: Kind | None = None
    for block in blocks:
        if kind_before:
            text += "\n" if block.kind is kind_before is Kind.ITEM else "\n\n"
        is_near_list = Kind.ITEM in (block.kind, kind_before)
        first, *further = [written_marks(line) for line in block.lines]
        further = [_not_a_beginning(line, is_near_list) for line in further]
        if block.kind is Kind.ITEM:
            number = numbering.count(block.level, block.ordered)
            indent = "  " * block.level
            first = f"{indent}{f'{number}.' if block.ordered else '-'} {first}"
            further = [f"{indent}  {line}" for line in further]
        else:
            numbering = _Numbering()
            is_heading = block.kind is Kind.HEADING
            first = f"# {first}" if is_heading else _not_a_beginning(first, is_near_list)
        text += "\n".join([first, *further])
        kind_before = block.kind
    return text


def _not_a_beginning(line: str, is_near_list: bool) -> str:
    """The line with a backslash where it would be read as a heading or an item."""
    if found := _SIGN.match(line):
        return "\\" + line
    found = _NUMBER.match(line)
    if found and (found["slashes"] or is_near_list or int(found["before"]) == 1):
        return found["before"] + "\\" + line[found.end("before") :]
    return line


class PlainReader:
    """Reads plain lines into blocks."""

    def __init__(self) -> None:
        self._blocks: list[Block] = []
        self._lines: list[Line] = []  # of the paragraph or item that is being read
        self._item: tuple[int, bool] | None = None  # its level and numbering, if it is an item
        self._indents: list[int] = []
        self._numbering = _Numbering()

    def read(self, text: str) -> list[Block]:
        """The blocks of the text as they come, for `documents.blocks.canonical` to put right."""
        for line in _LINE_BREAK.split(text):
            tidied = tidy(line).rstrip(" ")
            body = tidied.lstrip(" ")
            if body.strip():
                self._read_line(body, indent=len(tidied) - len(body))
            else:
                self._end_block()
        self._end_block()
        return self._blocks

    def _read_line(self, body: str, indent: int) -> None:
        found = _SIGN.match(body) or _NUMBER.match(body)
        if found and found["slashes"]:
            body = found["before"] + body[found.end("before") + 1 :]
        elif found and found["sign"] == "#":
            self._leave_list()
            self._blocks.append(Block(Kind.HEADING, (read_marks(body[found.end() :]),)))
            return
        elif found and self._begin_item(body[found.end() :], indent, found["before"]):
            return
        goes_on = self._lines and (indent if self._item else True)
        if not goes_on:
            self._leave_list()
        self._lines.append(read_marks(body))

    def _begin_item(self, text: str, indent: int, number: str) -> bool:
        """Begin an item, unless its number is neither 1 nor the next: then it is text."""
        indents = [outer for outer in self._indents if outer < indent]
        level = min(len(indents), DEEPEST_LEVEL)
        ordered = bool(number)
        if ordered and int(number) not in (1, self._numbering.next(level, ordered)):
            return False
        self._end_block()
        self._indents = [*indents, indent]
        self._numbering.count(level, ordered)
        self._item = (level, ordered)
        self._lines.append(read_marks(text))
        return True

    def _leave_list(self) -> None:
        self._end_block()
        self._indents = []
        self._numbering = _Numbering()

    def _end_block(self) -> None:
        if self._lines:
            kind = Kind.ITEM if self._item else Kind.PARAGRAPH
            level, ordered = self._item or (0, False)
            self._blocks.append(Block(kind, tuple(self._lines), level, ordered))
        self._lines = []
        self._item = None
