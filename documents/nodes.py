"""Blocks as a small tree, for whoever prints a text: HTML here, Word and PDF elsewhere."""

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import nh3

from documents.blocks import Block, Kind, Line, Marks
from documents.links import SCHEMES

TAGS = frozenset({"p", "br", "strong", "em", "ul", "ol", "li", "a", "h4", "sup"})
LISTS = frozenset({"ul", "ol"})
TEXT = "#text"


@dataclass(frozen=True)
class Node:
    """An element or a piece of text: tag (or "#text"), children, text, and a link's address.

    At the top stand p, h4, ul and ol. Lists hold li; an li holds text and then its own lists, at
    most three deep. Around text the marks nest in one order: a, strong, em, sup.
    """

    tag: str
    children: tuple["Node", ...] = ()
    text: str = ""
    href: str = ""


def nodes_of(blocks: Sequence[Block]) -> tuple[Node, ...]:
    """Canonical blocks as a tree; items that follow one another become lists."""
    nodes: list[Node] = []
    index = 0
    while index < len(blocks):
        block = blocks[index]
        if block.kind is Kind.ITEM:
            lists, index = _lists(blocks, index, level=0)
            nodes.extend(lists)
        else:
            nodes.append(Node(block.kind, tuple(_inline(block.lines))))
            index += 1
    return tuple(nodes)


def _lists(blocks: Sequence[Block], index: int, level: int) -> tuple[list[Node], int]:
    """The lists of one level from here on, and where they end; numbered or not makes another."""
    lists: list[Node] = []
    items: list[Node] = []
    while index < len(blocks) and _is_item(blocks[index], level):
        block = blocks[index]
        inner, index = _lists(blocks, index + 1, level + 1)
        items.append(Node(Kind.ITEM, (*_inline(block.lines), *inner)))
        goes_on = index < len(blocks) and _is_item(blocks[index], level)
        if not goes_on or blocks[index].ordered is not block.ordered:
            lists.append(Node("ol" if block.ordered else "ul", tuple(items)))
            items = []
    return lists, index


def _is_item(block: Block, level: int) -> bool:
    return block.kind is Kind.ITEM and block.level == level


def _inline(lines: Sequence[Line]) -> Iterator[Node]:
    for index, line in enumerate(lines):
        if index:
            yield Node("br")
        yield from _marked([(run.text, _wrappers(run.marks)) for run in line])


def _wrappers(marks: Marks) -> list[Node]:
    """The empty elements that these marks put around a text, outermost first."""
    wrappers = [Node("a", href=marks.href)] if marks.href else []
    present = {"strong": marks.strong, "em": marks.em, "sup": marks.sup}
    return wrappers + [Node(tag) for tag, is_present in present.items() if is_present]


def _marked(pieces: Sequence[tuple[str, list[Node]]]) -> Iterator[Node]:
    """Neighbouring pieces that share their outermost wrapper go into one element."""
    index = 0
    while index < len(pieces):
        text, wrappers = pieces[index]
        if not wrappers:
            yield Node(TEXT, text=text)
            index += 1
            continue
        end = index
        while end < len(pieces) and pieces[end][1][:1] == wrappers[:1]:
            end += 1
        inner = [(text, wrapped[1:]) for text, wrapped in pieces[index:end]]
        outer = wrappers[0]
        yield Node(outer.tag, tuple(_marked(inner)), href=outer.href)
        index = end


def html_of(nodes: Sequence[Node]) -> str:
    """The canonical HTML of a tree, with nh3 as the last to look at it."""
    return nh3.clean(
        "".join(_written(node) for node in nodes),
        tags=set(TAGS),
        attributes={"a": {"href"}},
        url_schemes=set(SCHEMES),
        link_rel=None,
    )


def _written(node: Node) -> str:
    if node.tag == TEXT:
        return html.escape(node.text, quote=False)
    if node.tag == "br":
        return "<br>"
    href = f' href="{html.escape(node.href)}"' if node.href else ""
    inner = "".join(_written(child) for child in node.children)
    return f"<{node.tag}{href}>{inner}</{node.tag}>"
