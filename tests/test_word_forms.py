"""A lead's update by Word: the form that is taken, and what of it comes back."""

import re
from copy import deepcopy
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from docx.oxml.ns import qn

from documents.word import run
from mail.models import Message
from partnerships.models import Marking
from rounds.models import Answer, LeadUpdate, Rag, WordForm, WordUpload
from rounds.services import open_round
from tests.factories import (
    NOW,
    DelegationFactory,
    DraftFactory,
    PriorityFactory,
    RoundFactory,
    WordFormFactory,
)
from tests.pages import Fields
from tests.scenes import close, open_round_scene, submit, write, write_all
from tests.word_forms import (
    DATE_REASON,
    KEY_ISSUES,
    KNOW,
    NEW_DATE,
    PROGRESS,
    RAG,
    REASON,
    SENSITIVE,
    UPDATE,
    WAY_BACK,
    Filled,
    address,
    bring_back,
    browser_of,
    look_at,
    preview,
    take_in,
    taken_form,
)
from tests.word_reading import opened, words_in

pytestmark = pytest.mark.django_db

FILES = Path(__file__).with_name("files")


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW)
    return time_machine


@pytest.fixture(scope="module")
def made(kept):
    return open_round_scene(now=NOW)


def answer_of(scene, reference):
    return scene.update.answers.get(reference=reference)


def read_off(page):
    return re.sub(r"\s+", " ", re.sub("<[^>]*>", " ", page))


def ticked(page):
    return Fields(page).found.get("take", [])


# The form ------------------------------------------------------------------------------------


def test_a_form_has_every_section_what_is_saved_and_what_was_said_last_beside_it(scene):
    earlier = RoundFactory(
        plan=scene.plan,
        slug="q1",
        label="Quarter 1",
        period_starts_on=date(2023, 4, 1),
        period_ends_on=date(2023, 6, 30),
        today=NOW.date(),
    )
    open_round(round=earlier, by=scene.coordinator, now=NOW)
    said = {"state": "submitted", "submitted_at": NOW, "response": "written"}
    before = Answer.objects.filter(update__round=earlier)
    before.filter(action=scene.actions[0]).update(**said, text="<p>Four walks.</p>", rag="green")
    before.filter(action=scene.actions[1]).update(
        **said, text="<p>Not for others.</p>", marking=Marking.SENSITIVE
    )
    write(scene, answer_of(scene, "1.1"), "<p>Six <strong>patrols</strong>.</p>", rag=Rag.RED)

    form = Filled(taken_form(scene))

    assert form.box("1.1", UPDATE).text == "Six patrols."
    assert form.box("1.1", UPDATE).paragraphs[0].runs[1].bold is True
    assert form.box("1.1", UPDATE, column=2).text == "Four walks."
    assert form.row("1.1", RAG)._tr.xpath(".//w:sdtContent//w:t")[0].text == "Red"
    assert [cell.text for cell in form.table("1.1").rows[0].cells] == [
        *("1.1", "This quarter: write here", "Last quarter"),
    ]
    headings = [each.text for each in form.document.paragraphs if each.style.name == "Heading 2"]
    assert headings[1:] == [answer.heading for answer in scene.answers]
    # An answer of the same priority is its lead's to read, and the form is marked for it.
    assert form.box("1.2", UPDATE, column=2).text == "Not for others."
    assert "OFFICIAL-SENSITIVE" in form.document.sections[0].header.paragraphs[0].text

    # Who was given a section finds in their form only what they may read.
    for reference in ("1.1", "1.2"):
        guest = scene.memberships["guest"]
        DelegationFactory(answer=answer_of(scene, reference), membership=guest)
    theirs = Filled(taken_form(scene, scene.guest))
    assert theirs.box("1.1", UPDATE, column=2).text == "Four walks."
    assert theirs.box("1.2", UPDATE, column=2).text == ""
    assert "SENSITIVE" not in theirs.document.sections[0].header.paragraphs[0].text


