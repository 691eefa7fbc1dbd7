"""Write down which characters the fonts of the report can print."""

import unicodedata

from django.core.management.base import BaseCommand

from documents.fonts import characters_of, ranges
from documents.glyphs import RANGES
from reports.renderers.pdf import FONTS


class Command(BaseCommand):
    help = "List the characters that every font of the report has; to be run when a font changes."

    def handle(self, *args, **options):
        RANGES.write_text(glyphs_of_every_font(), encoding="ascii")
        self.stdout.write(f"Written to {RANGES.name}.")


def glyphs_of_every_font():
    """What all fonts have in common, from the space on, one range a line.

    Without the letters that are written from right to left: a PDF has them in the order in which
    they are seen, so that they would be read aloud otherwise than they were written.
    """
    common = frozenset.intersection(*(characters_of(font) for font in FONTS.glob("*.ttf")))
    kept = [
        number
        for number in common
        if number >= ord(" ") and unicodedata.bidirectional(chr(number)) not in ("R", "AL", "AN")
    ]
    return "".join(f"{first:04X}-{last:04X}\n" for first, last in ranges(kept))
