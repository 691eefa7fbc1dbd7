"""The public edition holds nothing of what is withheld: not in any file, nor between the lines.

Every text field of everything the report reads gets a word of its own, a canary. What can be
withheld is, and the canaries of that are looked for in every form of the public edition.
"""

import json
import re
import zipfile
from collections.abc import Iterable
from datetime import date
from io import BytesIO
from itertools import count

import pytest
from django.db import IntegrityError, models, transaction
from django.db.models import Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from pypdf.generic import StreamObject

from accounts.models import User
from actions.models import Action, ActionLink, Closing, Milestone
from documents.richtext import from_plain
from partnerships.models import (
    Group,
    GroupAlias,
    Marking,
    Membership,
    OrganisationAlias,
    Partnership,
    PartnershipAlias,
)
from performance.models import Indicator, IndicatorAlias, Reading
from priorities.models import Plan
from reports.as_html import as_html
from reports.content import build_report
from reports.editions import Edition, NotForPublic
from reports.issued_files import contents_of, hash_of
from reports.layout import layout_of, words_of
from reports.services import issue_report
from reports.services.releasing import release_report
from reports.withheld_list import hidden_in
from rounds.models import (
    Answer,
    FigureEntry,
    Meeting,
    MeetingItem,
    MilestoneDone,
    Round,
)
from tests.factories import (
    NOW,
    ActionFactory,
    DelegationFactory,
    DraftFactory,
    IndicatorFactory,
    IssuedReportFactory,
    MilestoneFactory,
    OrganisationFactory,
    PriorityIndicatorFactory,
    ReadingFactory,
    ReleaseFactory,
    ReportFileFactory,
    WordUploadFactory,
)
from tests.pdf_reading import reader_of
from tests.reporting import (
    action_of,
    changed,
    give_matters,
    open_quarter,
    row_of,
    shut,
    tell,
    tell_all,
    tell_section,
)
from tests.scenes import give_back, open_round_scene
from tests.typed_texts import MODELS, RICH, name_of, texts_of

pytestmark = pytest.mark.django_db

EXEMPT = {
    "Invitation.sent_to": "an email address",
    "Invitation.token_hash": "a hash",
    "Membership.post": "printed: in which one it was issued",
    "Partnership.slug": "an address",
    "Partnership.brand_colour": "a colour",
    "Partnership.national_code": "a code of nine characters",
    "Partnership.rag_meanings": "the round's are printed",
    "Partnership.progress_labels": "the round's are printed",
    "Plan.slug": "an address",
    "Round.slug": "an address",
    "Round.rag_meanings": "a choice of words by code",
    "Round.progress_labels": "a choice of words by code",
    "Round.milestones": "written on closing, from milestones that have canaries",
    "Round.themes": "written on closing, from priorities that have canaries",
    "LeadUpdate.linked": "written on closing, from names that have canaries",
    "Group.short_name": "too short",
    "Priority.withdrawn_reason": "of a withdrawn one alone, in “Where each action ended”",
    "Reading.taken_back_reason": "of a reading that counts no more",
    "Plan.year_label": "too short, and printed in full",
}

ALIASES = (PartnershipAlias, OrganisationAlias, GroupAlias, IndicatorAlias)
"""Other names, by which what is loaded is found."""


def planted_in(model):
    """The fields that get a canary."""
    return [each for each in texts_of(model) if name_of(model, each) not in EXEMPT]


class Canaries:
    """A word for every text of every row."""

    def __init__(self):
        self._numbers = count(100)
        self.of = {}
        for model in MODELS:
            for row in model.objects.all():
                self._plant(model, row)

    def _plant(self, model, row):
        for field in planted_in(model):
            word = f"zq{next(self._numbers)}kx"
            is_rich = name_of(model, field) in RICH
            planted = {field.name: from_plain(word) if is_rich else word}
            try:
                with transaction.atomic():
                    model.objects.filter(pk=row.pk).update(**planted)
            except IntegrityError:
                # The database knows of no such row with this text.
                continue
            self.of[(model, row.pk, field.name)] = word

    def rows(self, model, rows: Iterable, *names) -> set[str]:
        """The canaries of rows: of these fields, or of all."""
        pks = {row.pk for row in rows}
        return {
            word
            for (of, pk, name), word in self.of.items()
            if of is model and pk in pks and (not names or name in names)
        }