def test_a_form_holds_nothing_sensitive_of_another_priority(scene):
    other = open_round_scene(now=NOW, slug="other")
    Answer.objects.filter(update=other.update).update(
        **{"state": "submitted", "submitted_at": NOW, "response": "written"},
        text="<p>Secret of others.</p>",
        marking=Marking.SENSITIVE,
    )
    # As an action that was taken over from another priority of the plan before.
    moved = other.update
    type(moved).objects.filter(pk=moved.pk).update(title="Another priority")
    old = other.action_answers[0]
    Answer.objects.filter(pk=old.pk).update(
        partnership=scene.partnership, action=scene.actions[0], period_ends_on=date(2023, 6, 30)
    )

    assert "Secret of others." not in " ".join(words_in(taken_form(scene)))

    Answer.objects.filter(pk=old.pk).update(marking=Marking.OFFICIAL)
    assert "Secret of others." in " ".join(words_in(taken_form(scene)))


def test_the_key_of_a_form_is_its_property_and_stands_at_its_foot(scene):
    content = taken_form(scene)

    made = WordForm.objects.get()
    document = opened(content)
    assert document.core_properties.identifier == made.key
    assert f"Form {made.key}" in document.sections[0].footer.paragraphs[0].text
    assert (made.update, made.made_by) == (scene.update, scene.lead)
    assert made.version_of == {answer.pk: 0 for answer in scene.answers}
    assert document.tables[1]._tbl.find(f".//{qn('w:tblHeader')}") is not None


def test_the_list_offers_the_form_and_the_coordinator_can_send_it_by_hand(scene):
    where = f'href="{address("word", scene)}"'

    assert where in browser_of(scene.lead).get(address("update", scene)).text
    assert where in browser_of(scene.coordinator).get(address("update", scene)).text
    assert where in browser_of(scene.coordinator).get(address("board", scene, scene.round.pk)).text


def test_the_message_that_asks_says_where_the_form_is_and_has_no_file(scene, settings):
    message = Message.objects.get(to=scene.lead.email)

    where = f"{settings.PORTAL_ADDRESS}{address('word', scene)}"
    assert f"- {scene.update.label}: {where}" in message.text
    assert where in message.html
    assert "ATTACH" not in message.calendar


def test_who_was_given_sections_has_a_form_of_them_alone_and_brings_it_back(scene):
    sections = [answer_of(scene, "1.1"), answer_of(scene, "1.2")]
    lead, guest = browser_of(scene.lead), browser_of(scene.guest)
    assert guest.get(address("word", scene)).status_code == 404
    given = {"sections": [each.pk for each in sections], "person": scene.memberships["guest"].pk}
    assert lead.post(address("give", scene), given).status_code == 302
    where = f'href="{address("word", scene)}"'
    assert address("word", scene) in Message.objects.get(to=scene.guest.email).text
    assert where in guest.get(scene.partnership.get_absolute_url()).text

    form = Filled(taken_form(scene, scene.guest)).answer("1.1").answer("1.2", "Stands.")
    assert [each.rows[0].cells[0].text for each in form.document.tables] == ["1.1", "1.2"]
    shown = preview(scene, form.content, scene.guest)
    assert "Somebody" not in shown[2]
    assert "With Guest" not in shown[2]
    take_in(shown, take=[str(sections[0].pk)])

    first = answer_of(scene, "1.1")
    assert (first.text, first.state, first.saved_by) == (
        "<p>Six patrols.</p>",
        "draft",
        scene.guest,
    )
    assert answer_of(scene, "1.2").text == ""
    # The lead's own form, in their hands, says nothing of the other sections.
    leads = Filled(taken_form(scene)).answer("1.1", "Seven.").answer("1.3", "Not theirs.")
    page = read_off(preview(scene, leads.content, scene.guest)[2])
    assert "Save 1.1 as the file has it" in page
    assert "Save 1.3" not in page
    # What was sent is the lead's to change, and after closing it is no longer with them.
    write_all(scene)
    submit(scene)
    assert "The lead has sent this section" in look_at(shown[1], scene.guest)[2]
    close(scene)
    for gone in (address("word", scene), shown[1]):
        assert guest.get(gone).status_code == 410


# What comes back ------------------------------------------------------------------------------


