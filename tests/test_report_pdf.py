"""The report as PDF, read back from its bytes: every word in its order, tagged to be read aloud."""

import re
from dataclasses import replace
from datetime import datetime
from itertools import cycle

import pytest
from django.urls import reverse

from documents.glyphs import printable
from documents.nodes import TEXT, Node
from documents.richtext import tree
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
from reports.renderers import CannotPrint
from reports.renderers.pdf import as_pdf
from rounds.models import Round
from tests.factories import LONDON, NOW
from tests.hostile import HOSTILE
from tests.pdf_reading import reader_of, squeezed, tags_of, words_read
from tests.reporting import quarter_with_everything, report_of, tell
from tests.scenes import open_round_scene

SENSITIVE = "OFFICIAL-SENSITIVE"


def said(words):
    return Paragraph((Node(TEXT, text=words),))


def layout_with(*blocks):
    return Layout(
        title="DRAFT Update Report, Quarter 2 – Swale",
        partnership="Swale Community Safety Partnership",
        subject="Quarter 2: Update Report",
        marking=SENSITIVE,
        blocks=(Heading(1, "Update Report"), Heading(2, "Priority 1: Crime"), *blocks),
    )


def actions(*rows):
    columns = (Column("Actions", 30), Column("Status", 15), Column("Update", 55))
    return Table("Actions of Priority 1", columns, (Part("", rows),))


def action(title, text, *, may_break=False):
    cells = ((said(title),), (Paragraph((Mark("red", "Red"),)),), (Text(tree(text)),))
    return Row(cells, may_break)


BARS = Picture(drawing(Bars(116, 69)), 'Burglary <1> & "2" #image: 183, then 172.')


def figures(previous, current, *pictures):
    columns = (
        Column("Indicator", 40),
        Column("Previous", 20, "to September 2022", is_number=True),
        Column("Current", 20, "to September 2023", is_number=True),
        Column("Change", 20),
    )
    change = Paragraph((Mark("down better", "Better"),))
    cells = ((said("Burglary"),), (said(previous),), (said(current),), (change, *pictures))
    return Table("Figures of Priority 1", columns, (Part("", (Row(cells),)),))


def has_the_words_of(reader, layout):
    return words_read(reader) == squeezed(words_of(layout))


# Every word in its order ----------------------------------------------------------------------


@pytest.mark.django_db
def test_the_example_has_every_word_in_its_order(example):
    layout = layout_of(report_of(Round.objects.get(slug="2023-24-q2", partnership__slug="swale")))

    assert has_the_words_of(reader_of(as_pdf(layout)), layout)


@pytest.mark.django_db
def test_whatever_a_report_can_say_is_read_in_its_order_and_marked_on_every_page():
    scene = quarter_with_everything()
    tell(scene.round, "1.3", text="<p>A 漢 sign, a 😀 and مر.</p>", rag_reason="\u202e漢")
    layout = layout_of(report_of(scene.round))
    reader = reader_of(as_pdf(layout))

    assert has_the_words_of(reader, layout)
    assert "A[U+6F22]sign,a[U+1F600]and[U+0645][U+0631]." in words_read(reader)
    count = len(reader.pages)
    for number, page in enumerate(reader.pages, start=1):
        seen = page.extract_text()
        assert seen.count(SENSITIVE) >= 2
        assert layout.partnership in seen
        assert "DRAFT" in seen
        assert f"Page {number} of {count}" in seen


def test_a_word_left_out_or_in_another_place_is_found():
    table = figures("183", "172", BARS)
    layout = layout_with(table, said("One paragraph."), said("Another."))
    reader = reader_of(as_pdf(layout))

    assert has_the_words_of(reader, layout)
    for other in (
        layout_with(table, said("One paragraph.")),
        layout_with(figures("172", "183", BARS), said("One paragraph."), said("Another.")),
        layout_with(figures("183", "172"), said("One paragraph."), said("Another.")),
        layout_with(table, said("Another."), said("One paragraph.")),
    ):
        assert not has_the_words_of(reader, other)


