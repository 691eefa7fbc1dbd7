"""Reading Word files that came back: what is written in a cell comes out as it stands there."""

import zipfile
from hashlib import sha256
from io import BytesIO

import pytest
from docx import Document
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st

from documents import word
from documents.guard import MOST_BYTES, Unsafe, check_word
from documents.richtext import clean, from_plain, tree
from documents.word_reader import Tracked, every_word_in, read_word
from documents.word_template import FILE
from documents.word_text import WordText, as_word_keeps
from tests.hostile import HOSTILE
from tests.test_richtext import HTML

ONE_COLUMN = [5000]


def a_file(*texts):
    """A Word file with a table, and in each row a text, canonical or not."""
    document = Document(BytesIO(FILE.read_bytes()))
    printed = WordText(document.part)
    rows = []
    for text in texts:
        words = list(printed.in_table(tree(text), style="TableText"))
        rows.append(word.row([word.cell(words or [word.paragraph("TableText")], *ONE_COLUMN)]))
    made = word.table("ReportTable", title="Texts", widths=ONE_COLUMN, rows=rows)
    document.element.body.sectPr.addprevious(made)
    return document


def saved(document):
    return word.as_bytes(document)


def read(content):
    check_word(content)
    return read_word(content)


def cells(content):
    return [row.cells[0] for row in read(content).blocks[0].rows]


# What was written comes back ------------------------------------------------------------------


@settings(max_examples=12)
@given(st.lists(HTML, min_size=4, max_size=12))
def test_a_text_comes_back_as_it_went(pasted):
    texts = [clean(html).html for html in pasted]

    found = cells(saved(a_file(*texts)))

    assert [cell.html for cell in found] == [as_word_keeps(text) for text in texts]
    assert {(cell.tracked, cell.left_out) for cell in found} == {(Tracked(), ())}


def test_texts_that_would_be_something_else_come_back_as_words():
    texts = [from_plain(text) for text in [*HOSTILE, "=1+1", "-cmd|x", "@SUM(A1)"]]
    long = f"<p>{'ab ' * 20_000}".strip() + "</p>"

    found = cells(saved(a_file(*texts, long)))

    assert [cell.html for cell in found] == [as_word_keeps(text) for text in [*texts, long]]
    assert found[-3].plain == "-cmd|x"


# What Word writes ----------------------------------------------------------------------------


def cell_of(*paragraphs, part=None):
    document = part or a_file("")
    box = document.tables[0].rows[0].cells[0]._tc
    for each in list(box.iterchildren(qn("w:p"))):
        box.remove(each)
    box.extend(paragraphs)
    return cells(saved(document))[0]


def p(*runs, style="TableText", **look):
    return word.paragraph(style, runs, **look)


def tracked(kind, words):
    made = word.run(words)
    if kind in ("del", "moveFrom"):
        made.find(qn("w:t")).tag = qn("w:delText")
    return word.element(kind, made, author="Lead", id="7")


def test_what_was_put_in_is_read_and_what_was_taken_out_is_not_and_both_are_told():
    cell = cell_of(
        p(
            word.run("Met "),
            tracked("del", "never"),
            tracked("ins", "six "),
            tracked("ins", "times"),
        ),
        p(tracked("moveFrom", "Gone on. "), word.run("In all "), tracked("moveTo", "places.")),
    )

    assert cell.html == "<p>Met six times</p><p>In all places.</p>"
    assert cell.tracked == Tracked(("six times", "places."), ("never", "Gone on."))


def test_a_paragraph_whose_end_was_taken_out_goes_on_in_the_next():
    first = p(word.run("One "))
    first.find(qn("w:pPr")).append(word.element("rPr", word.element("del", author="x", id="1")))

    assert cell_of(first, p(word.run("line."))).html == "<p>One line.</p>"


def test_a_row_that_was_taken_out_has_no_cells():
    document = a_file("<p>Stays</p>", "<p>Goes</p>")
    document.tables[0].rows[1]._tr.trPr.append(word.element("del", author="x", id="1"))

    stays, goes = read(saved(document)).blocks[0].rows

    assert (stays.cells[0].words, goes.cells, goes.taken_out) == ("Stays", (), "Goes")


def test_words_inside_controls_links_fields_and_smart_tags_are_read():
    link = [word.element("fldChar", fldCharType="begin"), word.element("instrText"),
            word.element("fldChar", fldCharType="separate")]  # fmt: skip
    link[1].text = ' HYPERLINK "https://example.org/a" '
    prompt = word.drop_down("Choose", ["One"], "Choose an item.", number=9)
    prompt.find(qn("w:sdtPr")).append(word.element("showingPlcHdr"))

    cell = cell_of(
        p(word.drop_down("Which", ["Red", "Green"], "Green", number=8), prompt),
        p(word.element("smartTag", word.run("Swale")), word.run(" is ")),
        p(*(word.element("r", each) for each in link), word.run("here"),
          word.element("r", word.element("fldChar", fldCharType="end")), word.run(" and on")),
    )  # fmt: skip

    assert cell.html == (
        '<p>Green</p><p>Swale is</p><p><a href="https://example.org/a">here</a> and on</p>'
    )