def test_a_filled_form_is_shown_before_anything_is_saved_and_then_saved_as_the_leads_draft(scene):
    form = Filled(taken_form(scene)).answer("1.1", "Six patrols.", rag="Amber")
    form.box("1.1", UPDATE).paragraphs[0].add_run(" “Every” week").bold = True
    form.type("1.1", REASON, "Two posts are vacant").type("1.1", WAY_BACK, "Recruit", "Train")
    form.type("1.1", NEW_DATE, "31st March 2024").type("1.1", DATE_REASON, "Late delivery")
    form.choose("1.1", SENSITIVE, "Yes").type(KEY_ISSUES, KNOW, "Shop theft grows.")

    shown = preview(scene, form.content)

    assert set(Answer.objects.values_list("state", flat=True)) == {"not_started"}
    assert len(ticked(shown[2])) == 2
    listed = take_in(shown)
    assert "Saved from the Word file: 2 sections." in listed.text
    saved = answer_of(scene, "1.1")
    assert saved.text == "<p>Six patrols. <strong>“Every” week</strong></p>"
    assert (saved.progress, saved.rag, saved.rag_reason, saved.way_back) == (
        *("in_progress", "amber", "Two posts are vacant", "Recruit\nTrain"),
    )
    assert (saved.new_due_on, saved.date_reason) == (date(2024, 3, 31), "Late delivery")
    assert (saved.marking, saved.state, saved.given_for) == (Marking.SENSITIVE, "draft", "")
    assert (saved.saved_by, saved.saved_as, saved.version) == (scene.lead, "Strategic lead", 1)
    assert scene.answer(Answer.Kind.KEY_ISSUES).text == "<p>Shop theft grows.</p>"
    assert scene.update.submitted_at is None
    assert WordUpload.objects.get().taken_in_at is not None


def test_what_the_coordinator_takes_in_is_sent_for_the_lead_and_has_to_be_whole(scene):
    form = Filled(taken_form(scene, scene.coordinator)).answer("1.1")
    form.type("1.2", UPDATE, "Half an answer.")

    shown = preview(scene, form.content, scene.coordinator)

    assert "Cannot be saved as it is." in shown[2]
    assert "Choose how the action is going" in shown[2]
    assert ticked(shown[2]) == str(answer_of(scene, "1.1").pk)
    take_in(shown)
    saved = answer_of(scene, "1.1")
    assert (saved.state, saved.saved_by) == ("submitted", scene.coordinator)
    assert saved.given_for == (scene.update.lead_text or "the lead")
    assert answer_of(scene, "1.2").state == "not_started"


def test_a_form_that_nobody_wrote_in_says_nothing_new(scene):
    write(scene, answer_of(scene, "1.1"), '<p>See <a href="tel:+441632960123">us</a></p>')

    shown = preview(scene, taken_form(scene))

    assert "all that was read in the file is saved already" in shown[2]
    assert "is empty in the file" not in shown[2]


def test_a_box_that_was_emptied_changes_nothing_and_is_told(scene):
    write(scene, answer_of(scene, "1.1"), "<p>Six patrols.</p>")
    form = Filled(taken_form(scene)).type("1.1", UPDATE, "").choose("1.1", PROGRESS, "Choose")
    form.choose("1.1", RAG, "Not rated")

    shown = preview(scene, form.content)
    for told in (UPDATE, PROGRESS):
        assert f"“{told}” is empty in the file. It was left as it is." in shown[2]
    assert shown[2].count("is empty in the file") == 2
    take_in(shown)

    saved = answer_of(scene, "1.1")
    assert (saved.text, saved.progress, saved.rag) == (
        "<p>Six patrols.</p>",
        "in_progress",
        "not_rated",
    )


def test_milestones_that_are_ticked_on_the_page_stay_ticked(scene):
    milestone = scene.actions[0].milestones.create(
        partnership=scene.partnership, title="Recruit", timescale="By May", order=1
    )
    write(scene, answer_of(scene, "1.1"), done=frozenset({milestone.pk}))

    take_in(preview(scene, Filled(taken_form(scene)).answer("1.1", "Seven.").content))

    saved = answer_of(scene, "1.1")
    assert (saved.text, saved.done) == ("<p>Seven.</p>", {milestone.pk})


