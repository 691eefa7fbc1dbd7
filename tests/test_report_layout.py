"""The report as blocks for Word and PDF: the same words as the page, in the same order."""

import pytest
from lxml import etree, html

from actions.models import Action, Closing
from priorities.models import Plan
from reports.as_html import as_html
from reports.layout import Picture, Table, layout_of, words_of
from reports.renderers.pdf import as_pdf
from reports.renderers.word import as_word
from rounds.models import Round
from tests.factories import NOW
from tests.pdf_reading import reader_of
from tests.reporting import quarter_with_everything, report_of, shut
from tests.scenes import open_round_scene
from tests.web_reading import words_on
from tests.word_reading import opened

pytestmark = pytest.mark.django_db


def squeezed(pieces):
    return "".join("".join(pieces).split())


def on_the_page(report):
    return words_on(as_html(report, brand_colour="#1d4f8b"))


def drawn_on_the_page(report):
    page = html.document_fromstring(as_html(report, brand_colour="#1d4f8b"))
    pictures = page.xpath("//*[@role='img']/*")
    return [
        canonical(etree.tostring(each, with_tail=False, encoding="unicode")) for each in pictures
    ]


def drawings_in(layout):
    rows = [
        row
        for block in layout.blocks
        if isinstance(block, Table)
        for part in block.parts
        for row in part.rows
    ]
    blocks = [block for row in rows for cell in row.cells for block in cell]
    return [canonical(block.svg) for block in blocks if isinstance(block, Picture)]


def canonical(svg):
    """A page's parser knows no case and no namespace."""
    return etree.canonicalize(svg).lower().replace(' xmlns="http://www.w3.org/2000/svg"', "")


def laid_out(report):
    return squeezed(words_of(layout_of(report)))


@pytest.mark.parametrize("slug", ["2023-24-q2", "2023-24-q3"])
def test_the_example_has_the_words_of_its_page_in_their_order(example, slug):
    report = report_of(Round.objects.get(slug=slug, partnership__slug="swale"))

    assert laid_out(report) == on_the_page(report)


def test_the_plan_on_a_page_and_what_changed_lead_to_their_actions_in_every_format(example):
    report = report_of(Round.objects.get(slug="2023-24-q3", partnership__slug="swale"))
    rows = [row for part in report.grid.parts for row in part.rows]
    named = rows + [change for each in report.changes.lists for change in each.changes]
    to = [each.anchor for each in named]
    page = html.document_fromstring(as_html(report, brand_colour="#1d4f8b"))
    body = opened(as_word(layout_of(report))).element.body
    pdf = reader_of(as_pdf(layout_of(report)))

    assert len(rows) == 17
    assert len(named) > len(rows) + 5
    assert page.xpath("//*[@id='grid' or @id='changed']/..//a/@href") == [f"#{each}" for each in to]
    assert set(to) <= set(page.xpath("//tr/@id"))
    assert body.xpath("//w:hyperlink/@w:anchor") == to
    assert set(to) <= set(body.xpath("//w:bookmarkStart/@w:name"))
    pages = {each.indirect_reference.idnum: each.extract_text() for each in pdf.pages}
    notes = [note.get_object() for each in pdf.pages for note in each.get("/Annots", [])]
    led = [pages[note["/Dest"][0].idnum] for note in notes if "/Dest" in note]
    assert len(led) == len(named)
    assert all(f"{each.reference} " in text for each, text in zip(named, led, strict=True))


def test_whatever_a_report_can_say_has_the_words_of_the_page():
    report = report_of(quarter_with_everything().round)

    words = laid_out(report)

    assert words == on_the_page(report)
    assert drawn_on_the_page(report) == drawings_in(layout_of(report))
    assert len(drawn_on_the_page(report)) == 2
    for said in (
        "Reportsofharm,twobars:57inthepreviousrollingyear,34inthecurrentone.",
        "Waybacktogreen:Anew<grant>.",
        "Notforpublication:Namesavictim.",
        "Withinone",
        "Milestonesdone:The<map>isdrawn",
        "Milestonesoverdue:Aplanisagreed",
        "Milestonesdone:Staffaremet",
        "MattersarisingFromthemeetingon4August2023.",
        "Askfora<grant>.Communitysafetymanagerby1September2023Overdue",
        "Communitysafetymanagerby1December2023Doneon8September2023",
        "Longsinceagreed.Agreedatthemeetingon5May2023",
    ):
        assert said in words


def test_a_closed_plan_has_the_words_of_the_page():
    scene = quarter_with_everything()
    shut(scene.round)
    Action.objects.update(closing=Closing.ENDED, closing_reason="No money.\nNo room.")
    Plan.objects.update(closed_at=NOW)
    report = report_of(scene.round)

    assert report.endings
    assert laid_out(report) == on_the_page(report)


def test_a_report_with_nothing_in_it_has_the_words_of_the_page():
    scene = open_round_scene(now=NOW, actions=0)
    report = report_of(scene.round)

    assert laid_out(report) == on_the_page(report)
