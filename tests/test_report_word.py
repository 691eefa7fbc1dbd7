"""The report as a Word file: what its layout says, and how a reader finds a way through it."""

import re
import zipfile
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from itertools import cycle, pairwise
from struct import pack

import pytest
from django.urls import reverse
from docx.oxml.ns import qn
from docx.shared import Emu

from documents import word_template
from documents.nodes import TEXT, Node
from documents.richtext import tree
from documents.word import literal
from performance.charts import Bars, drawing
from reports.layout import (
    Bullets,
    Column,
    Heading,
    Layout,
    Mark,
    Pairs,
    Paragraph,
    Part,
    Picture,
    Row,
    Table,
    Text,
    layout_of,
    words_of,
)
from reports.renderers.word import as_word
from rounds.models import Round
from tests.factories import LONDON, NOW
from tests.hostile import HOSTILE
from tests.reporting import RICH, quarter_with_everything, report_of, tell
from tests.scenes import open_round_scene
from tests.word_reading import is_sign, opened, paragraphs, words_in

MARKING = "OFFICIAL-SENSITIVE"


def said(words, style=""):
    return Paragraph((Node(TEXT, text=words),), style)


def laid_out(*blocks, **fields):
    return Layout(
        **{
            "title": "DRAFT Report, Quarter 2 – Hilltown",
            "partnership": "Hilltown",
            "subject": "Quarter 2: Report",
            "marking": MARKING,
            "blocks": blocks,
            "state": "DRAFT",
            **fields,
        }
    )


TWO_COLUMNS = (Column("Action", 60), Column("Status", 40))


def one_table(*rows, columns=TWO_COLUMNS, title="Actions"):
    return Table(title, columns, (Part("", rows),))


def row_of(*words, **fields):
    return Row(tuple((said(each),) for each in words), **fields)


def printed(*blocks, **fields):
    return opened(as_word(laid_out(*blocks, **fields)))


def styles_of(document):
    return [(each.style.name, each.text) for each in paragraphs(document)]