def test_figures_are_typed_in_the_form_and_a_doubtful_one_is_asked_about(scene):
    form = Filled(taken_form(scene))
    rows = form.table("Figures").rows[1:]
    assert [row.cells[1].text for row in rows] == ["Oct 2021 to Sep 2022", "Oct 2022 to Sep 2023"]
    for row, number in zip(rows, ("1,400", "1,412"), strict=True):
        row.cells[2].text, row.cells[3].text = number, "Kent Police"

    take_in(preview(scene, form.content))

    figures = scene.answer(Answer.Kind.FIGURES)
    assert sorted(figures.figure_entries.values_list("value", "source")) == [
        (1400, "Kent Police"),
        (1412, "Kent Police"),
    ]
    # One that is in doubt, or cannot be read, is left, and the others are taken.
    for current, previous, why in (
        ("14", "1,401", "14 is less than half of"),
        ("some", "1,402", "The file says “some, Kent Police”"),
    ):
        rows[0].cells[2].text, rows[1].cells[2].text = previous, current
        shown = preview(scene, form.content)
        assert why in shown[2]
        assert "It was left as it is." in shown[2]
        assert "tick that it is right" not in shown[2]
        take_in(shown, take=[str(figures.pk)])
        numbers = sorted(figures.figure_entries.values_list("value", flat=True))
        assert numbers == [int(previous.replace(",", "")), 1412]
    assert not ticked(preview(scene, form.content)[2])


# Newer answers and other writers --------------------------------------------------------------


def test_what_somebody_has_written_since_is_not_overwritten_unasked(scene):
    form = Filled(taken_form(scene)).answer("1.1", "By Word.").answer("1.2", "By Word too.")
    write(scene, answer_of(scene, "1.1"), "<p>On the page.</p>", by=scene.deputy)

    shown = preview(scene, form.content)

    assert "Somebody has written here since the form was made" in shown[2]
    first, second = answer_of(scene, "1.1"), answer_of(scene, "1.2")
    assert ticked(shown[2]) == str(second.pk)
    take_in(shown)
    assert answer_of(scene, "1.1").text == "<p>On the page.</p>"
    take_in(look_at(shown[1], scene.lead), take=[str(first.pk)])
    assert answer_of(scene, "1.1").text == "<p>By Word.</p>"
    assert answer_of(scene, "1.1").history.filter(text="<p>On the page.</p>").exists()


def test_who_else_is_writing_a_section_is_said_before_it_is_saved(scene):
    shown = preview(scene, Filled(taken_form(scene)).answer("1.1").answer("1.2").content)
    assert "not saved it yet" not in shown[2]
    DelegationFactory(answer=answer_of(scene, "1.1"), membership=scene.memberships["guest"])
    DraftFactory(answer=answer_of(scene, "1.2"), person=scene.deputy)
    DraftFactory(answer=answer_of(scene, "1.1"), person=scene.lead)

    page = read_off(look_at(shown[1], scene.lead)[2])

    first, second = page.split("Save 1.1 as the file has it")
    assert "With Guest since" in first
    assert "typed here" not in first
    assert second.count("Somebody else has typed here and not saved it yet") == 1


def test_what_was_not_touched_in_the_file_does_not_take_back_what_was_written_since(scene):
    write(scene, answer_of(scene, "1.1"), "<p>First.</p>", rag=Rag.GREEN)
    form = Filled(taken_form(scene)).choose("1.1", PROGRESS, "Complete")
    write(scene, answer_of(scene, "1.1"), "<p>Second.</p>", rag=Rag.NOT_RATED)

    shown = preview(scene, form.content)
    take_in(shown, take=[str(answer_of(scene, "1.1").pk)])

    saved = answer_of(scene, "1.1")
    assert (saved.text, saved.rag, saved.progress) == ("<p>Second.</p>", "not_rated", "complete")


