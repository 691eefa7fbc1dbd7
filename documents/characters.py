"""Which characters a text may hold: every script and emoji, nothing that hides or turns round.

Control characters break XML and PDF; direction marks can make a reader see another order than was
written; characters without width hide inside words and links. All of them come along unseen when
text is pasted. Zero-width joiners stay where scripts and emoji need them.
"""

import re
import unicodedata

_SPACES = re.compile("[\t\n\x0b\x0c\r\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f]+")
_DIRECTION_MARKS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_FLAG = "\U0001f3f4[\U000e0030-\U000e007a]{1,8}\U000e007f"
"""A flag of England, Scotland or Wales: a black flag spelled out in tag characters."""
_INVISIBLE = re.compile(
    f"({_FLAG})|"
    "["
    "\x00-\x1f\x7f-\x9f"  # controls
    "\xad\u034f\u180e\u200b\u2060-\u2064\u206a-\u206f\ufeff\ufff9-\ufffb"  # without width
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"  # not characters at all
    "\U000e0000-\U000e0fff"  # tags, outside flags
    "]"
    # A joiner that does not follow a letter beyond Latin, Greek and Cyrillic, or an emoji.
    "|(?<![\u0590-\u1fff\u2070-\U000dffff])[\u200c\u200d]"
)
_MOST_MARKS_IN_A_ROW = 30
"""The limit of Unicode's stream-safe format; longer piles take quadratic time to put in order."""


def tidy(text: str) -> str:
    """The text in Unicode's NFC, every white space a plain space, nothing invisible in it.

    The ideographic space of Chinese and Japanese stays. Tidying a tidy text changes nothing.
    """
    while (tidied := _tidied_once(text)) != text:
        text = tidied
    return text


def one_line(text: str) -> str:
    """The tidy text without line breaks, with single spaces: a title, a name, a reference."""
    return " ".join(tidy(text).split())


def in_lines(text: str) -> str:
    """The tidy text with its line breaks."""
    return "\n".join(tidy(line).rstrip() for line in text.splitlines()).strip()


def has_direction_marks(text: str) -> bool:
    """Whether it holds characters that change the direction of writing."""
    return bool(_DIRECTION_MARKS.search(text))


def has_invisible_characters(text: str) -> bool:
    """Whether it holds other characters that are left out because nobody can see them."""
    unspaced = _SPACES.sub(" ", _DIRECTION_MARKS.sub("", text))
    return any(not found[1] for found in _INVISIBLE.finditer(unspaced))


def _tidied_once(text: str) -> str:
    text = _DIRECTION_MARKS.sub("", _SPACES.sub(" ", text))
    text = _INVISIBLE.sub(lambda found: found[1] or "", text)
    return text if text.isascii() else unicodedata.normalize("NFC", _without_piles(text))


def _without_piles(text: str) -> str:
    kept: list[str] = []
    pile = 0
    for character in text:
        pile = pile + 1 if unicodedata.combining(character) else 0
        if pile <= _MOST_MARKS_IN_A_ROW:
            kept.append(character)
    return "".join(kept)
