"""Which characters the portal's own fonts can print; any other is printed as its number.

The rule, for reports on the web, in Word and in PDF alike:

- a character with a glyph in every one of the four fonts stays as it is;
- what has no glyph prints as its number, such as [U+6F22], and is listed for whoever checks;
- so do letters written from right to left, Hebrew like Arabic: `list_glyphs` says why;
- what only says how its neighbour should look, or joins neighbours (a variation selector, a
  zero-width joiner), goes: without a glyph of its own it changes nothing that can be read;
- a soft hyphen and a byte order mark go for the same reason;
- what turns the direction of writing prints as its number, so that nobody reads a text otherwise
  than it was written. `documents.characters` takes these out of answers; other texts may have them;
- every white space prints as a space but the end of a line, which stays.
"""

import re
import unicodedata
from bisect import bisect_right
from functools import cache
from pathlib import Path

RANGES = Path(__file__).parent / "glyphs.txt"
"""Written by `manage.py list_glyphs`, a range of characters a line: 0020-007E."""

_UNSEEN = (
    "[\xad\u034f\u180b-\u180e\u200b-\u200d\u2060-\u2064\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]"
)
_SPACES = "[\t\x0b\x0c\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"
_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_GOES = re.compile(_UNSEEN)
_SPACE = re.compile(_SPACES)
_TAG_OR_TEXT = re.compile("(<[^>]*>)|[^<]+")
_BEYOND_ASCII = re.compile("[^\n\x20-\x7e]")


def printable(text: str) -> str:
    """The text as it can be printed; a printable text stays as it is."""
    if text.isascii() and text.isprintable():
        return text
    text = _SPACE.sub(" ", _GOES.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))
    return _BEYOND_ASCII.sub(lambda found: _printed(found[0]), text)


def printable_html(html: str) -> str:
    """The same of a canonical text; its tags, and the addresses in them, stay as they are."""
    return _TAG_OR_TEXT.sub(lambda found: found[1] or printable(found[0]), html)


def unprintable(text: str) -> tuple[str, ...]:
    """The characters that print as their numbers, each once, in the order they come in."""
    text = _SPACE.sub(" ", _GOES.sub("", text.replace("\r", "\n")))
    found = (each[0] for each in _BEYOND_ASCII.finditer(text))
    return tuple(dict.fromkeys(each for each in found if not _has_glyph(each)))


def called(character: str) -> str:
    """Its name in Unicode, as in "grinning face"."""
    return unicodedata.name(character, "without a name").lower()


def _printed(character: str) -> str:
    return character if _has_glyph(character) else f"[U+{ord(character):04X}]"


def _has_glyph(character: str) -> bool:
    if _DIRECTION.match(character):
        return False
    starts, ends = _ranges()
    index = bisect_right(starts, ord(character)) - 1
    return index >= 0 and ord(character) <= ends[index]


@cache
def _ranges() -> tuple[list[int], list[int]]:
    lines = RANGES.read_text(encoding="ascii").split()
    pairs = [[int(number, 16) for number in line.split("-")] for line in lines]
    return [pair[0] for pair in pairs], [pair[-1] for pair in pairs]