def test_what_is_seen_is_what_is_read():
    layout = layout_with(said("The fifth officer filed a fluent affidavit."), figures("183", "172"))
    seen = squeezed(page.extract_text() for page in reader_of(as_pdf(layout)).pages)

    for words in words_of(layout):
        assert squeezed(words) in seen


CODES = ("green", "amber", "red", "not_rated", "up worse", "down better", "level same")


def test_a_shape_is_drawn_beside_the_word_of_every_mark():
    def drawn(part):
        page = reader_of(as_pdf(layout_with(Paragraph((part,))))).pages[0]
        return len(re.findall(rb"\n(?:f|S|B)\*?\n", page.get_contents().get_data()))

    without = drawn(Node(TEXT, text="Word"))

    for code in CODES:
        # A rating has a frame and a ground too, and "no change" is two lines.
        beside = {"up worse": 1, "down better": 1, "level same": 2}.get(code, 3)
        assert drawn(Mark(code, "Word")) == without + beside, code


def test_a_picture_is_drawn_and_says_what_it_shows():
    reader = reader_of(as_pdf(layout_with(figures("183", "172", BARS), BARS)))
    drawn = reader.pages[0].get_contents().get_data()

    assert drawn.count(b" 2.5 2.5 m 117.5 2.5 l 117.5 9.5 l 2.5 9.5 l\nh\nB\n") == 2
    assert drawn.count(b" 2 13 m 71 13 l 71 22 l 2 22 l\nh\nf\n") == 2
    in_cell, below = tags_of(reader).all("Figure")
    assert in_cell.words == below.words == BARS.alternative
    [cell] = [tag for tag in tags_of(reader).all("TD") if tag.all("Figure")]
    assert cell.read == f"Better{BARS.alternative}"


@pytest.mark.parametrize("style", ["", "note"])
def test_what_leads_to_a_table_stays_on_the_page_of_its_first_row(style):
    from_then = Paragraph((Node(TEXT, text="From the meeting"),), style)
    pages_of_first = set()
    for count in range(30, 44):
        lines = [said("Line") for _ in range(count)]
        table = actions(action("First", "<p>Row</p>"), action("Second", "<p>Row</p>"))
        arising = (Heading(3, "Matters arising"), from_then, table)
        reader = reader_of(as_pdf(layout_with(*lines, *arising)))
        pages = [page.extract_text() for page in reader.pages]
        places = {_page_with(words, pages) for words in ("Matters", "From the", "First")}
        assert len(places) == 1, count
        pages_of_first |= places
    assert pages_of_first == {0, 1}


def test_what_leads_to_a_text_stays_on_its_page_and_a_short_list_on_one():
    meanings = Bullets(tuple(said(f"Meaning {number}") for number in range(4)))
    together = (Heading(3, "Themes"), said("Named first"), Text(tree("<p>Then said.</p>")))
    pages_of_first = set()
    for count in range(34, 44):
        lines = [said("Line") for _ in range(count)]
        reader = reader_of(as_pdf(layout_with(*lines, *together, meanings)))
        pages = [page.extract_text() for page in reader.pages]
        for one, other in (("Themes", "Then said"), ("Named", "Then said"), ("ing 0", "ing 3")):
            assert _page_with(one, pages) == _page_with(other, pages), count
        pages_of_first.add(_page_with("Themes", pages))
    assert pages_of_first == {0, 1}


def _page_with(words, pages):
    (found,) = [number for number, page in enumerate(pages) if words in page]
    return found


# For reading aloud ----------------------------------------------------------------------------