def test_what_is_written_between_looking_and_saving_is_kept_and_said(scene):
    shown = preview(scene, Filled(taken_form(scene)).answer("1.1").answer("1.2").content)
    write(scene, answer_of(scene, "1.1"), "<p>In between.</p>", by=scene.deputy)

    again = take_in(shown)

    assert "Saved from the Word file: 1 section." in again.text
    assert "It has been saved since you looked" in again.text
    assert answer_of(scene, "1.1").text == "<p>In between.</p>"
    assert answer_of(scene, "1.2").text == "<p>Six patrols.</p>"


def test_an_accepted_answer_or_a_closed_round_takes_nothing_more_from_a_lead(scene):
    shown = preview(scene, Filled(taken_form(scene)).answer("1.1").content)
    close(scene)

    page = look_at(shown[1], scene.lead)[2]
    assert "Cannot be saved." in page
    assert "Nothing was saved" in take_in(shown).text
    assert answer_of(scene, "1.1").state == "not_started"
    refused = browser_of(scene.lead).post(address("word_form", scene), follow=True)
    assert "Answers have closed" in refused.text


# Files that were edited -----------------------------------------------------------------------


def test_tracked_changes_are_read_in_and_left_out_and_both_are_shown(scene):
    form = Filled(taken_form(scene)).answer("1.1", "Six ")
    form.track("1.1", UPDATE, put_in="patrols", taken_out="walks")

    shown = preview(scene, form.content)

    words = read_off(shown[2])
    assert "Read in, though nobody has accepted it (tracked change): “patrols”" in words
    assert "Left out, though nobody has accepted it (tracked change): “walks”" in words
    take_in(shown)
    assert answer_of(scene, "1.1").text == "<p>Six patrols</p>"


def test_sections_and_rows_are_found_in_any_order_and_without_their_lists(scene):
    form = Filled(taken_form(scene)).answer("1.1", "First.").answer("1.2", "Second.")
    body = form.document.element.body
    second, first = form.table("1.2")._tbl, form.table("1.1")._tbl
    body.insert(0, second)
    rows = first.tr_lst
    rows[-1].addnext(rows[2])
    form.flatten_lists()

    take_in(preview(scene, form.content))

    for reference, text in (("1.1", "<p>First.</p>"), ("1.2", "<p>Second.</p>")):
        saved = answer_of(scene, reference)
        assert (saved.text, saved.rag, saved.progress) == (text, "green", "in_progress")


def test_a_table_that_lost_its_first_row_is_known_by_the_heading_above(scene):
    form = Filled(taken_form(scene)).answer("1.1", "First.")
    table = form.table("1.1")._tbl
    table.remove(table.tr_lst[0])

    take_in(preview(scene, form.content))

    assert answer_of(scene, "1.1").text == "<p>First.</p>"


def test_a_table_whose_reference_was_typed_over_is_known_by_its_heading_or_asked_about(scene):
    form = Filled(taken_form(scene)).answer("1.1", "First.").answer("1.2", "Second.")
    for key in ("1.1", "1.2"):
        heading = form.table(key)._tbl.getprevious()
        assert "".join(heading.itertext()).startswith(key)
        form.table(key).rows[0].cells[0].text = f"Typed over {key}"
    heading.getparent().remove(heading)  # Of 1.2: now nothing but its place says what it is.

    shown = preview(scene, form.content)
    page = read_off(shown[2])
    assert "says “Typed over 1.1” and not “1.1”: it was known by the heading above it." in page
    assert f"Is this the answer to {answer_of(scene, '1.2').heading}?" in page
    assert page.count("Is this the answer to") == 1
    take_in(shown)
    assert answer_of(scene, "1.1").text == "<p>First.</p>"
    assert answer_of(scene, "1.2").text == ""

    # In no such place, or below the heading of another that is there, it is told and not read.
    form.table("1.3")._tbl.addprevious(deepcopy(form.table("Typed over 1.2")._tbl))
    page = read_off(preview(scene, form.content)[2])
    assert page.count("“Typed over 1.2” is not of this form") == 2


