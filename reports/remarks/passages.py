"""The texts of a report, piece by piece, and what is found in them with the words around it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from documents.nodes import TEXT, Node
from documents.richtext import tree

CONTEXT = 60
"""So many characters stand before and after what was found."""
LONGEST_HIT = 200


@dataclass(frozen=True)
class Link:
    """A link of a text: where its words begin and end, and where it leads."""

    start: int
    end: int
    href: str


@dataclass(frozen=True)
class Piece:
    """A paragraph, a heading or an item of a list, as plain words on one line."""

    text: str
    links: tuple[Link, ...] = ()
    heading: str = ""
    """The heading it stands under within its text."""


@dataclass(frozen=True)
class Place:
    """A section of the report, and the address where what stands in it is mended."""

    section: str
    address: str = ""
    mended: str = ""
    """In words, where it is mended, if that is another page or no page of the portal."""


@dataclass(frozen=True)
class Passage:
    """One text that prints, in the section it belongs to."""

    place: Place
    pieces: tuple[Piece, ...]
    priority: int | None = None
    is_title: bool = False
    """A title or name is no sentence: it is looked through for fewer things."""


@dataclass(frozen=True)
class Hit:
    """What was found in a text, from `start` to `end`, and what is said of it."""

    start: int
    end: int
    says: str


@dataclass(frozen=True)
class Remark:
    """Something to look at: where, what is said, and the words concerned among their neighbours."""

    place: Place
    says: str
    before: str = ""
    words: str = ""
    after: str = ""


def passage_of_html(place: Place, html: str, priority: int | None = None) -> Passage:
    return Passage(place, tuple(pieces_of(html)), priority)


def passage_of_lines(
    place: Place, text: str, priority: int | None = None, *, is_title: bool = False
) -> Passage:
    pieces = tuple(Piece(line.strip()) for line in text.splitlines() if line.strip())
    return Passage(place, pieces, priority, is_title)


def pieces_of(html: str) -> Iterator[Piece]:
    """The pieces of a canonical text in order."""
    heading = ""
    for node in tree(html):
        if node.tag in ("ul", "ol"):
            yield from _items(node, heading)
            continue
        text, links = _inline(node.children)
        if node.tag == "h4":
            heading = text
            yield Piece(text, links)
        else:
            yield Piece(text, links, heading)


def _items(node: Node, heading: str) -> Iterator[Piece]:
    for item in node.children:
        lists = [each for each in item.children if each.tag in ("ul", "ol")]
        text, links = _inline(each for each in item.children if each.tag not in ("ul", "ol"))
        yield Piece(text, links, heading)
        for inner in lists:
            yield from _items(inner, heading)


def _inline(nodes: Iterable[Node]) -> tuple[str, tuple[Link, ...]]:
    words: list[str] = []
    links: list[Link] = []
    length = 0
    for text, href in _runs(nodes, ""):
        if href:
            links.append(Link(length, length + len(text), href))
        words.append(text)
        length += len(text)
    return "".join(words), _joined(links)


def _runs(nodes: Iterable[Node], href: str) -> Iterator[tuple[str, str]]:
    for node in nodes:
        if node.tag == TEXT:
            yield node.text, href
        elif node.tag == "br":
            yield " ", ""
        else:
            yield from _runs(node.children, node.href or href)


def _joined(links: list[Link]) -> tuple[Link, ...]:
    """Neighbours that lead to one place are one link, of which a part is in bold."""
    found: list[Link] = []
    for link in links:
        if found and found[-1].end == link.start and found[-1].href == link.href:
            found[-1] = Link(found[-1].start, link.end, link.href)
        else:
            found.append(link)
    return tuple(found)


def remark_of(place: Place, text: str, hit: Hit) -> Remark:
    """What was found among its neighbours, cut between words."""
    start, end = hit.start, min(hit.end, hit.start + LONGEST_HIT)
    before = text[max(start - CONTEXT, 0) : start]
    if start > CONTEXT:
        before = f"…{before.partition(' ')[2]}" if " " in before.strip() else f"…{before}"
    after = text[end : end + CONTEXT]
    if end + CONTEXT < len(text):
        after = f"{after.rpartition(' ')[0]}…" if " " in after.strip() else f"{after}…"
    return Remark(place, hit.says, before, text[start:end], after)
