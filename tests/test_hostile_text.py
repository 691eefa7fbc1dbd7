"""Whatever somebody has typed is words and nothing else, in every file and on every page.

A whole quarter in which every text holds some of a hundred hostile ones (tests/hostile.py), put
together once and printed once as each kind of file.
"""

import csv
import html
import json
import re
import sys
import tempfile
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO, StringIO
from itertools import count, cycle
from urllib.parse import quote

import lxml.html
import pytest
from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.urls import reverse
from openpyxl import load_workbook
from openpyxl.utils.escape import unescape

from actions.models import Action, Closing, Progress
from documents.characters import in_lines, one_line, tidy
from documents.glyphs import printable
from documents.richtext import clean
from documents.tables import LIVE, as_typed
from priorities.models import Plan
from reports.as_json import content_of
from reports.content import Issue
from reports.editions import Edition
from reports.issued_files import contents_of, files_of
from reports.layout import layout_of, words_of
from reports.renderers.tables import as_csv, as_xlsx
from reports.tables import actions_sheet, figures_sheet
from rounds.models import Answer, MeetingItem, Rag, Round
from tests.factories import NOW
from tests.hostile import HOSTILE, KINDS, STORED
from tests.pdf_reading import objects_of, reader_of, squeezed, words_read
from tests.reporting import quarter_with_everything
from tests.scenes import open_round_scene, submit
from tests.typed_texts import MODELS, RICH, name_of, texts_of
from tests.web_reading import words_on
from tests.word_reading import words_in
from tests.writing import address, fill, problems

pytestmark = pytest.mark.django_db

EDITIONS = [Edition.FULL, Edition.PUBLIC]
LINKED = {
    "https://example.org/",
    "http://example.net/?a=1&b=",
    "https://example.net/a_(b)",
}
"""Where the hundred may lead: bare addresses of the web become links, and nothing else does."""
OUR_OWN = re.compile(r"(/|/[^/].*|#.*|[?].*|mailto:\w+@example[.]org)")

NOT_TYPED = {
    "of letters, digits and dashes alone": "Partnership.slug Plan.slug Round.slug",
    "a colour": "Partnership.brand_colour",
    "numbers": "Partnership.reminder_days WordForm.versions Notice.about",
    "an email address": "Partnership.help_email Invitation.sent_to",
    "made by the portal": (
        "Invitation.token_hash Notice.token_hash WordForm.key WordUpload.sha256 "
        "Draft.page Draft.mark Answer.saved_from"
    ),
    "written down on closing": "Round.milestones Round.themes LeadUpdate.linked",
}
"""Texts that nobody can make hostile, and why."""
NOT_PRINTED = {
    "the plan has an introduction of its own": "Partnership.report_introduction",
    "the round's are printed": "Partnership.rag_meanings Partnership.progress_labels",
    "for other programs": (
        "Partnership.national_code Organisation.national_code Indicator.national_code"
    ),
    "for loading and finding": (
        "PartnershipAlias.name OrganisationAlias.name GroupAlias.name IndicatorAlias.name"
    ),
    "in messages": "Partnership.asking_text",
    "for whoever needs help": "Partnership.help_telephone",
    "printed as it was when the round was opened": (
        "Group.name Group.short_name GroupHeading.heading Priority.lead_text"
    ),
    "printed as it was when somebody did something": (
        "Organisation.name Organisation.short_name Membership.post"
    ),
    "on the pages of the plan": (
        "Plan.strategy Priority.summary Priority.activities Priority.withdrawn_reason "
        "Action.desired_outcome Action.lead_text Action.withdrawn_reason Milestone.timescale"
    ),
    "on the pages of the figures": (
        "Indicator.definition Indicator.unit Indicator.received_by FigureEntry.source "
        "Reading.source Reading.reason Reading.taken_back_reason"
    ),
    "on the pages of the round": (
        "Round.reopened_reason Meeting.place Meeting.chaired_by WordUpload.name"
    ),
    "beside the answer": (
        "Answer.saved_as Answer.edited_as Answer.given_for Answer.return_reason "
        "Answer.let_in_reason Delegation.note Delegation.given_as"
    ),
    "never saved": "Draft.boxes",
    "in the list of what is withheld": (
        "Action.title_withheld_reason Round.recommendations_withheld_reason"
    ),
}
"""Texts of which a report prints nothing, and why."""


