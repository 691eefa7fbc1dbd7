"""Write down which characters the fonts of the report can print."""

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
    """What all fonts have in common, from the space on, one range a line."""
    common = frozenset.intersection(*(characters_of(font) for font in FONTS.glob("*.ttf")))
    return "".join(f"{first:04X}-{last:04X}\n" for first, last in ranges(common - set(range(32))))