def parts_of(file):
    with zipfile.ZipFile(BytesIO(file)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


# Every word, in its order ---------------------------------------------------------------------


@pytest.mark.django_db
def test_the_example_has_the_words_of_its_layout_in_their_order(example):
    report = report_of(Round.objects.get(slug="2023-24-q2", partnership__slug="swale"))
    layout = layout_of(report)

    assert words_in(as_word(layout)) == words_of(layout)


@pytest.mark.django_db
def test_whatever_a_report_can_say_stands_in_the_file_in_its_order():
    layout = layout_of(report_of(quarter_with_everything().round))

    words = words_in(as_word(layout))

    assert words == words_of(layout)
    assert len(words) > 150


MORE = Picture(drawing(Bars(113, 116)), "Burglary: 400, then 412.")
FEWER = Picture(drawing(Bars(116, 69)), 'Arson <1> & "2": 57, then 34.\x0b')


def row_with(picture, *words):
    return Row((*row_of(*words).cells[:-1], (said(words[-1]), picture)))


FIGURES = one_table(
    row_with(MORE, "Burglary", "400", "412", "+12 (+3.0%)"),
    row_with(FEWER, "Arson", "57", "34", "−23 (−40.4%)"),
    columns=(
        Column("Indicator", 34),
        Column("Previous", 20, "October 2021 to September 2022", is_number=True),
        Column("Current", 20, is_number=True),
        Column("Change", 26),
    ),
)
FIRST, SECOND = FIGURES.parts[0].rows
DRAWN_BELOW = replace(SECOND, cells=(*SECOND.cells[:3], SECOND.cells[3][::-1]))
UNDRAWN = replace(SECOND, cells=(*SECOND.cells[:3], SECOND.cells[3][:1]))
SWAPPED = replace(FIRST, cells=(FIRST.cells[0], FIRST.cells[2], FIRST.cells[1], FIRST.cells[3]))
SMALL = (Heading(1, "Report"), said("One."), said("Two."), FIGURES)


def of_rows(*rows):
    return replace(FIGURES, parts=(Part("", rows),))


@pytest.mark.parametrize(
    "faulty",
    [
        (SMALL[0], SMALL[1], FIGURES),
        (*SMALL[:3], of_rows(FIRST)),
        (*SMALL[:3], of_rows(SWAPPED, SECOND)),
        (*SMALL[:3], of_rows(FIRST, UNDRAWN)),
        (*SMALL[:3], of_rows(FIRST, DRAWN_BELOW)),
        (SMALL[0], SMALL[2], SMALL[1], FIGURES),
    ],
    ids=[
        *("a paragraph dropped", "a row dropped", "two figures swapped", "a picture dropped"),
        *("a picture in another place", "two paragraphs swapped"),
    ],
)
def test_a_file_that_says_something_else_than_the_layout_is_noticed(faulty):
    expected = [literal(words) for words in words_of(laid_out(*SMALL))]

    assert words_in(as_word(laid_out(*SMALL))) == expected
    assert words_in(as_word(laid_out(*faulty))) != expected


def test_a_sign_stands_beside_the_word_of_every_mark():
    codes = ("green", "amber", "red", "not_rated", "up worse", "down better", "level same")
    document = printed(*(Paragraph((Mark(code, "Word"),)) for code in codes))

    for made, sign in zip(paragraphs(document), "●▲■○↑↓=", strict=True):
        first, second = made.runs
        assert first.text.strip() == sign
        assert is_sign(first)
        assert second.text == "Word"
        assert first.style.name == second.style.name


def test_the_words_of_a_mark_can_be_told_from_what_is_behind_them():
    for tint in word_template.TINTS.values():
        assert contrast(tint.ink, tint.fill) >= 4.5
        assert contrast(tint.ink, word_template.HEADING_ROW) >= 4.5


def contrast(one, other):
    """As WCAG 2.2 defines it."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour):
    parts = [int(colour[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


# How it stands on the page --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("partnership", "is_below"),
    [("Swale Community Safety Partnership", False), ("Ashford and " * 8 + "Swale", True)],
)
def test_the_marking_stands_right_and_whole_however_long_the_name_is(partnership, is_below):
    [above] = printed(partnership=partnership).sections[0].header.paragraphs

    between = "\n\t" if is_below else "\t"
    assert above.text == f"{partnership}{between}DRAFT\N{EM SPACE}{MARKING}"


# A way through it -----------------------------------------------------------------------------


@pytest.mark.django_db
def test_headings_are_an_outline_that_skips_no_level():
    document = opened(as_word(layout_of(report_of(quarter_with_everything().round))))

    levels = [int(name[-1]) for name, _ in styles_of(document) if name.startswith("Heading")]

    assert levels[0] == 1
    assert set(levels) == {1, 2, 3, 4}
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_a_heading_within_a_text_is_below_the_one_it_stands_under():
    text = Text(tree("<h4>Within</h4><p>Words.</p>"))
    table = one_table(Row(((said("1.1"),), (text,))))
    document = printed(
        Heading(1, "Report"), Heading(2, "Two"), text, Heading(3, "Three"), text, table
    )

    found = [name for name, words in styles_of(document) if words == "Within"]

    assert found == ["Heading 3", "Heading 4", "Table Text Heading"]
    style = document.styles["Table Text Heading"]
    assert not style.element.xpath(".//w:outlineLvl")


def test_a_tables_heading_row_is_repeated_and_its_rows_stay_whole():
    table = one_table(row_of("1.1", "Green"), row_of("1.2", "Long", may_break=True))
    [made] = printed(replace(table, parts=(Part("Priority 1", table.parts[0].rows),))).tables

    looks = [
        (bool(row._tr.xpath("./w:trPr/w:tblHeader")), bool(row._tr.xpath("./w:trPr/w:cantSplit")))
        for row in made.rows
    ]

    assert looks == [(True, True), (False, True), (False, True), (False, False)]
    assert [len(row._tr.tc_lst) for row in made.rows] == [2, 1, 2, 2]
    assert made.rows[1]._tr.xpath("./w:tc/w:tcPr/w:gridSpan/@w:val") == ["2"]
    assert made.rows[1].cells[0].paragraphs[0].style.name == "Table Part"


def test_columns_have_their_shares_of_the_whole_width_and_numbers_stand_right():
    [made] = printed(FIGURES).tables

    widths = [int(each) for each in made._tbl.xpath("./w:tblGrid/w:gridCol/@w:w")]
    styles = [made.rows[1].cells[place].paragraphs[0].style for place in range(4)]

    assert sum(widths) == word_template.TEXT_WIDTH // 635
    assert [round(100 * width / sum(widths)) for width in widths] == [34, 20, 20, 26]
    rights = [style.paragraph_format.alignment for style in styles]
    assert rights == [None, 2, 2, None]


def test_a_table_is_named_for_those_who_do_not_see_it():
    [made] = printed(one_table(row_of("1.1", "Green"), title='Actions of "1" <2>')).tables

    for name in ("tblCaption", "tblDescription"):
        assert made._tbl.xpath(f"./w:tblPr/w:{name}/@w:val") == ['Actions of "1" <2>']


def test_tables_that_follow_one_another_stay_two_and_the_file_ends_after_them():
    document = printed(one_table(row_of("1.1", "a")), one_table(row_of("1.2", "b")))

    tags = [each.tag.rpartition("}")[2] for each in document.element.body]

    assert tags == ["tbl", "p", "tbl", "p", "sectPr"]


def test_what_leads_to_something_is_not_left_alone_on_a_page():
    document = printed(
        Heading(2, "Priority 1"),
        said("Lead: Police"),
        Heading(3, "Figures"),
        said("Compared."),
        one_table(row_of("1.1", "Green")),
        said("After it."),
        Heading(3, "Themes"),
        said("Named first.", "note"),
        Text(tree("<p>Then said.</p>")),
        Heading(3, "Key issues"),
        said("Nothing to report."),
        Heading(2, "Priority 2"),
        Bullets((said("Green"), said("Red"))),
    )

    stays = {each.text for each in document.paragraphs if each.paragraph_format.keep_with_next}

    assert stays == {"Lead: Police", "Compared.", "Named first.", "Green"}
    for name in ("Heading 1", "Heading 2", "Heading 3", "Heading 4", "Table Part"):
        assert document.styles[name].paragraph_format.keep_with_next


# Texts ----------------------------------------------------------------------------------------


def numbered(document):
    """Words, style, level and list of each item."""
    found = []
    for each in paragraphs(document):
        if each._p.pPr is not None and each._p.pPr.numPr is not None:
            place = each._p.pPr.numPr
            found.append((each.text, each.style.name, place.ilvl.val, place.numId.val))
    return found


def test_lists_are_lists_and_each_numbered_one_begins_again():
    text = Text(tree("<ol><li>a<ul><li>b</li></ul></li><li>c</li></ol><p>d</p><ol><li>e</li></ol>"))
    document = printed(text, Bullets((said("f"),)), one_table(Row(((text,), ()))))

    items = numbered(document)

    bullets = word_template.BULLETS
    assert [item[:3] for item in items[:5]] == [
        ("a", "List Number", 0),
        ("b", "List Bullet", 1),
        ("c", "List Number", 0),
        ("e", "List Number", 0),
        ("f", "List Bullet", 0),
    ]
    assert items[1][3] == items[4][3] == bullets
    assert items[5][1] == "Table List Number"
    first, second, third = items[0][3], items[3][3], items[5][3]
    assert items[2][3] == first
    assert len({first, second, third, bullets}) == 4
    numbering = document.part.numbering_part.element
    for number in (first, second, third):
        starts = numbering.xpath(f'./w:num[@w:numId="{number}"]//w:startOverride/@w:val')
        assert starts == ["1", "1", "1"]


def test_a_text_keeps_its_bold_italic_raised_and_broken_words():
    html = "<p><strong>a<em>b<sup>2</sup></em></strong><br>c</p>"
    [made] = printed(Text(tree(html))).paragraphs

    looks = [
        (run.text, bool(run.bold), bool(run.italic), bool(run.font.superscript))
        for run in made.runs
    ]

    assert looks == [
        ("a", True, False, False),
        ("b", True, True, False),
        ("2", True, True, True),
        ("\n", False, False, False),
        ("c", False, False, False),
    ]


def links_of(document):
    return [(link.text, link.address) for each in paragraphs(document) for link in each.hyperlinks]


def linked(address):
    return Text((Node("p", (Node("a", (Node(TEXT, text="here"),), href=address),)),))


def test_links_lead_out_of_the_file_with_their_whole_address():
    file = as_word(laid_out(Text(tree(RICH)), one_table(Row(((Text(tree(RICH)),), ())))))

    assert links_of(opened(file)) == [("the minutes", "https://example.org/a?b=1&c=2")] * 2
    outside = parts_of(file)["word/_rels/document.xml.rels"].count(b'TargetMode="External"')
    assert outside == 1


@pytest.mark.parametrize(
    "address",
    [
        *("javascript:alert(1)", "//example.org", "file:///etc/passwd", "tel:+441234", "a.html"),
        *("https://", "http://[::1", "https://a b", "https://example.org:99999/", "mailto:"),
        *("https://example.org/\\\\server\\share", "http://example.org/\x00", 'https://a/"b'),
    ],
)
def test_an_address_that_may_not_be_followed_stays_words(address):
    document = printed(linked(address))

    assert links_of(document) == []
    assert document.paragraphs[0].text == "here"
    assert document.paragraphs[0].runs[0].style.name == "Default Paragraph Font"


# The file -------------------------------------------------------------------------------------


def test_everything_is_in_british_english():
    document = printed(Heading(1, "Report"), said("Words."), FIGURES)

    languages = document.element.xpath("//w:r/w:rPr/w:lang/@w:val")
    assert set(languages) == {"en-GB"}
    assert len(languages) == len(document.element.xpath("//w:r"))
    assert set(document.styles.element.xpath("//w:lang/@w:val")) == {"en-GB"}


def test_the_files_properties_name_the_report_and_its_moment_and_no_person():
    made_at = datetime(2023, 6, 1, 9, 12, tzinfo=LONDON)
    file = as_word(laid_out(said("Words."), made_at=made_at))

    found = opened(file).core_properties
    assert (found.title, found.subject) == (
        "DRAFT Report, Quarter 2 – Hilltown",
        "Quarter 2: Report",
    )
    assert (found.author, found.category, found.language) == ("Hilltown", MARKING, "en-GB")
    core = parts_of(file)["docProps/core.xml"].decode()
    assert set(re.findall(r"<(?:\w+:)?(\w+)[ >]", core)) == {
        *("coreProperties", "title", "subject", "creator", "category", "language"),
        *("created", "modified"),
    }
    assert core.count(">2023-06-01T08:12:00Z<") == 2


def test_partnership_state_marking_and_number_stand_on_every_page():
    [section] = printed(said("Words.")).sections

    above, below = section.header.paragraphs[0], section.footer.paragraphs[0]

    assert above.text == f"Hilltown\tDRAFT\u2003{MARKING}"
    assert below.text.startswith(f"DRAFT\u2003{MARKING}\tPage ")
    assert below._p.xpath(".//w:fldSimple/@w:instr") == ["PAGE", "NUMPAGES"]
    assert (section.page_width.cm, section.page_height.cm) == pytest.approx((21, 29.7), abs=0.01)
    assert not section.different_first_page_header_footer


def test_the_same_layout_makes_the_same_bytes():
    layout = laid_out(said("Words."), Text(tree(RICH)), FIGURES)

    file = as_word(layout)

    assert as_word(layout) == file
    with zipfile.ZipFile(BytesIO(file)) as packed:
        assert {each.date_time[0] for each in packed.infolist()} == {1980}


def test_the_file_holds_nothing_that_runs_and_nothing_left_over():
    assert sorted(parts_of(as_word(laid_out(linked("https://example.org/"))))) == [
        *(
            "[Content_Types].xml",
            "_rels/.rels",
            "docProps/core.xml",
            "word/_rels/document.xml.rels",
        ),
        *("word/document.xml", "word/footer1.xml", "word/header1.xml", "word/numbering.xml"),
        *("word/settings.xml", "word/styles.xml", "word/theme/theme1.xml"),
    ]


# The order of ISO 29500-1, of what is used here; Word calls a file broken that has another.
IN_ORDER = {
    "pPr": "pStyle keepNext keepLines widowControl numPr pBdr shd tabs spacing ind jc outlineLvl",
    "rPr": "rStyle rFonts b bCs i iCs color sz szCs u shd vertAlign lang",
    "tblPr": "tblStyle tblW tblInd tblBorders tblLayout tblCellMar tblLook tblCaption "
    "tblDescription",
    "trPr": "cantSplit tblHeader",
    "tcPr": "tcW gridSpan shd vAlign",
    "lvl": "start numFmt lvlText lvlJc pPr rPr",
    "settings": "zoom defaultTabStop characterSpacingControl compat themeFontLang decimalSymbol "
    "listSeparator",
}


def test_every_property_stands_where_word_looks_for_it():
    table = one_table(Row(((said("1.1"),), (Text(tree(RICH)),))), row_of("1.2", "Green"))
    shown = replace(table, parts=(Part("Priority 1", table.parts[0].rows),))
    document = printed(said("Words.", "draft"), FIGURES, shown, Bullets((said("a"), said("b"))))
    numbering = document.part.numbering_part.element
    parts = (document.element, document.styles.element, numbering, document.settings.element)

    for part in parts:
        for name, order in IN_ORDER.items():
            for each in part.xpath(f"//w:{name}"):
                names = [child.tag.rpartition("}")[2] for child in each]
                assert names == sorted(names, key=order.split().index)


def test_a_report_without_a_block_is_a_file_all_the_same():
    assert words_in(as_word(laid_out())) == []


def test_the_empty_report_in_the_repository_is_the_one_that_is_written_down():
    assert parts_of(word_template.empty_report()) == parts_of(word_template.FILE.read_bytes())


# Pictures -------------------------------------------------------------------------------------


def test_a_picture_is_as_wide_as_its_column_and_says_what_it_shows():
    file = as_word(laid_out(FIGURES, MORE))
    document = opened(file)
    shown = list(document.element.iter(qn("wp:inline")))

    names = [each.docPr.get("descr") for each in shown]
    assert names == [MORE.alternative, 'Arson <1> & "2": 57, then 34.[U+000B]', MORE.alternative]
    assert [each.docPr.id for each in shown] == [1, 2, 3]
    assert {(Emu(each.extent.cx).pt, Emu(each.extent.cy).pt) for each in shown} == {(66, 13.2)}
    pngs = [document.part.related_parts[_drawing_in(each)].blob for each in shown]
    assert [png[16:24] for png in pngs] == [pack(">II", 240, 48)] * 3
    assert pngs[0] == pngs[2] != pngs[1]
    media = [name for name in parts_of(file) if name.startswith("word/media/")]
    assert media == ["word/media/image1.png", "word/media/image2.png"]


def _drawing_in(shown):
    return shown.graphic.graphicData.pic.blipFill.blip.embed


# Whatever was typed ---------------------------------------------------------------------------


def places_for(words):
    """All that a text can stand in."""
    written = (Node(TEXT, text=words),)
    return (
        Heading(1, words),
        Pairs((("To", words),)),
        said(words),
        Paragraph((Mark("red", words),)),
        Text((Node("h4", written), Node("p", written))),
        Bullets((said(words),)),
        Table(words, (Column(words, 50), Column(words, 50, words)), (Part(words, ()),)),
        one_table(row_of(words, words)),
    )


def test_hostile_words_come_out_as_they_are_wherever_they_stand():
    texts = [without_controls(text) for text in HOSTILE]
    places = cycle(range(8))
    blocks = [places_for(text)[place] for text, place in zip(texts, places, strict=False)]
    words = " ".join(texts)
    layout = laid_out(
        *places_for(words),
        *blocks,
        **dict.fromkeys(("title", "partnership", "subject", "marking", "state"), words),
    )

    file = as_word(layout)

    assert words_in(file) == words_of(layout)
    header = opened(file).sections[0].header.paragraphs[0].text
    assert header == f"{words}\n\t{words}\u2003{words}".rstrip()
    assert opened(file).core_properties.title == words[:255]


def without_controls(text):
    """Those stand as their numbers, which the next test is about."""
    return re.sub("[\x00-\x1f]", "", text)


@pytest.mark.parametrize(
    ("typed", "stands"),
    [
        ("a\x00b", "a[U+0000]b"),
        ("a\x0bb\x1f", "a[U+000B]b[U+001F]"),
        ("a\ud800b", "a[U+D800]b"),
        ("a\ufffe\uffffb", "a[U+FFFE][U+FFFF]b"),
        ("a\r\nb\rc", "a\nb[U+000D]c"),
    ],
)
def test_what_no_file_can_hold_stands_as_its_number(typed, stands):
    file = as_word(laid_out(said(typed), title=typed))

    assert opened(file).paragraphs[0].text == stands
    assert opened(file).core_properties.title == stands


def test_each_of_thousands_of_lists_and_links_is_its_own():
    html = "".join(
        f'<ol><li><a href="https://example.org/{number}">x</a></li></ol><p>y</p>'
        for number in range(2000)
    )
    parts = parts_of(as_word(laid_out(Text(tree(html)))))

    lists = re.findall(rb'<w:numId w:val="(\d+)"', parts["word/document.xml"])
    links = re.findall(rb'<w:hyperlink [^>]*r:id="(\w+)"', parts["word/document.xml"])
    led_to = re.findall(rb'Id="(link\d+)"', parts["word/_rels/document.xml.rels"])
    assert len(lists) == len(set(lists)) == 2000
    assert len(links) == len(set(links)) == 2000
    assert sorted(links) == sorted(led_to)


# Taking it away -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def made(kept):
    return open_round_scene(now=NOW, slug="hilltown", name="Hilltown")


def address_of(scene, extension="docx"):
    args = [scene.partnership.slug, scene.round.pk, extension]
    return reverse("reports:report_file", args=args)


def test_a_coordinator_takes_the_report_away_as_a_word_file(client, scene):
    tell(scene.round, "1.1", "amber", text="<p>The grant came.</p>")
    client.force_login(scene.coordinator)
    page = client.get(reverse("reports:report", args=[scene.partnership.slug, scene.round.pk]))

    response = client.get(address_of(scene))

    assert f'href="{address_of(scene)}">Download as Word</a>' in page.text
    name = f"hilltown-{scene.round.slug}-draft.docx"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response["Content-Type"].endswith("wordprocessingml.document")
    assert "no-store" in response["Cache-Control"]
    words = words_in(response.content)
    assert words[0].startswith("DRAFT. Put together on ")
    assert "The grant came." in words


def test_a_planned_round_and_an_unknown_kind_of_file_are_not_there(client, scene):
    client.force_login(scene.coordinator)

    assert client.get(address_of(scene, "exe")).status_code == 404
    planned = open_round_scene(now=NOW, opened=False)
    client.force_login(planned.coordinator)
    assert client.get(address_of(planned)).status_code == 404


def test_the_file_asks_the_database_no_more_than_the_page(client, scene, django_assert_num_queries):
    client.force_login(scene.coordinator)

    with django_assert_num_queries(11):
        client.get(address_of(scene))