class World:
    """A closed plan's last round in which everything that can be withheld is.

    1.1 has no public title, 1.2 is withheld, 1.3 sensitive, 1.4 withheld in the last round and not
    in this one, 1.5 returned, 1.6 for everybody.
    """

    def __init__(self):
        scene = self.scene = open_round_scene(now=NOW, opened=False, actions=6)
        scene.round.delete()
        self.first = open_quarter(scene, "Q1 2023/24")
        tell_all(self.first, ["1.1", "1.2", "1.3", "1.5"], "amber")
        tell(self.first, "1.4", "red", is_withheld=True, withheld_reason="-")
        tell(self.first, "1.6", "amber")
        shut(self.first)
        for action in scene.actions:
            MilestoneFactory(action=action, due_on=date(2023, 5, 1))
        self._figures()
        self.round = open_quarter(scene, "Q2 2023/24")
        moved = {"new_due_on": date(2024, 2, 17), "old_due_on": date(2023, 12, 29)}
        moved |= {"date_reason": "Late."}
        withheld = {"is_withheld": True, "withheld_reason": "A name."}
        tell(self.round, "1.1", "red", **moved)
        tell(self.round, "1.2", "red", **moved, **withheld)
        tell(self.round, "1.3", "red", **moved, marking=Marking.SENSITIVE)
        tell(self.round, "1.4", "green")
        tell(self.round, "1.5", "red", **moved)
        give_back(scene, Answer.objects.get(update__round=self.round, reference="1.5"))
        tell(self.round, "1.6", "green")
        tell_section(self.round, "key_issues", "<p>A.</p>", marking=Marking.SENSITIVE)
        tell_section(self.round, "group", "<p>A.</p>", **withheld)
        tell_section(self.round, "themes", "<p>A.</p>")
        tell_section(self.round, "figures", "<p>A.</p>")
        self._ticks_and_typed_figures()
        self._work_on_the_way()
        give_matters(scene, self.first)
        self.later = ActionFactory(priority=scene.priority, reference="9.9", title="Later")
        self.link()
        for action in Action.objects.all():
            action.closing, action.closing_reason = Closing.ENDED, "-"
            action.save()
        hidden = Action.objects.filter(reference__in=["1.1", "9.9"])
        hidden.update(title_is_withheld=True, title_withheld_reason="-")
        Round.objects.update(
            recommendations="<p>A.</p>",
            recommendations_are_withheld=True,
            recommendations_withheld_reason="-",
        )
        Plan.objects.update(closed_at=NOW)
        self.numbers = dict(Action.objects.values_list("reference", "pk"))
        self.canaries = Canaries()

    def link(self):
        earlier = next(each for each in self.scene.actions if each.reference == "1.6")
        ActionLink.objects.create(
            partnership=self.scene.partnership, earlier=earlier, later=self.later
        )

    def _work_on_the_way(self):
        """Sections that were given away, not saved, and came back in a Word file."""
        for answer in self.round_answers(Answer.Kind.ACTION):
            DelegationFactory(answer=answer)
            DraftFactory(answer=answer)
        update = self.round.updates.first()
        WordUploadFactory(update=update, form__update=update)

    def _ticks_and_typed_figures(self):
        of = {"partnership": self.scene.partnership}
        organisation = OrganisationFactory(**of)
        OrganisationAlias.objects.create(**of, organisation=organisation, name="Then")
        GroupAlias.objects.create(**of, group=Group.objects.first(), name="Then")
        PartnershipAlias.objects.create(**of, name="Then")
        for answer in self.round_answers(Answer.Kind.ACTION):
            milestone = MilestoneFactory(action=answer.action, due_on=None)
            MilestoneDone.objects.create(
                **of, answer=answer, milestone=milestone, title=milestone.title
            )
        [figures] = self.round_answers(Answer.Kind.FIGURES)
        for indicator in self.indicators.values():
            IndicatorAlias.objects.create(**of, indicator=indicator, name="Then")
            FigureEntry.objects.create(
                **of,
                answer=figures,
                indicator=indicator,
                period_starts_on=date(2023, 7, 1),
                period_ends_on=date(2023, 9, 30),
                value=5,
            )

    def round_answers(self, kind):
        return Answer.objects.filter(update__round=self.round, kind=kind)

    def _figures(self):
        names = ("withheld", "sensitive", "small")
        self.indicators = {
            name: IndicatorFactory(partnership=self.scene.partnership, name=name) for name in names
        }
        self.indicators["shown"] = self.scene.indicator
        for name in names:
            PriorityIndicatorFactory(priority=self.scene.priority, indicator=self.indicators[name])
        Indicator.objects.filter(name="withheld").update(is_withheld=True, withheld_reason="-")
        Indicator.objects.filter(name="sensitive").update(marking=Marking.SENSITIVE)
        year = date(2022, 10, 1), date(2023, 9, 30)
        before = date(2021, 10, 1), date(2022, 9, 30)
        values = {
            "withheld": (6101, 6202),
            "sensitive": (6303, 6404),
            "small": (6505, 6508),
            "shown": (6701, 6802),
        }
        for name, pair in values.items():
            for (starts_on, ends_on), value in zip((before, year), pair, strict=True):
                ReadingFactory(
                    indicator=self.indicators[name],
                    period_starts_on=starts_on,
                    period_ends_on=ends_on,
                    value=value,
                )

    def actions(self, *references):
        return [Action(pk=self.numbers[each]) for each in references]

    def answers(self, round, *references):
        return [
            each
            for each in Answer.objects.filter(update__round=round, kind=Answer.Kind.ACTION)
            if each.action_id in {action.pk for action in self.actions(*references)}
        ]

    def sections(self, *kinds):
        return Answer.objects.filter(update__round=self.round, kind__in=kinds)

    def report(self, edition=Edition.PUBLIC):
        round = Round.objects.select_related("plan", "partnership").get(pk=self.round.pk)
        return build_report(round, edition=edition, now=NOW)

    @property
    def withheld(self) -> set[str]:
        """The canaries that nobody outside may find."""
        of = self.canaries.rows
        answers = self.answers(self.round, "1.2", "1.3", "1.5")
        said = [each.name for each in planted_in(Answer) if each.name not in ("reference", "title")]
        untitled = self.answers(self.round, "1.1")
        sections = list(self.sections("key_issues", "group"))
        milestones = Milestone.objects.filter(action__in=self.actions("1.1", "1.2", "1.3"))
        indicators = self.indicators
        of_figures = [
            *of(Reading, Reading.objects.all()),
            *of(FigureEntry, FigureEntry.objects.all()),
        ]
        ticks = MilestoneDone.objects.filter(answer__in=[*answers, *untitled])
        kept = [each.name for each in planted_in(Action) if each.name not in ("reference", "title")]
        return {
            *of(Answer, answers, *said),
            *of(Answer, untitled),
            *of(Answer, sections, *said),
            *of(Answer, Answer.objects.filter(update__round=self.first)),
            *of(Milestone, milestones),
            *of(Action, self.actions("1.1", "9.9")),
            *of(Action, self.actions("1.2", "1.3"), *kept),
            *of(Indicator, [indicators["sensitive"]]),
            *of(Indicator, indicators.values(), "withheld_reason", "definition"),
            *of_figures,
            *of(MilestoneDone, ticks),
            *(word for model in ALIASES for word in of(model, model.objects.all())),
            *of(Meeting, Meeting.objects.all()),
            *of(MeetingItem, MeetingItem.objects.all()),
            *of(Round, [self.round]) - of(Round, [self.round], "label", "short_label"),
            *of(Answer, Answer.objects.all(), "withheld_reason", "saved_as", "return_reason"),
        }

    @property
    def published_to_programs(self) -> set[str]:
        """Those of them that stand in the JSON, which has no endings."""
        of = self.canaries.rows
        told = self.answers(self.round, "1.4", "1.6")
        return {
            *of(Answer, told, "reference", "title", "text"),
            *of(MilestoneDone, MilestoneDone.objects.filter(answer__in=told)),
            *of(Partnership, [self.scene.partnership], "name"),
        }

    @property
    def published(self) -> set[str]:
        """The canaries that everybody finds, so that looking for them is known to work."""
        of = self.canaries.rows
        told = self.answers(self.round, "1.4", "1.6")
        return {
            *of(Answer, self.answers(self.round, "1.2", "1.3", "1.5"), "reference", "title"),
            *of(Answer, told, "reference", "title", "text"),
            *of(Answer, self.sections("themes", "figures"), "text"),
            *of(Action, self.actions("1.4", "1.6"), "title"),
            *of(Action, self.actions("1.6"), "closing_reason"),
            *of(MilestoneDone, MilestoneDone.objects.filter(answer__in=told)),
            *of(
                Indicator,
                [self.indicators[name] for name in ("withheld", "small", "shown")],
                "name",
            ),
            *of(Partnership, [self.scene.partnership], "name", "report_standing_text"),
        }


