"""What Word puts on the clipboard that no other program does: its lists and its comments.

Word writes a list item as a paragraph of the class MsoListParagraph with the bullet or number as
text in front ("·", "1."), its level in the style `mso-list:l0 level2 lfo1`, and the bullet inside
a span with the style `mso-list:Ignore`. Browsers drop some of these, never all.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from lxml import etree  # type: ignore[import-untyped]

from documents.blocks import Run, plain

_BULLET = re.compile(r"\s*(?:[·•●○◦▪■□➢✓\uf0b7\uf0a7\uf0a8\uf0d8\uf0fc]|[o§–-](?=\s))\s*")
_NUMBER = re.compile(r"\s*\(?(?:[0-9]{1,3}|[a-z]|[ivxlc]{1,6})(?:[.)](?:\s+|$)|\s*$)", re.I)
_LEVEL = re.compile(r"level([1-9])")


class Item(NamedTuple):
    """A paragraph that Word means as a list item: its level from 0, and its numbering if said."""

    level: int
    ordered: bool | None
    is_certain: bool


def item_of(element: etree._Element, style: dict[str, str]) -> Item | None:
    """What Word says of this paragraph as a list item, or None where it is none.

    Not certain is a plain MsoListParagraph, which may also be an item's further paragraph.
    """
    classes = element.get("class") or ""
    mso_list = style.get("mso-list", "")
    if "MsoList" not in classes and not mso_list.startswith("l"):
        return None
    level = _LEVEL.search(mso_list)
    ordered = True if "MsoListNumber" in classes else None
    ordered = False if "MsoListBullet" in classes else ordered
    is_certain = bool(level) or ordered is not None
    return Item(int(level[1]) - 1 if level else 0, ordered, is_certain and mso_list != "none")


def without_marker(runs: Sequence[Run], marker: str, item: Item) -> tuple[bool, list[Run]] | None:
    """Whether the item is numbered, and its text without bullet or number; None if it is no item.

    `marker` is what Word had set apart as bullet or number; without one it is looked for in front
    of the text.
    """
    if marker.strip():
        is_bullet = _BULLET.match(f"{marker.strip()} ") or not _NUMBER.fullmatch(marker.strip())
        return not is_bullet, list(runs)
    text = plain(runs)
    if bullet := _BULLET.match(text):
        return False, _without_start(runs, bullet.end())
    if number := _NUMBER.match(text):
        return True, _without_start(runs, number.end())
    return (bool(item.ordered), list(runs)) if item.is_certain else None


def is_comment_anchor(element: etree._Element) -> bool:
    """Whether this is Word's mark in the text for a comment that stands at its end."""
    return element.tag == "a" and "msocomanchor" in (element.get("class") or "")


def _without_start(runs: Sequence[Run], length: int) -> list[Run]:
    kept: list[Run] = []
    for run in runs:
        kept.append(Run(run.text[length:], run.marks))
        length = max(0, length - len(run.text))
    return kept