def named_in(reasons):
    return {name for names in reasons.values() for name in names.split()}


# What is planted ------------------------------------------------------------------------------


@dataclass
class Planted:
    """What stands in every text of every row, and how to know it again."""

    of: dict = field(default_factory=dict)
    """By the name of the field, the words that mark each of its texts."""

    def __post_init__(self):
        self._numbers = count(100)
        self._texts, self._formulas = cycle(STORED), cycle(KINDS["formulas"])

    def plant(self, model, row, *, whole):
        for each in texts_of(model):
            if name_of(model, each) in named_in(NOT_TYPED):
                continue
            mark = f"q{next(self._numbers)}z"
            text = self._text(model, each, mark, whole=whole)
            try:
                with transaction.atomic():
                    model.objects.filter(pk=row.pk).update(**{each.name: text})
            except IntegrityError:
                # The database knows of no such row with this text.
                continue
            self.of.setdefault(name_of(model, each), []).append(mark)

    def _text(self, model, each, mark, *, whole):
        texts = STORED if whole else [next(self._formulas), next(self._texts), next(self._texts)]
        if name_of(model, each) in RICH:
            return rich([*(HOSTILE if whole else texts), mark])
        if isinstance(each, models.TextField):
            return "\n".join([*texts, mark])
        if isinstance(each, models.JSONField):
            codes = Rag.values if each.name == "rag_meanings" else Progress.values
            return dict.fromkeys(codes, f"<b>{{{{ 7*7 }}}}</b> {mark}")
        room = each.max_length - len(mark) - 1
        return f"{next(text for text in self._texts if len(text) <= room)} {mark}"


def rich(texts):
    """A canonical text of each as a paragraph, a heading, an item and the words of a link."""
    pieces = [
        f"<p>{each}</p><h4>{each}</h4><ul><li>{each}</li></ul>"
        f'<p>See <a href="https://example.org/">{each}</a></p>'
        for each in map(html.escape, texts)
    ]
    return clean("".join(pieces)).html


def past_the_forms(answers):
    """They hold, as no service writes it, HTML that was never cleaned."""
    unclean = "".join(
        f"<p onclick='{text}' style='{text}'>{text}</p><p><a href='{text}'>x</a></p>"
        for text in (*KINDS["elements"], *KINDS["addresses"])
    )
    answers.update(text=unclean, state="submitted", response="written", submitted_at=NOW)


class World:
    """A closed plan's last round, corrected and issued, in which every text is hostile."""

    def __init__(self):
        scene = quarter_with_everything()
        Action.objects.update(closing=Closing.ENDED, closing_reason="-")
        self.planted = Planted()
        whole = {
            *Answer.objects.filter(update__round=scene.round, reference="1.1"),
            *MeetingItem.objects.filter(kind="said"),
            *(scene.round, scene.plan, scene.partnership),
        }
        for model in MODELS:
            for row in model.objects.all():
                self.planted.plant(model, row, whole=row in whole)
        past_the_forms(Answer.objects.filter(update__round=scene.round, kind="group"))
        Plan.objects.update(closed_at=NOW)
        self.round = Round.objects.select_related("plan", "partnership").get(pk=scene.round.pk)
        self.scene = scene
        self.contents = contents_of(
            self.round,
            now=NOW,
            issue=Issue(2, NOW, one_line(HOSTILE[0]), in_lines("\n".join(HOSTILE))),
        )
        self.layouts = {edition: layout_of(report) for edition, report in self.contents.items()}
        self.sheets = [
            sheet(self.contents[Edition.FULL], self.round)
            for sheet in (actions_sheet, figures_sheet)
        ]
        self._print()

    def _print(self):
        with nothing_but_our_own_is_opened():
            self.files = {
                (file.edition, file.format): file.content
                for file in files_of(self.round, self.contents, version=2)
            }
            self.workbook = as_xlsx(self.sheets, title=HOSTILE[0], author="A", marking="B")
            self.csv = [as_csv(sheet) for sheet in self.sheets]


