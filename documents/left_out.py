"""What was left out of a pasted text, counted while reading and said in plain English."""

from collections import Counter
from enum import Enum


class LeftOut(Enum):
    """A kind of thing the canonical text does not hold: how one is said, and how several are.

    Where both are the same the number does not matter and is not said.
    """

    COMMENT = ("1 comment", "{} comments")
    FOOTNOTE = ("1 footnote", "{} footnotes")
    DELETION = ("1 deleted passage", "{} deleted passages")
    HIDDEN = ("hidden text", "hidden text")
    PICTURE = ("1 picture", "{} pictures")
    EMBEDDED = ("1 embedded item", "{} embedded items")
    SCRIPT = ("1 script", "{} scripts")
    FIELD = ("1 form field", "{} form fields")
    TABLE = ("1 table was turned into rows of text", "{} tables were turned into rows of text")
    HEADING = (
        "1 underlined line was turned into a heading",
        "{} underlined lines were turned into headings",
    )
    LINK = (
        "1 link that did not begin with http or https",
        "{} links that did not begin with http or https",
    )
    NUMBERING = (
        "1 list that did not begin with number 1",
        "{} lists that did not begin with number 1",
    )
    APPEARANCE = ("text colours and fonts", "text colours and fonts")
    UNDERLINE = ("underlining", "underlining")
    STRIKE = ("striking through", "striking through")
    SUBSCRIPT = ("lowered letters", "lowered letters")
    DIRECTION = ("invisible direction marks", "invisible direction marks")
    INVISIBLE = ("invisible characters", "invisible characters")
    NESTING = ("formatting nested too deeply to follow", "formatting nested too deeply to follow")


def in_words(counts: Counter[LeftOut]) -> tuple[str, ...]:
    """One phrase for each kind there was, in a fixed order: "2 comments", "1 picture"."""
    phrases: list[str] = []
    for kind in LeftOut:
        if count := counts[kind]:
            one, several = kind.value
            phrases.append(one if count == 1 else several.format(count))
    return tuple(phrases)
