"""Whatever somebody has typed is words and nothing else, in every file and on every page.

A whole quarter in which every text holds some of a hundred hostile ones (tests/hostile.py), put
together once and printed once as each kind of file.
"""

import html
import json
import re
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count, cycle

import pytest
from django.conf import settings
from django.db import IntegrityError, models, transaction

from actions.models import Action, Closing, Progress
from documents.characters import in_lines, one_line, tidy
from documents.glyphs import printable
from documents.richtext import clean
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
from tests.hostile import HOSTILE, STORED
from tests.pdf_reading import reader_of, squeezed, words_read
from tests.reporting import quarter_with_everything
from tests.typed_texts import MODELS, RICH, name_of, texts_of
from tests.web_reading import words_on
from tests.word_reading import words_in

pytestmark = pytest.mark.django_db

EDITIONS = [Edition.FULL, Edition.PUBLIC]

NOT_TYPED = {
    "of letters, digits and dashes alone": "Partnership.slug Plan.slug Round.slug",
    "a colour": "Partnership.brand_colour",
    "found out of an email address": "Invitation.sent_to Invitation.token_hash",
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
    "for whoever needs help": "Partnership.help_email Partnership.help_telephone",
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
    "on the pages of the round": "Round.reopened_reason Meeting.place Meeting.chaired_by",
    "beside the answer": "Answer.saved_as Answer.edited_as Answer.given_for Answer.return_reason",
    "in the list of what is withheld": (
        "Action.title_withheld_reason Indicator.withheld_reason "
        "Round.recommendations_withheld_reason"
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
        self._numbers, self._texts = count(100), cycle(STORED)

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
        texts = STORED if whole else [next(self._texts) for _ in range(3)]
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
def world(django_db_setup, django_db_blocker):
    """Everything is only read, so that one is enough for the module."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield World()
        transaction.set_rollback(True)


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