@pytest.fixture(scope="module")
def world(kept):
    """Everything is only read, so that one is enough for the module."""
    return World()


# What is opened -------------------------------------------------------------------------------

OURS = tuple(map(str, (settings.BASE_DIR, sys.prefix, sys.base_prefix, tempfile.gettempdir())))
_asked_for = None


def _watch(event, args):
    if _asked_for is None:
        return
    if event == "open" and isinstance(args[0], str) and not args[0].startswith(OURS):
        _asked_for.append(args[0])
    elif event.startswith(("socket.", "subprocess.", "os.system", "os.exec", "urllib.")):
        _asked_for.append(event)


sys.addaudithook(_watch)


@contextmanager
def nothing_but_our_own_is_opened():
    """Nothing outside the portal and its Python, no connection, no program."""
    global _asked_for
    _asked_for = []
    try:
        yield
        assert _asked_for == []
    finally:
        _asked_for = None


def as_printed(text):
    return squeezed(printable(text))


# Word for word --------------------------------------------------------------------------------


def test_every_text_that_somebody_can_write_has_been_tried(world):
    words = squeezed(words_of(world.layouts[Edition.FULL]))
    words += world.files[Edition.FULL, "json"].decode()
    texts = {name_of(model, each) for model in MODELS for each in texts_of(model)}
    printed = {
        name for name, marks in world.planted.of.items() if any(mark in words for mark in marks)
    }

    assert texts - printed - named_in(NOT_TYPED) == named_in(NOT_PRINTED)


@pytest.mark.parametrize("edition", EDITIONS)
def test_each_comes_out_as_it_was_typed(world, edition):
    words = squeezed(words_of(world.layouts[edition]))

    for text in HOSTILE:
        # As a paragraph, a heading, an item and a link, of an answer and of the recommendations.
        assert words.count(as_printed(tidy(text))) >= 8
    for text in STORED:
        # Why it is amber, what the way back is, why the date moved.
        assert words.count(as_printed(text)) >= 3
    for said in ("[U+202E]txt.exe[U+202C]", "[U+793E][U+533A]", "[U+1F469]", "[U+05E9]"):
        assert said in words


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_file_has_the_words_of_the_report(world, edition):
    layout, files = world.layouts[edition], world.files

    words = squeezed(words_of(layout))
    assert words_on(files[edition, "html"].decode()) == words
    assert squeezed(words_in(files[edition, "docx"])) == words
    assert words_read(reader_of(files[edition, "pdf"])) == words
    assert json.loads(files[edition, "json"]) == content_of(world.contents[edition])
    for each in re.findall(r'"text_html": (".*")', files[edition, "json"].decode()):
        assert clean(json.loads(each)).html == json.loads(each)


# Nothing but words ----------------------------------------------------------------------------


def is_only_words(page):
    """A page with no script but our own files, and no address but the portal's and these."""
    document = lxml.html.document_fromstring(page)
    for element in document.iter():
        assert isinstance(element.tag, str), "a comment"
        assert element.tag not in ("iframe", "object", "embed", "base", "img", "frame")
        for name, value in element.attrib.items():
            assert not name.startswith("on"), (element.tag, name)
            assert name not in ("style", "srcdoc", "http-equiv"), (element.tag, name)
            if name in ("href", "src", "action", "formaction"):
                assert OUR_OWN.fullmatch(value) or value in LINKED, value
    for script in document.iter("script"):
        assert script.get("src", "").startswith("/static/")
        assert not script.text
    return document


@pytest.mark.parametrize("edition", EDITIONS)
def test_nothing_in_a_stored_page_runs_fetches_or_leads_elsewhere(world, edition):
    document = is_only_words(world.files[edition, "html"])

    assert not list(document.iter("script", "form", "link", "input"))
    [style] = document.iter("style")
    assert "</" not in style.text
    addresses = {link.get("href", "none") for link in document.iter("a")}
    assert {each for each in addresses if not each.startswith("#")} == LINKED


