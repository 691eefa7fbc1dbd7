"""Characters that cannot be printed and stand as their numbers in the report."""

from collections.abc import Iterator

from documents.glyphs import called, printable, unprintable

from .passages import Hit


def find(text: str) -> Iterator[Hit]:
    """Each character once, where it comes first."""
    for character in unprintable(text):
        # A return or another end of a line is none that prints as its number.
        start = text.find(character)
        if start >= 0:
            says = f"Prints as {printable(character)}: {called(character)}."
            yield Hit(start, start + 1, says)
