"""A canonical text as paragraphs of a Word file, in the styles of the template."""

import re
from collections.abc import Iterable, Iterator
from html import unescape

from docx.parts.document import DocumentPart
from lxml import etree  # type: ignore[import-untyped]

from documents import word
from documents.nodes import LISTS, TEXT, Node
from documents.richtext import clean
from documents.word_template import BULLETS, LEVELS, NUMBERS

_LINK = re.compile(r'<a href="([^"]*)">(.*?)</a>', re.DOTALL)
_LOOKS = {"strong": {"bold": True}, "em": {"italic": True}, "sup": {"raised": True}}


class WordText:
    """Prints the texts of one file, and keeps its links and its numbered lists."""

    def __init__(self, part: DocumentPart) -> None:
        self._links = word.Links(part)
        self._numbering = part.numbering_part.element

    def in_table(self, nodes: Iterable[Node], *, style: str) -> Iterator[etree._Element]:
        """A text in a cell; its headings and lists are those of tables."""
        return self.paragraphs(nodes, style=style, heading="TableTextHeading", lists="Table")

    def paragraphs(
        self, nodes: Iterable[Node], *, style: str, heading: str, lists: str = ""
    ) -> Iterator[etree._Element]:
        """A text in these styles; `lists` is what the names of its list styles begin with."""
        for node in nodes:
            if node.tag in LISTS:
                yield from self._list(node, lists, level=0)
            else:
                named = heading if node.tag == "h4" else style
                yield word.paragraph(named, self.runs(node.children))

    def _list(self, made: Node, lists: str, level: int) -> Iterator[etree._Element]:
        is_numbered = made.tag == "ol"
        style = f"{lists}ListNumber" if is_numbered else f"{lists}ListBullet"
        number = word.new_list(self._numbering, NUMBERS, LEVELS) if is_numbered else BULLETS
        for item in made.children:
            words = [each for each in item.children if each.tag not in LISTS]
            yield word.paragraph(style, self.runs(words), list_number=number, level=level)
            for each in item.children:
                if each.tag in LISTS:
                    yield from self._list(each, lists, level + 1)

    def runs(
        self, nodes: Iterable[Node], *, style: str = "", **look: bool
    ) -> Iterator[etree._Element]:
        """What stands in one paragraph."""
        for node in nodes:
            if node.tag == TEXT:
                yield word.run(node.text, style=style, **look)
            elif node.tag == "br":
                yield word.run("\n")
            elif node.tag == "a":
                shown = "Hyperlink" if word.may_link(node.href) else style
                yield from self._links.to(node.href, self.runs(node.children, style=shown, **look))
            else:
                yield from self.runs(node.children, style=style, **look, **_LOOKS[node.tag])


def as_word_keeps(html: str) -> str:
    """A canonical text as it comes back from a Word file: without links that none can hold."""
    if "<a " not in html:
        return html
    return clean(_LINK.sub(lambda link: link[0] if _is_kept(link) else link[2], html)).html


def _is_kept(link: re.Match[str]) -> bool:
    return word.may_link(unescape(link[1]))