@pytest.fixture(scope="module")
def made(kept):
    return World()


@pytest.fixture
def world(scene):
    """A copy of it, for one test to do with as it likes."""
    return scene


def squeezed(text):
    return "".join(text.replace("-", "").replace("\N{SOFT HYPHEN}", "").split()).lower()


def in_word(file):
    """Every part of the file, with and without its markup."""
    parts = zipfile.ZipFile(BytesIO(file))
    return " ".join(f"{name} {parts.read(name).decode('latin-1')}" for name in parts.namelist())


def in_pdf(file):
    """The words of the pages, and every object with its strings and its streams unpacked."""
    reader = reader_of(file)
    found = [page.extract_text() for page in reader.pages]
    found += [str(reader.metadata), str(reader.xmp_metadata and reader.xmp_metadata.stream)]
    for number in range(1, len(reader.xref_objStm) + max(reader.xref[0], default=0) + 2):
        each = reader.get_object(number)
        found.append(str(each))
        if isinstance(each, StreamObject):
            found.append(each.get_data().decode("latin-1"))
    return " ".join(found)


FIGURES = ("6,101", "6,202", "6,303", "6,404", "6,505", "6,508", "+101", "+3 ")
DATES = ("17 February 2024", "29 December 2023")
NAMED = ("Zeno", "Quinn-Kestrel")