def test_what_no_text_can_hold_is_told_and_left_out():
    hidden = word.run("not to be read")
    hidden.find(qn("w:rPr")).append(word.element("vanish"))
    underlined = word.run("stressed")
    underlined.find(qn("w:rPr")).append(word.element("u", val="single"))

    cell = cell_of(
        p(word.run("Seen "), hidden, underlined, word.run(" words")),
        p(*(word.element("r", word.element(name)) for name in
            ("commentReference", "drawing", "footnoteReference"))),
    )  # fmt: skip

    assert cell.html == "<p>Seen stressed words</p>"
    assert cell.left_out == ("1 comment", "1 footnote", "hidden text", "1 picture", "underlining")


def test_lists_and_bold_of_styles_are_read_as_those_of_paragraphs():
    document = a_file("")
    style = document.styles.add_style("Strong Words", 2)
    style.font.bold = True

    cell = cell_of(
        p(word.run("one"), style="TableListNumber"),
        p(word.run("inside"), style="TableListBullet", list_number=1, level=1),
        p(word.run("not one"), style="TableListBullet", list_number=0),
        p(word.run("Title"), style="Heading3"),
        p(word.run("loud", style=style.style_id), word.run(" and quiet")),
        part=document,
    )

    assert cell.html == (
        "<ol><li>one<ul><li>inside</li></ul></li></ol><p>not one</p>"
        "<h4>Title</h4><p><strong>loud</strong> and quiet</p>"
    )


def test_a_table_that_was_pasted_into_a_box_becomes_rows_of_text():
    inner = [word.cell([p(word.run(words))], 900) for words in ("Patrols", "6")]
    pasted = word.table("ReportTable", title="x", widths=[900, 900], rows=[word.row(inner)])

    cell = cell_of(p(word.run("As follows:")), pasted, p())

    assert cell.html == "<p>As follows:</p><p>Patrols | 6</p>"
    assert cell.left_out == ("1 table was turned into rows of text",)


def test_every_word_of_a_file_is_found_also_where_nobody_sees_it():
    document = a_file("<p>Ke<strong>zi</strong>ah</p>")
    document.tables[0].rows[0].cells[0].paragraphs[0]._p.append(tracked("del", "Quill"))
    document.core_properties.comments = "From Ada"

    words = every_word_in(saved(document))

    assert [each for each in ("Keziah", "Quill", "From Ada", "Lead") if each not in words] == []


# Hostile files -------------------------------------------------------------------------------


def with_parts(parts, *, without=()):
    """A good file with these parts put in, or put in the place of its own."""
    made = BytesIO()
    with zipfile.ZipFile(BytesIO(saved(a_file("<p>x</p>")))) as source:
        kept = {name: source.read(name) for name in source.namelist()}
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in (kept | parts).items():
            if name not in without:
                target.writestr(name, content)
    return made.getvalue()


ENTITY = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
OUTSIDE = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    b'<Relationship Id="r1" TargetMode="External" Target="http://example.net/x.png" '
    b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/%s"/>'
    b"</Relationships>"
)


NOISE = {"word/noise.bin": b"".join(sha256(b"%d" % n).digest() for n in range(10_000))}
"""So that a part of nothing but spaces is not found by how well it was packed."""


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (lambda: b"%PDF-1.7", "not a Word file"),
        (lambda: b"PK\x03\x04" + b"\x00" * 60, "damaged"),
        (lambda: saved(a_file(""))[:-200], "damaged"),
        (lambda: b"PK\x03\x04" + b"\x00" * MOST_BYTES, "larger than 10 MB"),
        (lambda: with_parts({}, without={"[Content_Types].xml"}), "not a Word document"),
        (lambda: with_parts({"[Content_Types].xml": b"<Types/>"}), "not a Word document"),
        (lambda: with_parts({"word/vbaProject.bin": b"x"}), "macros"),
        (lambda: with_parts({"word/bomb.bin": b"\x00" * (61 << 20)}), "more than can be read"),
        (lambda: with_parts({"word/bomb.xml": b"<x>" + b" " * (13 << 20), **NOISE}), "more than"),
        (lambda: with_parts({f"word/{n}.bin": b"" for n in range(2001)}), "more than can be read"),
        (lambda: with_parts({"word/long.xml": b"<x>" + b"<x/>" * 150_000}), "more than can"),
        (lambda: with_parts({"word/deep.xml": b"<x>" * 201 + b"</x>" * 201}), "more than can"),
        (lambda: with_parts({"word/notes.xml": ENTITY}), "damaged"),
        (lambda: with_parts({"word/document.xml": b"<x>"}), "damaged"),
        (lambda: with_parts({"word/../../x": b"x"}), "damaged"),
        (lambda: with_parts({"word/_rels/x.rels": OUTSIDE % b"image"}), "kept elsewhere"),
        (lambda: with_parts({"word/_rels/x.rels": OUTSIDE % b"oleObject"}), "kept elsewhere"),
    ],
)
def test_a_file_that_nobody_should_open_is_refused_with_what_to_do(content, said):
    with pytest.raises(Unsafe, match=said):
        check_word(content())


def test_a_link_and_the_template_of_an_office_are_no_harm():
    for kind in (b"hyperlink", b"attachedTemplate"):
        check_word(with_parts({"word/_rels/x.rels": OUTSIDE % kind}))


def test_a_file_that_only_looks_like_a_word_file_is_refused_by_the_reader():
    with pytest.raises(Unsafe, match="damaged"):
        read(with_parts({}, without={"word/document.xml"}))


def test_a_file_of_very_many_paragraphs_is_not_read():
    document = a_file("")
    document.element.body[0].addprevious(p())
    for _ in range(20_000):
        document.element.body[0].addprevious(word.element("p"))

    with pytest.raises(Unsafe, match="much longer than a form"):
        read(saved(document))