def test_what_cannot_be_read_is_told_with_its_words_and_left_as_it_is(scene):
    form = Filled(taken_form(scene)).answer("1.1", "First.", rag="Purple")
    form.type("1.1", NEW_DATE, "some time in May")
    table = form.table("1.1")
    table._tbl.remove(form.row("1.1", WAY_BACK)._tr)
    stranger = deepcopy(form.table("1.2")._tbl)
    form.table("1.3")._tbl.getparent().remove(form.table("1.3")._tbl)
    form.document.element.body.append(stranger)
    stranger.tr_lst[0].tc_lst[0].p_lst[0].r_lst[0].text = "2.9"
    stranger.tr_lst[2].tc_lst[1].p_lst[0].append(run("Of another form"))
    twice = deepcopy(table._tbl)
    table._tbl.addnext(twice)
    twice.tr_lst[2].tc_lst[1].p_lst[0].append(run(" Twice"))
    form.document.add_paragraph("By the way: well done all.")
    form.type("1.2", UPDATE, "What people may write here")
    form.box("1.2", UPDATE, column=2).text = "In the wrong place"
    form.box("1.2", UPDATE, column=0).add_paragraph("Why ask?")

    page = read_off(preview(scene, form.content)[2])

    for said in (
        "“How is it going?” says “Purple”, which is none of: Green, Amber, Red, Not rated.",
        "“New date, if it has changed” says “some time in May”, which was not read",
        "The row “What is the way back to green?” is not in the file: it was left as it is.",
        "“2.9” is not of this form",
        "Of another form",
        "It stands in the file twice.",
        "What people may write here",
        "Beside the box for “What has happened since July?” the file says “In the wrong place”.",
        "Why ask?”. It was not read",
        "First. Twice",
        "the file says “By the way: well done all.”. It was not read",
        "Not in the file: left as they are",
    ):
        assert said in page, said
    assert answer_of(scene, "1.3").heading in page.partition("left as they are")[2]


def test_a_file_without_its_key_is_read_by_its_headings_with_a_warning(scene):
    write(scene, answer_of(scene, "1.2"), "<p>Saved.</p>")
    form = Filled(taken_form(scene)).answer("1.1", "First.").answer("1.2", "Second.").without_key()

    shown = preview(scene, form.content)

    assert "does not say which form it was made of" in shown[2]
    assert WordUpload.objects.get().form is None
    assert ticked(shown[2]) == str(answer_of(scene, "1.1").pk)


def test_the_key_at_the_foot_is_enough(scene):
    form = Filled(taken_form(scene)).answer("1.1")
    form.document.core_properties.identifier = ""

    preview(scene, form.content)

    assert WordUpload.objects.get().form == WordForm.objects.get()


RICH = (
    "<p>Six <strong>patrols</strong> in <em>three</em> “places”, 4<sup>th</sup> floor.<br>Second "
    "line</p><h4>Schools</h4><ul><li>one</li><li>two<ul><li>inside</li></ul></li></ul><ol><li>first"
    "</li><li>second</li></ol><p>See "
    '<a href="https://example.org/a?b=1&amp;c=2">the page</a>.</p>'
)


@pytest.mark.parametrize("name", ["form-saved-by-libreoffice.docx", "form-by-way-of-odt.docx"])
def test_a_form_that_was_filled_in_in_libreoffice_says_what_was_typed(scene, name):
    """The files were made once: this scene's form, filled in, opened and saved by LibreOffice."""
    form = WordFormFactory(
        update=scene.update,
        key="K7QM-4X9D-TR2P",
        versions={str(answer.pk): 0 for answer in scene.answers},
    )
    shown = preview(scene, (FILES / name).read_bytes())

    assert "(tracked change): “six times”" in shown[2]
    assert "(tracked change): “never”" in shown[2]
    assert "Read this first." not in shown[2]
    take_in(shown)
    assert WordUpload.objects.get().form == form
    first, second, third = (answer_of(scene, reference) for reference in ("1.1", "1.2", "1.3"))
    assert (first.text, first.rag, first.progress) == (RICH, "red", "in_progress")
    assert (first.rag_reason, first.way_back) == ("Two posts are vacant\nand one is ill", "Recruit")
    assert (first.new_due_on, first.date_reason) == (date(2024, 3, 31), "Late & slow <b>")
    assert (second.text, second.rag) == ("<p>Met six times</p>", "not_rated")
    assert (third.response, third.text) == ("nothing", "")
    assert scene.answer(Answer.Kind.KEY_ISSUES).text == "<p>Shop theft grows.</p>"
    entries = scene.answer(Answer.Kind.FIGURES).figure_entries.order_by("value")
    assert list(entries.values_list("value", "is_provisional")) == [(1400, True), (1412, False)]