def test_it_says_what_it_is_and_when_it_was_made():
    made_at = datetime(2023, 6, 1, 9, 12, tzinfo=LONDON)
    layout = replace(layout_with(said("Words.")), made_at=made_at)
    pdf = as_pdf(layout)
    reader = reader_of(pdf)
    root = reader.trailer["/Root"]

    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-GB"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata.title == layout.title
    assert reader.metadata.author == layout.partnership
    assert reader.metadata.subject == layout.subject
    assert reader.metadata.creation_date == reader.metadata.modification_date == made_at
    assert reader_of(as_pdf(layout_with(said("Words.")))).metadata.creation_date is None
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()
    assert as_pdf(layout) == pdf


def test_headings_are_bookmarks_and_a_texts_own_headings_leave_no_level_out():
    text = Text(tree("<h4>Inside</h4><p>Words.</p>"))
    layout = layout_with(
        text, Heading(3, "Key issues"), text, actions(action("1.1", "<h4>In</h4>"))
    )
    reader = reader_of(as_pdf(layout))

    headings = [
        (tag.kind, tag.read) for tag in _flat(tags_of(reader)) if re.fullmatch(r"H\d", tag.kind)
    ]
    assert headings == [
        ("H1", "Update Report"),
        ("H2", "Priority 1: Crime"),
        ("H3", "Inside"),
        ("H3", "Key issues"),
        ("H4", "Inside"),
        ("H4", "In"),
    ]
    assert _titles(reader.outline) == ["Update Report", "Priority 1: Crime", "Key issues"]


def test_a_table_over_many_pages_has_its_headings_once_aloud_and_on_each_page():
    rows = [action(f"1.{number} Do it", "<p>Done again.</p>") for number in range(1, 90)]
    layout = layout_with(actions(*rows), figures("183", "172"))
    reader = reader_of(as_pdf(layout))
    table, other = tags_of(reader).all("Table")

    assert len(reader.pages) > 2
    assert [(tag.read, tag.attributes["/Scope"]) for tag in table.all("TH")] == [
        ("Actions", "/Column"),
        ("Status", "/Column"),
        ("Update", "/Column"),
    ]
    assert len(table.all("TR")) == 90
    assert [tag.read for tag in other.all("TD")] == ["Burglary", "183", "172", "Better"]
    for page in reader.pages:
        assert "Status" in page.extract_text()
        assert page.extract_text().count(SENSITIVE) == 2


def test_lists_are_lists_within_lists_and_links_say_where_they_lead():
    html = (
        "<ul><li>One<ul><li>Within</li></ul></li></ul><ol><li>First</li><li>Then</li></ol>"
        '<p>10<sup>2</sup>, see <a href="https://example.org/a?b=1&amp;c=2">the minutes</a>.</p>'
    )
    layout = layout_with(Text(tree(html)), Pairs((("To", "The Executive"),)))
    reader = reader_of(as_pdf(layout))
    lists = tags_of(reader).all("L")

    assert [tag.read for tag in lists] == ["OneWithin", "Within", "FirstThen", "ToThe Executive"]
    assert [tag.attributes["/ListNumbering"] for tag in lists[:3]] == [
        *("/Circle", "/Circle", "/Decimal")
    ]
    assert [tag.read for tag in tags_of(reader).all("Link")] == ["the minutes"]
    (note,) = [note.get_object() for page in reader.pages for note in page.get("/Annots", [])]
    assert note["/A"]["/URI"] == "https://example.org/a?b=1&c=2"
    assert note["/Contents"]
    assert has_the_words_of(reader, layout)


def test_every_font_is_inside_and_one_of_ours():
    html = "<p>Plain <strong>bold</strong> <em>slanted <strong>both</strong></em></p>"
    reader = reader_of(as_pdf(layout_with(Text(tree(html)))))
    fonts = [
        font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        for page in reader.pages
        for font in page["/Resources"]["/Font"].values()
    ]

    assert {name.split("+")[1] for name in (font["/FontName"] for font in fonts)} == {
        "LiberationSans",
        "LiberationSans-Bold",
        "LiberationSans-Italic",
        "LiberationSans-BoldItalic",
    }
    assert all("/FontFile2" in font or "/FontFile3" in font for font in fonts)