def test_no_public_address_of_what_was_released_has_a_word_of_what_is_withheld(world, client):
    withheld, published = world.withheld, world.published
    assert len(withheld) > 100
    assert not withheld & published
    report = release(world)

    files = {}
    front = reverse("public:reports", args=[world.scene.partnership.slug])
    for page in (front, report.public_address):
        for address in re.findall(rf'href="({front}[^"]*)"', client.get(page).text):
            files[address] = client.get(address).content

    endings = [address.rpartition(".")[2] for address in files if "." in address]
    assert sorted(endings) == ["docx", "html", "json", "pdf", "xml"]
    for address, content in files.items():
        ending = address.rpartition(".")[2]
        text = squeezed({"docx": in_word, "pdf": in_pdf}.get(ending, bytes.decode)(content))
        assert {word for word in withheld if word in text} == set(), address
        for said in (*FIGURES[:6], *DATES, *NAMED):
            assert squeezed(said) not in text, (address, said)
        expected = world.published_to_programs if ending == "json" else published
        if "/v1/" in address:
            assert {word for word in expected if word not in text} == set(), address


def release(world):
    """Issue and release it by people who have names, which nobody outside may read."""
    given, family = NAMED
    email = Concat(Value(f"{given}."), Cast("pk", models.CharField()), Value("@example.org"))
    User.objects.update(full_name=f"{given} {family}", email=email)
    Membership.objects.filter(user=world.scene.coordinator).update(releases_reports=True)
    Partnership.objects.update(publishes_reports=True)
    shut(world.round)
    round = Round.objects.select_related("plan", "partnership").get(pk=world.round.pk)
    by, looked_at = (
        world.scene.access(world.scene.coordinator),
        hash_of(contents_of(round, now=NOW)),
    )
    report = issue_report(round=round, by=by, now=NOW, looked_at=looked_at)
    release_report(report=report, by=by, now=NOW)
    return report


