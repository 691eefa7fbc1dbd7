"""Characters that the fonts of the report cannot print stand as their numbers, everywhere."""

from dataclasses import dataclass

import pytest

from documents.fonts import characters_of
from documents.glyphs import RANGES, printable, printable_html, unprintable
from documents.richtext import clean
from reports.as_printed import as_printed
from reports.management.commands.list_glyphs import glyphs_of_every_font
from reports.renderers.pdf import FONTS


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("Plain words, 100%.", "Plain words, 100%."),
        ("−6.0% – “quoted” ‘so’ … £5 €5 ½ é ŵ Ł Ω Ж • →", None),
        ("Chinese 漢字", "Chinese [U+6F22][U+5B57]"),
        ("Arabic مر", "Arabic [U+0645][U+0631]"),
        ("Hebrew לא", "Hebrew [U+05DC][U+05D0]"),
        ("smile 😀", "smile [U+1F600]"),
        # A family is three people joined; a heart is turned red by a sign of its own.
        ("👨\u200d👩\u200d👧", "[U+1F468][U+1F469][U+1F467]"),
        ("heart ♥\ufe0f", "heart ♥"),
        ("soft\u00adhyphen, zero\u200bwidth, \ufeffmark", "softhyphen, zerowidth, mark"),
        ("no\u00a0break\u2009thin\tand\u2028line", "no break thin and line"),
        ("one\r\ntwo\rthree\nfour", "one\ntwo\nthree\nfour"),
        ("paid\u202e0001\u202c", "paid[U+202E]0001[U+202C]"),
        ("a\u200eb\u2067c", "a[U+200E]b[U+2067]c"),
        ("\x00\x07\ud800", "[U+0000][U+0007][U+D800]"),
    ],
)
def test_a_character_without_a_glyph_prints_as_its_number(written, printed):
    printed = written if printed is None else printed

    assert printable(written) == printed
    assert printable(printed) == printed


def test_those_that_cannot_be_printed_are_listed_once_each():
    assert unprintable("漢 and 字, 漢 again \u202e –\u00ad\ufe0f\r\n") == ("漢", "字", "\u202e")
    assert unprintable("Everything’s fine – really.") == ()


def test_the_list_is_that_of_the_fonts():
    assert RANGES.read_text() == glyphs_of_every_font(), "run manage.py list_glyphs"
    assert all({0x20, 0x41, 0x2013, 0x2022} <= characters_of(font) for font in FONTS.glob("*.ttf"))


def test_an_address_in_a_link_stays_as_it_is():
    html = clean('<p>漢 &amp; <a href="https://example.org/?q=漢">字</a> &lt;漢&gt;</p>').html

    printed = printable_html(html)

    assert printed == html.replace("漢", "[U+6F22]").replace("字", "[U+5B57]").replace(
        "?q=[U+6F22]", "?q=漢"
    )
    assert "?q=漢" in printed


@dataclass(frozen=True)
class Inner:
    text_html: str
    count: int | None = None


@dataclass(frozen=True)
class Outer:
    names: tuple[str, ...]
    inner: tuple[Inner, ...]
    one: Inner | None


def test_every_text_of_a_value_is_made_printable_however_deep():
    said = Outer(("漢", "b"), (Inner("<p>字</p>", 3),), Inner('<a href="字">漢</a>'))

    assert as_printed(said) == Outer(
        ("[U+6F22]", "b"), (Inner("<p>[U+5B57]</p>", 3),), Inner('<a href="字">[U+6F22]</a>')
    )
