"""The canonical text: what every answer, introduction and note of the portal is kept as.

Clean HTML of ten elements (p br strong em ul ol li a h4 sup), in one form for one look, with a
format version beside it. People paste from Word or type plain lines; Word, PDF and the web page
are printed from the same tree. The rule is the portal's own (design, "The report").
"""

from typing import NamedTuple

from documents.blocks import Block, canonical, plain
from documents.html_reader import HtmlReader
from documents.left_out import in_words
from documents.nodes import Node, html_of, nodes_of
from documents.plain_text import PlainReader, write
from documents.seen_through import SeenThrough

FORMAT_VERSION = 1
"""Goes up when texts kept earlier would no longer be canonical."""


class CleanText(NamedTuple):
    """A canonical text, and what was left out of the one it was made from, in plain English."""

    html: str
    dropped: tuple[str, ...]


_CANONICAL = SeenThrough()


def clean(html: str) -> CleanText:
    """Any HTML as canonical text, with phrases such as "2 comments" for what was left out.

    Cleaning a canonical text changes nothing. Every word is kept but those nobody was meant to
    read: scripts, styles, hidden and deleted text, Word's comments.
    """
    if not html:
        return CleanText("", ())
    if html in _CANONICAL:
        return CleanText(html[:], ())  # plain characters, even where it says that it is safe
    reader = HtmlReader()
    blocks = canonical(reader.read(html))
    cleaned = CleanText(html_of(nodes_of(blocks)), in_words(reader.left_out))
    if cleaned == (html, ()):
        _CANONICAL.add(html)
    return cleaned


def from_plain(text: str) -> str:
    """Plain lines, as typed in a box without an editor, as canonical text.

    `documents.plain_text` has the signs; text that uses none of them becomes paragraphs.
    """
    return html_of(nodes_of(canonical(PlainReader().read(text))))


def to_plain(html: str) -> str:
    """A canonical text as plain lines for editing: `from_plain` gives the same text again."""
    return write(_blocks(html))


def tree(html: str) -> tuple[Node, ...]:
    """A canonical text as nodes, for whoever prints it."""
    return nodes_of(_blocks(html))


def together(first: str, second: str) -> str:
    """Two canonical texts as one: the first, and of the second what the first does not have."""
    blocks = _blocks(first)
    further = [block for block in _blocks(second) if block not in blocks]
    return html_of(nodes_of(canonical([*blocks, *further])))


def plain_words(html: str) -> str:
    """The words alone on one line, for searching and comparing."""
    return " ".join(plain(line) for block in _blocks(html) for line in block.lines)


def word_count(html: str) -> int:
    """How many words it has; signs that stand alone, such as a dash, are not counted."""
    words = plain_words(html).split()
    return sum(any(character.isalnum() for character in word) for word in words)


def is_blank(html: str) -> bool:
    """Whether there is nothing in it to read."""
    return not _blocks(html)


def _blocks(html: str) -> tuple[Block, ...]:
    return canonical(HtmlReader().read(html)) if html else ()
