"""Two versions of a text beside each other, with the words that only one of them has marked."""

import html
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from documents.nodes import TEXT, Node
from documents.richtext import tree

MOST_WORDS = 2_000
"""Between what two versions begin and end with alike; more would take seconds to compare."""


def marked(text: str, other: str) -> tuple[str, str] | None:
    """Both canonical texts with <ins> around the words that the other one lacks.

    None where they differ over too many words to be compared.
    """
    nodes, other_nodes = tree(text), tree(other)
    words, other_words = _words(nodes), _words(other_nodes)
    start = _alike(words, other_words)
    end = _alike(words[start:][::-1], other_words[start:][::-1])
    middle = words[start : len(words) - end]
    other_middle = other_words[start : len(other_words) - end]
    if max(len(middle), len(other_middle)) > MOST_WORDS:
        return None
    alone, other_alone = [True] * len(middle), [True] * len(other_middle)
    matcher = SequenceMatcher(None, middle, other_middle, autojunk=False)
    for mine, theirs, size in matcher.get_matching_blocks():
        alone[mine : mine + size] = [False] * size
        other_alone[theirs : theirs + size] = [False] * size
    around, around_end = [False] * start, [False] * end
    return (
        _all_written(nodes, [*around, *alone, *around_end]),
        _all_written(other_nodes, [*around, *other_alone, *around_end]),
    )


def _alike(words: Sequence[str], others: Sequence[str]) -> int:
    """How many words both begin with."""
    pairs = zip(words, others, strict=False)
    return next(
        (index for index, (word, other) in enumerate(pairs) if word != other),
        min(len(words), len(others)),
    )


def _all_written(nodes: Sequence[Node], alone: Sequence[bool]) -> str:
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