@pytest.mark.parametrize("edition", EDITIONS)
def test_a_word_file_has_no_field_and_leads_nowhere_else(world, edition):
    parts = zipfile.ZipFile(BytesIO(world.files[edition, "docx"]))
    pictures = [name for name in parts.namelist() if name.startswith("word/media/")]
    names = [name for name in parts.namelist() if name not in pictures]
    written = {name: parts.read(name).decode() for name in names}

    outside = [
        re.search('Target="([^"]*)"', each)[1]
        for each in re.findall("<Relationship [^>]*External[^>]*>", "".join(written.values()))
    ]
    assert {html.unescape(each) for each in outside} == LINKED
    body = written["word/document.xml"]
    made = set(re.findall(r"<w:(\w+)", body))
    assert not made & {"fldSimple", "instrText", "fldChar", "altChunk", "object", "pict"}
    assert not [name for name in written if re.search("embed|vba|media|activeX", name)]
    assert {parts.read(name)[:8] for name in pictures} == {b"\x89PNG\r\n\x1a\n"}
    sections = world.contents[edition].priorities
    figures = [row for section in sections if section.figures for row in section.figures.rows]
    assert body.count("<w:drawing>") == len([row for row in figures if row.chart]) > 0


@pytest.mark.parametrize("edition", EDITIONS)
def test_a_pdf_does_nothing_and_leads_nowhere_else(world, edition):
    file = world.files[edition, "pdf"]
    found = [each for each in objects_of(reader_of(file)) for each in dictionaries(each)]

    names = {name for each in found for name in each}
    assert not names & {
        "/JS",
        "/JavaScript",
        "/AA",
        "/OpenAction",
        "/EmbeddedFiles",
        "/EF",
        "/AcroForm",
    }
    actions = {each["/S"] for each in found if each.get("/Type") == "/Action"}
    assert actions <= {"/URI", "/GoTo"}
    assert {each["/URI"] for each in found if "/URI" in each} == LINKED


def dictionaries(found):
    """It and all that is written within it."""
    if isinstance(found, dict):
        yield found
    inner = found.values() if isinstance(found, dict) else found
    for each in inner if isinstance(found, dict | list) else ():
        if isinstance(each, dict | list):
            yield from dictionaries(each)


def test_a_table_has_no_formula_and_every_text_as_it_prints(world):
    book = load_workbook(BytesIO(world.workbook))
    for sheet, page, file in zip(world.sheets, book, world.csv, strict=True):
        lines = list(csv.reader(StringIO(file.decode("utf-8-sig"), newline="")))[1:]
        rows = list(page.iter_rows(min_row=2))
        for cells, excel, line in zip(sheet.rows, rows, lines, strict=True):
            for cell, in_excel, in_csv in zip(cells, excel, line, strict=True):
                if isinstance(cell, str):
                    assert unescape(in_excel.value or "") == as_typed(in_csv) == printable(cell)
                    assert not in_csv.startswith(LIVE)
                assert in_excel.data_type != "f"
    update = squeezed(cell for cell in world.sheets[0].rows[0] if isinstance(cell, str))
    for text in HOSTILE:
        assert as_printed(tidy(text)) in update
    parts = zipfile.ZipFile(BytesIO(world.workbook))
    assert not [each for each in parts.namelist() if b"External" in parts.read(each)]


# On the portal's pages ------------------------------------------------------------------------


def test_no_page_of_the_portal_is_made_of_what_was_typed(world, client):
    """Every kind of page that the first ones lead to."""
    home = world.scene.partnership.get_absolute_url()
    search = f"{home}search/?q={quote(HOSTILE[0])}"

    client.force_login(world.scene.coordinator)
    seen = pages_from(client, [home, search, page_of(world, "report")])
    client.force_login(world.scene.administrator)
    seen |= pages_from(client, [f"{home}administration/"], within="/administration/")

    assert len(seen) > 50


def pages_from(client, addresses, within=""):
    """One page of each kind that these lead to; files and what anybody may read are left out."""
    seen, to_see = set(), list(addresses)
    while to_see:
        address = to_see.pop().partition("#")[0]
        kind = re.sub("[0-9]+", "N", address.partition("?")[0])
        if kind in seen or within not in kind or re.search(r"[.]\w+$|/logout/|^/help/", kind):
            continue
        response = client.get(address, follow=True)
        assert response.status_code == 200, address
        seen.add(kind)
        document = is_only_words(response.content)
        to_see += document.xpath("//a[starts-with(@href, '/')]/@href")
    return seen