def test_every_text_that_a_report_may_read_has_a_canary_or_a_reason_not_to(world):
    planted = {(model, name) for model, _, name in world.canaries.of}
    for model in MODELS:
        for field in planted_in(model):
            assert (model, field.name) in planted, name_of(model, field)
    known = {name_of(model, field) for model in MODELS for field in texts_of(model)}
    assert EXEMPT.keys() <= known


# Between the lines ----------------------------------------------------------------------------


def test_a_withheld_answer_stands_under_its_title_without_rating_or_date(world):
    round, withheld = world.round, "Not published"
    Answer.objects.filter(update__round=round, action=world.numbers["1.2"]).update(reference="1.2")
    Action.objects.filter(pk=world.numbers["1.2"]).update(reference="1.2")

    entry = action_of(world.report(), "1.2")

    assert (entry.answer, entry.no_status, entry.rag, entry.progress) == (
        *(withheld, withheld, "", ""),
    )
    assert (entry.text_html, entry.why, entry.way_back, entry.date_moved) == ("", "", "", "")
    assert (entry.milestones_done, entry.milestones_overdue) == ((), ())
    assert (entry.withheld, entry.marking) == ("", "")


def test_neither_grid_nor_changes_nor_endings_tell_of_what_is_withheld(world):
    Answer.objects.filter(action=world.numbers["1.1"]).update(title="Nobody may know")
    for reference, pk in world.numbers.items():
        Answer.objects.filter(action=pk).update(reference=reference)
        Action.objects.filter(pk=pk).update(reference=reference)

    report = world.report()

    assert row_of(report, "") == ["Not published", "Not published"]
    assert row_of(report, "1.2") == ["Amber", "Not published"]
    assert row_of(report, "1.3") == ["Amber", "Not published"]
    assert row_of(report, "1.4") == ["Not published", "Green"]
    assert row_of(report, "1.5") == ["Amber", "No update"]
    assert row_of(report, "1.6") == ["Amber", "Green"]
    assert changed(report)["Turned green"] == ["1.6"]
    told = {reference for references in changed(report).values() for reference in references}
    assert told <= {"1.5", "1.6"}
    entries = [entry for section in report.priorities for entry in section.actions]
    assert {entry.title for entry in entries if not entry.anchor} == {"Not published"}
    [part] = report.endings
    ended = {row.reference or row.title: (row.position, row.why) for row in part.rows}
    assert ended["1.2"] == ended["1.3"] == ended["1.4"] == ("Not published", "")
    assert ended["1.6"][0] == "Ended"
    [later] = [row.became for row in part.rows if row.reference == "1.6"]
    assert later[0].startswith("Not published in ")


def test_an_answer_repeats_nothing_that_a_withheld_one_before_it_may_have_told(world):
    moved = {"new_due_on": date(2024, 2, 17), "old_due_on": date(2023, 12, 29)}
    for reference in ("1.4", "1.6"):
        answer = Answer.objects.filter(update__round=world.round, action=world.numbers[reference])
        answer.update(reference=reference, date_reason="Late.", **moved)

    withheld_before, told = (action_of(world.report(), each) for each in ("1.4", "1.6"))

    assert withheld_before.date_moved == "now 17 February 2024"
    assert withheld_before.milestones_overdue == ()
    assert told.date_moved == "was 29 December 2023, now 17 February 2024"
    assert len(told.milestones_overdue) == 1
    full = action_of(world.report(Edition.FULL), "1.4")
    assert (full.date_moved, len(full.milestones_overdue)) == (told.date_moved, 1)