def _flat(tag):
    yield tag
    for inner in tag.inner:
        yield from _flat(inner)


def _titles(outline):
    return [
        title
        for each in outline
        for title in (_titles(each) if isinstance(each, list) else [each.title])
    ]


# Hostile texts --------------------------------------------------------------------------------


def places_for(words):
    """All that a text can stand in."""
    written = Text((Node("p", (Node(TEXT, text=words),)),))
    return (
        Heading(3, words),
        written,
        Bullets((said(words),)),
        Pairs(((words, words),)),
        Paragraph((Mark("red", words), Node("strong", (Node(TEXT, text=words),))), "note"),
        Table(words, (Column(words, 100, words),), (Part(words, (Row(((written,),)),)),)),
    )


def test_signs_of_other_languages_come_out_as_they_were_typed():
    texts = [printable(text).strip() for text in HOSTILE]
    places = cycle(range(6))
    blocks = [places_for(text)[place] for text, place in zip(texts, places, strict=False)]
    whole = " ".join(texts)
    layout = layout_with(*blocks)
    layout = replace(layout, title=whole, partnership=whole, subject=whole)
    reader = reader_of(as_pdf(layout))

    assert has_the_words_of(reader, layout)
    assert reader.metadata.title == reader.metadata.author == whole


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "//host/share", "file:///etc/passwd", "/a", "#grid", ""]
)
def test_a_dangerous_link_is_printed_as_words_alone(address):
    node = Node("p", (Node("a", (Node(TEXT, text="Look here"),), href=address),))
    reader = reader_of(as_pdf(layout_with(Text((node,)))))

    assert "Lookhere" in words_read(reader)
    assert not any("/Annots" in page for page in reader.pages)


def test_a_row_of_many_short_lines_goes_on_over_the_page():
    lines = "<br>".join(str(number) for number in range(200))
    layout = layout_with(actions(action("1.1", f"<p>{lines}</p>")))
    reader = reader_of(as_pdf(layout))

    assert len(reader.pages) > 3
    assert "199" in reader.pages[-1].extract_text()


def test_a_word_wider_than_its_column_is_parted_and_stays_on_the_page():
    address = "https://example.org/" + "W" * 300
    reader = reader_of(as_pdf(layout_with(actions(action("M" * 80, f"<p>{address}</p>")))))
    lines = reader.pages[0].extract_text().splitlines()

    assert address in words_read(reader)
    assert max(line.count("W") for line in lines) < 30
    assert max(line.count("M") for line in lines) < 20


def test_what_cannot_be_typeset_is_named_with_its_priority_and_action():
    layout = layout_with(
        said("Words."),
        Heading(3, "Actions"),
        actions(action("1.1 Good", "<p>Good.</p>"), action("1.2 Bad", "<p>A 漢 sign.</p>")),
    )

    with pytest.raises(CannotPrint) as refused:
        as_pdf(layout)

    assert str(refused.value).startswith(
        "A text under “Priority 1: Crime” – “1.2 Bad” cannot be printed as PDF: "
    )


@pytest.mark.django_db
def test_a_file_that_cannot_be_made_says_so_on_the_page_of_the_report(client, monkeypatch):
    scene = open_round_scene(now=NOW)
    tell(scene.round, "1.1", "green", text="<p>A 漢 sign.</p>")
    monkeypatch.setattr("reports.content.as_printed", lambda report: report)
    client.force_login(scene.coordinator)
    address = [scene.partnership.slug, scene.round.pk]

    response = client.get(reverse("reports:report_file", args=[*address, "pdf"]), follow=True)

    assert response.redirect_chain == [(reverse("reports:report", args=address), 302)]
    assert "“1.1 Title of action 1.1” cannot be printed as PDF" in response.text
    monkeypatch.undo()
    response = client.get(reverse("reports:report_file", args=[*address, "pdf"]))
    assert response["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF-")