def page_of(world, name):
    return reverse(f"reports:{name}", args=[world.scene.partnership.slug, world.round.pk])


def test_whoever_issues_is_told_of_its_links_and_characters(world, client):
    client.force_login(world.scene.coordinator)

    kinds = {each.key: each for each in client.get(page_of(world, "remarks")).context["kinds"]}

    assert kinds["links"].count >= 10
    named = " ".join(remark.says + remark.words for remark in kinds["characters"].shown)
    for number in ("[U+202E]", "[U+05E9]"):
        assert number in named


# By the front door ----------------------------------------------------------------------------


def post(client, scene, answer, pasted, **others):
    """As its lead, with what was pasted into the editor."""
    rated = {"response": "written", "progress": "in_progress", "rag": "amber"}
    reasons = {"rag_reason": "Money.", "way_back": "A grant."}
    client.force_login(scene.lead)
    sent = rated | reasons | {"text": None, "text_html": pasted} | others
    response = fill(client, address(scene, answer), **sent)
    assert response.status_code == 302, problems(response)
    answer.refresh_from_db()


def test_an_answer_keeps_a_hundred_texts_as_they_were_typed(client):
    scene = open_round_scene()
    lines = "\n".join(STORED)
    answer = scene.answer("action")

    pasted = "".join(f"<p>{html.escape(text)}</p>" for text in HOSTILE)
    post(client, scene, answer, pasted, rag_reason=lines, way_back=lines)

    kept = [
        paragraph.text_content() for paragraph in lxml.html.fromstring(f"<div>{answer.text}</div>")
    ]
    assert kept == [" ".join(tidy(text).split()) for text in HOSTILE]
    assert answer.rag_reason == answer.way_back == in_lines(lines)


def test_twenty_thousand_words_and_five_thousand_rows_are_all_there_in_every_file(client):
    scene = open_round_scene()
    first, second, *_ = scene.action_answers
    in_words = [short(number) for number in range(20_000)]
    in_rows = [short(number) for number in range(20_000, 25_000)]
    rows = "".join(f"<tr><td>{each}</td><td>-</td></tr>" for each in in_rows)
    post(client, scene, first, f"<p>{' '.join(in_words)}</p>")
    post(client, scene, second, f"<table>{rows}</table>")
    submit(scene)

    round = Round.objects.select_related("plan", "partnership").get(pk=scene.round.pk)
    content = contents_of(round, now=scene.now)[Edition.FULL]
    files = {
        file.format: file.content for file in files_of(round, {Edition.FULL: content}, version=1)
    }

    client.force_login(scene.coordinator)
    page = client.get(reverse("reports:report", args=[scene.partnership.slug, round.pk]))
    body = zipfile.ZipFile(BytesIO(files["docx"])).read("word/document.xml").decode()
    tables = [actions_sheet(content, round)]
    read = {
        "page": words_on(page.content.decode()),
        "html": words_on(files["html"].decode()),
        "docx": squeezed(re.findall("<w:t(?: [^>]*)?>([^<]*)", body)),
        "pdf": words_read(reader_of(files["pdf"])),
        "json": squeezed(re.sub("<[^>]*>", "", files["json"].decode())),
        "csv": squeezed(as_csv(tables[0]).decode()),
        "xlsx": squeezed(cells_of(as_xlsx(tables, title="T", author="A", marking="B"))),
    }
    for ending, words in read.items():
        assert "".join(in_words) in words, ending
        assert "".join(f"{each}|-" for each in in_rows) in words, ending


def cells_of(workbook):
    return [
        cell.value
        for row in load_workbook(BytesIO(workbook)).active.iter_rows()
        for cell in row
        if isinstance(cell.value, str)
    ]


DIGITS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def short(number):
    """A word of its own for every number."""
    return DIGITS[number // 2704 % 52] + DIGITS[number // 52 % 52] + DIGITS[number % 52]