# Files that are refused -----------------------------------------------------------------------


def refusal_of(scene, content, by=None, **given):
    answer = bring_back(scene, content, by, **given)
    assert answer.status_code == 422
    assert not WordUpload.objects.exists()
    return read_off(answer.text)


def test_a_form_of_elsewhere_is_refused_and_told_apart(scene):
    other = open_round_scene(now=NOW, slug="other")
    elsewhere = taken_form(other)
    assert "is not known here" in refusal_of(scene, elsewhere)

    unknown = Filled(taken_form(scene))
    unknown.document.core_properties.identifier = "2222-3333-4444"
    assert "The form 2222-3333-4444 is not known here." in refusal_of(scene, unknown.content)


def test_a_form_of_another_priority_is_refused_and_named(scene):
    other = PriorityFactory(plan=scene.plan, reference="2", title="Shops")
    update = LeadUpdate.objects.create(
        partnership=scene.partnership,
        round=scene.round,
        priority=other,
        label="Priority 2",
        title="Shops",
    )
    form = Filled(taken_form(scene)).answer("1.1")
    WordForm.objects.update(update=update)

    said = refusal_of(scene, form.content)

    assert "This is the form of another round or priority (Priority 2, Quarter 2, 2023/24)" in said


def test_a_file_that_is_no_form_is_refused_with_what_to_do(scene):
    nothing = Filled(taken_form(scene)).without_key()
    for table in nothing.document.tables:
        table._tbl.getparent().remove(table._tbl)

    assert "This is not a Word file." in refusal_of(scene, b"%PDF-1.7", name="form.pdf")
    assert "none of its headings or references was found" in refusal_of(scene, nothing.content)
    empty = browser_of(scene.lead).post(address("word", scene), {})
    assert "Choose the Word file" in empty.text


# Bounds and what is kept ----------------------------------------------------------------------


def queries_of(browser, method, where, data=None):
    with CaptureQueriesContext(connection) as captured:
        answer = getattr(browser, method)(where, data or {})
    assert answer.status_code in (200, 302)
    return sum("SAVEPOINT" not in each["sql"] for each in captured)


@pytest.mark.parametrize("actions", [3, 12])
def test_pages_ask_for_no_more_however_many_sections_there_are(actions):
    scene = open_round_scene(now=NOW, actions=actions)
    form = Filled(taken_form(scene))
    for answer in scene.action_answers:
        form.answer(answer.reference)
    browser, where, page = preview(scene, form.content)

    assert queries_of(browser, "get", address("word", scene)) <= 6
    assert queries_of(browser, "post", address("word_form", scene)) <= 14
    assert queries_of(browser, "get", where) <= 12
    assert queries_of(browser, "post", where, Fields(page).found) <= 14
    assert scene.update.answers.filter(text="<p>Six patrols.</p>").count() == actions
    # For the lead they are sent as well, and the plan is told.
    again = preview(scene, Filled(taken_form(scene)).change_all(scene).content, scene.coordinator)
    assert queries_of(browser_of(scene.coordinator), "post", again[1], Fields(again[2]).found) <= 18
    assert scene.update.answers.filter(state="submitted", progress="complete").count() == actions


def test_files_are_emptied_90_days_after_their_round_closed(scene, clock):
    preview(scene, Filled(taken_form(scene)).answer("1.1").content)
    close(scene)

    clock.move_to(NOW + timedelta(days=89))
    call_command("send_reminders")
    assert WordUpload.objects.get().content != b""

    clock.move_to(NOW + timedelta(days=91))
    call_command("send_reminders")
    upload = WordUpload.objects.get()
    assert (bytes(upload.content), upload.emptied_at.date()) == (b"", date(2024, 1, 19))
    assert "have been taken away" in look_at(upload.get_absolute_url(), scene.lead)[2]