def test_the_public_edition_counts_nothing_and_marks_nothing(world):
    report = world.report()
    said = " ".join(words_of(layout_of(report)))

    assert (report.silences, report.answered, report.marking) == (None, "", "")
    assert "OFFICIAL" not in said
    assert "did not answer" not in said
    assert "Returned" not in said
    assert "meeting on" not in said
    assert world.report(Edition.FULL).marking == "OFFICIAL-SENSITIVE"


def test_a_figure_prints_without_its_numbers_or_not_at_all(world):
    rows = {row.indicator: row for row in world.report().priorities[0].figures.rows}
    printed = {
        name: rows[indicator.pk].printed_change if indicator.pk in rows else None
        for name, indicator in world.indicators.items()
    }

    assert printed == {
        "withheld": "Not published",
        "sensitive": None,
        "small": "Not shown: small number",
        "shown": "+101 (+1.5%)",
    }
    assert [pk for pk, row in rows.items() if row.chart] == [world.indicators["shown"].pk]
    shown = as_html(world.report(), brand_colour="#1d4f8b")
    assert shown.count('role="img"') == shown.count("two bars") == 1


def test_figures_whose_section_is_withheld_print_no_number(world):
    Answer.objects.filter(kind=Answer.Kind.FIGURES).update(marking=Marking.SENSITIVE)

    rows = world.report().priorities[0].figures.rows

    assert {row.current for row in rows} == {"Not published"}
    assert {row.chart for row in rows} == {None}


def test_a_section_of_nothing_but_sensitive_figures_is_there_only_for_its_words(world):
    Indicator.objects.update(marking=Marking.SENSITIVE)
    [section] = world.report().priorities

    assert (section.figures.rows, section.comment.has_words) == ((), True)
    for said in ({"text": ""}, {"is_withheld": True}, {"state": "draft", "submitted_at": None}):
        world.sections("figures").update(**{"text": "<p>A.</p>", "is_withheld": False} | said)
        [section] = world.report().priorities

        assert (section.figures, section.comment) == (None, None), said
    [section] = world.report(Edition.FULL).priorities
    assert len(section.figures.rows) == 4


def test_what_was_withheld_when_its_round_closed_stays_out_of_later_grids(world):
    before = Answer.objects.get(update__round=world.first, action=world.numbers["1.4"])
    before.save()
    Answer.history.filter(id=before.pk).update(history_date=world.first.closed_at)
    Answer.objects.filter(pk=before.pk).update(is_withheld=False)
    Answer.objects.filter(action=world.numbers["1.4"]).update(reference="1.4")

    assert row_of(world.report(), "1.4") == ["Not published", "Green"]


def test_what_a_released_version_has_shown_is_told_to_the_coordinator(world):
    first = IssuedReportFactory(round=world.round)
    name = IndicatorAlias.objects.get(indicator=world.indicators["small"]).name
    figure = {"indicator": name, "previous": "6,505", "current": "6,508"}
    content = json.dumps({"priorities": [{"figures": [figure]}]}).encode()
    ReportFileFactory(report=first, edition=Edition.PUBLIC, format="json", content=content)
    round = Round.objects.select_related("plan", "partnership").get(pk=world.round.pk)

    def why():
        [small] = [each for each in hidden_in(round) if each.heading == "Small numbers"]
        return small.rows[0].why

    assert "An earlier public version" not in why()
    ReleaseFactory(report=first)
    assert "An earlier public version already gives the number away." in why()


def test_a_sensitive_plan_has_no_public_edition(world):
    Plan.objects.update(marking=Marking.SENSITIVE)

    with pytest.raises(NotForPublic, match="have no public edition"):
        world.report()
