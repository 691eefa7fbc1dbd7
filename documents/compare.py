"""Two versions of a text beside each other, with the words that only one of them has marked."""

import html
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from documents.nodes import TEXT, Node
from documents.richtext import tree

MOST_WORDS = 5_000
"""Beyond this a comparison takes too long, and nothing is marked."""


def marked(text: str, other: str) -> str:
    """The canonical text with <ins> around the words that the other version lacks."""
    nodes = tree(text)
    words, others = _words(nodes), _words(tree(other))
    if max(len(words), len(others)) > MOST_WORDS:
        return text
    matcher = SequenceMatcher(None, words, others, autojunk=False)
    alone = [True] * len(words)
    for block in matcher.get_matching_blocks():
        alone[block.a : block.a + block.size] = [False] * block.size
    in_order = iter(alone)
    return "".join(_written(node, in_order) for node in nodes)


def _words(nodes: Sequence[Node]) -> list[str]:
    return [word for node in nodes for piece in _texts(node) for word in piece.split()]


def _texts(node: Node) -> Iterator[str]:
    if node.tag == TEXT:
        yield node.text
    for child in node.children:
        yield from _texts(child)


def _written(node: Node, alone: Iterator[bool]) -> str:
    if node.tag == TEXT:
        return _marked_words(node.text, alone)
    if node.tag == "br":
        return "<br>"
    href = f' href="{html.escape(node.href)}"' if node.href else ""
    inner = "".join(_written(child, alone) for child in node.children)
    return f"<{node.tag}{href}>{inner}</{node.tag}>"


def _marked_words(text: str, alone: Iterator[bool]) -> str:
    """The text with neighbouring words that stand alone in one <ins>."""
    found: list[tuple[bool, str]] = []
    for word in text.split():
        is_alone = next(alone)
        if found and found[-1][0] == is_alone:
            found[-1] = (is_alone, f"{found[-1][1]} {word}")
        else:
            found.append((is_alone, word))
    pieces = [
        f"<ins>{html.escape(words)}</ins>" if is_alone else html.escape(words)
        for is_alone, words in found
    ]
    lead = " " if text[:1].isspace() else ""
    trail = " " if text[-1:].isspace() and pieces else ""
    return lead + " ".join(pieces) + trail
