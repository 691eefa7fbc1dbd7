"""Destroying an issued report: two people, every place shown first, and the words nowhere after."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import models
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from docx import Document
from docx.oxml.ns import qn

from documents.word import as_bytes, element, run
from mail.letters import Letter, Paragraph
from mail.models import Message
from mail.services import new_message, put_in_outbox
from partnerships.models import Partnership
from reports.issued_files import contents_of, hash_of
from reports.models import Destruction, DestructionRequest, IssuedReport, TriedLink, Withdrawal
from reports.services import issue_report
from reports.services.destroying import agree_to_destroy
from rounds.models import Answer, Draft, Round, WordUpload
from tests.factories import (
    NOW,
    DestructionFactory,
    DestructionRequestFactory,
    DraftFactory,
    IssuedReportFactory,
    MilestoneFactory,
    PriorityFactory,
    ReleaseFactory,
    ReportFileFactory,
    TriedLinkFactory,
    UserFactory,
    WordUploadFactory,
)
from tests.pages import Fields
from tests.scenes import closed_round_scene

pytestmark = pytest.mark.django_db

NAME = "Keziah Quill"
WHY = "It named the victim of a crime."
LISTED = reverse("destroying:reports", args=["swale"])


def site_administrator():
    browser = Client()
    browser.force_login(UserFactory(is_staff=True, is_superuser=True))
    return browser


@pytest.fixture
def first():
    return site_administrator()


@pytest.fixture
def second():
    return site_administrator()


def ask_at(report):
    return reverse("destroying:ask", args=["swale", report.pk])


def ask(browser, report, *, words=NAME, reason=WHY, **chosen):
    """Both steps: the words, then what becomes of each place."""
    places = browser.post(ask_at(report), {"words": words, "reason": reason})
    return browser.post(ask_at(report), Fields(places.text).found | {"ask": "yes"} | chosen)


def agree(browser, address):
    page = browser.get(address)
    return browser.post(address, Fields(page.text).found | {"agree": "yes"})


def press(browser, address, button, **typed):
    return browser.post(address, {button: "yes"} | typed)


def everything_kept():
    """Every text of every table as the database has it, with where it stands."""
    for model in apps.get_models(include_auto_created=True):
        kinds = (models.CharField, models.TextField, models.JSONField, models.BinaryField)
        names = [field.name for field in model._meta.concrete_fields if isinstance(field, kinds)]
        for row in model._base_manager.values(*names) if names else ():
            for name, value in row.items():
                if isinstance(value, bytes | memoryview):
                    value = bytes(value).decode("utf-8", "replace")
                yield f"{model._meta.label}.{name}", json.dumps(value, ensure_ascii=False)
    for session in Session.objects.all():
        yield "a session", json.dumps(session.get_decoded())


def day_of_removal():
    return f"[removed on {timezone.localdate():%-d %B %Y}]"


def stands_in():
    return sorted({where for where, said in everything_kept() if "quill" in said.lower()})


# The whole of it ------------------------------------------------------------------------------


def milestones(title):
    return {"met": {"0": [[1, title], [2, "Opened"]]}, "overdue": {}}


def planted_scene():
    """A closed round whose report names somebody, and the name wherever else it can get."""
    scene = closed_round_scene(now=NOW, slug="swale")
    answer, other = scene.action_answers[:2]
    save = {
        answer: {
            "response": "written",
            "text": "<p>Work with <strong>Keziah</strong> Quill &amp; others.</p>",
            "way_back": f"Ask {NAME}.",
        },
        other: {"return_reason": f"Leave out {NAME.upper()}."},
        scene.actions[0]: {"title": f"House {NAME}"},
        scene.plan: {"introduction": f"In memory of Keziah\n{NAME.split()[1]}."},
        scene.indicator: {"definition": f"Since {NAME} was hurt."},
        scene.round: {
            "recommendations": f"<p>Write to {NAME}.</p>",
            "milestones": milestones(f"Spoke with {NAME}"),
        },
        scene.memberships["guest"]: {"post": f"Friend of {NAME}"},
    }
    for row, fields in save.items():
        for name, value in fields.items():
            setattr(row, name, value)
        row.save()
    # What stands in the history alone: written over, and removed.
    themes = scene.answer(Answer.Kind.THEMES)
    for text in (f"<p>{NAME}, aged 9.</p>", "<p>A child.</p>"):
        themes.response, themes.text = "written", text
        themes.save()
    MilestoneFactory(action=scene.actions[1], title=f"Visit {NAME}").delete()
    LogEntry.objects.create(
        user=scene.coordinator,
        content_type=ContentType.objects.get_for_model(Answer),
        object_id="1",
        object_repr=f"House {NAME}",
        action_flag=CHANGE,
    )
    letter = Letter("Please answer", [Paragraph(f"About {NAME}")])
    put_in_outbox(
        [new_message(key="a", sender="swale", to="a@example.org", letter=letter, now=NOW)]
    )
    written = {"text": ["Nothing of hers."], "rag_reason": [f"{NAME} was hurt."]}
    DraftFactory(answer=other, boxes=written)
    DraftFactory(answer=other, boxes={"text": ["We met with shops."]})
    for words in (f"About {NAME}.", "About nobody."):
        WordUploadFactory(
            update=scene.update, form__update=scene.update, content=word_file(words), name=words[6:]
        )
    TriedLinkFactory(partnership=scene.partnership, address="https://example.org/keziah-quill")
    session = SessionStore()
    session["typed"] = f"About {NAME}"
    session.save()
    return scene


def word_file(words):
    """A Word file that says this where nobody sees it: tracked changes took it out."""
    document = Document()
    gone = run(words)
    gone.find(qn("w:t")).tag = qn("w:delText")
    document.add_paragraph()._p.append(element("del", gone, author="x", id="1"))
    return as_bytes(document)


def issued(scene, reason=""):
    round = Round.objects.select_related("plan", "partnership").get(pk=scene.round.pk)
    later = NOW + timedelta(days=14)
    looked_at = hash_of(contents_of(round, now=later))
    by = scene.access(scene.coordinator)
    return issue_report(round=round, by=by, now=later, looked_at=looked_at, reason=reason)


def test_what_was_destroyed_stands_nowhere_any_more_and_everything_else_does(
    client, first, second, django_assert_max_num_queries
):
    scene = planted_scene()
    Partnership.objects.update(publishes_reports=True)
    report = issued(scene)
    ReleaseFactory(report=report)
    DestructionRequestFactory(report=report, called_off_at=NOW, reason=f"About {NAME}.")
    file, public = (report.files.get(edition=name, format="html") for name in ("full", "public"))
    shown = reverse("public:report", args=["swale", scene.round.slug, 1])
    assert client.get(shown).status_code == 200
    hashes = dict(report.files.values_list("name", "sha256"))
    rows = {model: model._base_manager.count() for model in apps.get_models()}

    assert len(stands_in()) > 15
    with django_assert_max_num_queries(85):
        found = first.post(ask_at(report), {"words": NAME, "reason": WHY}).text
    for said in (
        f"Answer: 1.1 Title of action 1.1 ({scene.round.full_label})",
        "Milestone: Visit Keziah Quill, deleted since",
        "No longer, but in 1 version of its history",
        "Work with <mark>Keziah Quill</mark> &amp; others.",
        "Leave out <mark>KEZIAH QUILL</mark>.",
        "What was written by email: 1 message",
        "Typed and not saved: 1 draft",
        "Word files that came back: 1 file",
        "What is kept between two pages for 1 of those who are signed in",
    ):
        assert said in found
    asked = ask(first, report)
    # The other is told, without the words and why.
    [told] = Message.objects.filter(subject__contains="waits for you")
    assert asked["Location"] in told.text
    assert "Quill" not in told.text + told.html
    assert WHY not in told.text
    # Asked only: nothing has gone, and who asked can go no further alone.
    assert client.get(shown).status_code == 200
    assert "Agree and destroy" not in first.get(asked["Location"]).text
    done = agree(second, asked["Location"])

    assert done.status_code == 302
    assert stands_in() == []
    assert [draft.boxes for draft in Draft.objects.all()] == [{"text": ["We met with shops."]}]
    files = {each.emptied_at is None: bytes(each.content) for each in WordUpload.objects.all()}
    assert files == {True: word_file("About nobody."), False: b""}
    message = Message.objects.get(key="a")
    assert (message.subject, message.text, message.html) == (day_of_removal(), "", "")
    assert message.state == Message.State.CALLED_OFF
    destruction = Destruction.objects.get()
    assert (destruction.reason, destruction.hashes) == (WHY, hashes)
    assert destruction.destroyed_by != destruction.agreed_by
    assert Withdrawal.objects.get(report=report).reason == WHY
    assert {bytes(content) for content in report.files.values_list("content", flat=True)} == {b""}
    more = {Destruction, Withdrawal, DestructionRequest, DestructionRequest.history.model}
    more |= {Session, Message, Draft, TriedLink}
    same = {model: model._base_manager.count() for model in rows.keys() - more}
    assert same == {model: rows[model] for model in same}

    day = day_of_removal()
    answer = scene.action_answers[0]
    assert answer.text == f"<p>Work with <strong>{day}</strong> &amp; others.</p>"
    assert answer.way_back == f"Ask {day}."
    assert {old.text for old in answer.history.all()} >= {answer.text}
    assert scene.actions[0].history.latest().title == f"House {day}"
    closed = Round.objects.get()
    assert closed.milestones == milestones(f"Spoke with {day}")

    # Gone for who could read it, and for everybody else.
    assert client.get(shown).status_code == 410
    client.force_login(scene.member)
    assert WHY in client.get(report.get_absolute_url()).text
    gone = client.get(reverse("reports:issued_file", args=["swale", file.pk]))
    assert gone.status_code == 410
    assert hashes[file.name] in gone.text
    assert client.get(reverse("reports:issued_file", args=["swale", public.pk])).status_code == 404
    printed = StringIO()
    call_command("verify_reports", stdout=printed)
    assert "version 1: destroyed on" in printed.getvalue()

    client.force_login(scene.coordinator)
    issuing = client.get(reverse("reports:issue", args=["swale", scene.round.pk])).text
    assert "Version 1</a> was destroyed. It will say that it was replaced." in issuing
    corrected = issued(scene, reason="The name of somebody was left out.")
    page = corrected.files.get(edition="full", format="html").content
    assert day in bytes(page).decode()
    assert stands_in() == []


# Two people -----------------------------------------------------------------------------------


@pytest.fixture
def report():
    """Two issued reports whose page has the name, one that has not, and an answer with it."""
    scene = closed_round_scene(now=NOW, slug="swale")
    page = f"<!DOCTYPE html><p>{NAME}</p>".encode()
    file = ReportFileFactory(report__round=scene.round, content=page)
    corrected = IssuedReportFactory(round=scene.round, version=2)
    ReportFileFactory(report=corrected, content=page)
    ReportFileFactory(report__round=scene.round, report__version=3)
    Answer.objects.filter(kind="key_issues").update(text=f"<p>{NAME} is nine.</p>")
    return file.report


def test_who_asked_cannot_agree_nor_can_anybody_once_it_is_called_off_or_has_run_out(
    first, second, report, time_machine
):
    asked = ask(first, report)["Location"]
    page = second.get(asked).text

    alone = agree(first, asked)
    assert alone.status_code == 409
    assert "Another site administrator has to agree." in alone.text
    # Only one waits at a time: what the second person sees is all there is.
    assert "Another request waits" in ask(first, report).text

    time_machine.move_to(timezone.now() + timedelta(days=7, minutes=1))
    late = site_administrator().post(asked, Fields(page).found)
    assert late.status_code == 409
    assert "has run out" in late.text
    assert "nobody agreed within seven days" in late.text

    first, second = site_administrator(), site_administrator()
    asked = ask(first, report)["Location"]
    page = second.get(asked).text
    assert press(second, asked, "call_off").status_code == 302
    assert "Called off" in first.get(asked).text
    assert second.post(asked, Fields(page).found).status_code == 409

    assert not Destruction.objects.exists()
    assert Answer.objects.filter(text__contains=NAME).exists()
    # What is over holds the words no longer, in its history neither.
    for model in (DestructionRequest, DestructionRequest.history.model):
        assert not [words for words in model._base_manager.values_list("words", flat=True) if words]
    last = DestructionRequest.objects.first().history.latest()
    assert (last.history_type, last.prev_record.called_off_at) == ("~", None)
    assert last.history_user == last.called_off_by


def test_of_two_clicks_at_once_one_destroys_and_the_other_says_what_stands(
    first, second, report, monkeypatch
):
    def just_before(**given):
        agree_to_destroy(**given)
        return agree_to_destroy(**given)

    monkeypatch.setattr("reports.destroying_views.agree_to_destroy", just_before)

    page = agree(second, ask(first, report)["Location"])

    assert page.status_code == 409
    assert "Agreed to, and done" in page.text
    assert "Nothing has been destroyed" not in page.text
    assert NAME not in page.text


def test_nothing_is_destroyed_but_what_was_looked_at(first, second, report):
    places = first.post(ask_at(report), {"words": NAME, "reason": WHY})
    Answer.objects.filter(kind="group").update(response="written", text=f"<p>And {NAME}</p>")
    chosen = Fields(places.text).found | {"ask": "yes"}

    again = first.post(ask_at(report), chosen)
    assert again.status_code == 409
    assert "The words stand in other places than when you looked." in again.text
    assert "Group update" not in places.text
    asked = first.post(ask_at(report), Fields(again.text).found | {"ask": "yes"})
    assert asked.status_code == 302

    page = second.get(asked["Location"])
    Answer.objects.filter(kind="themes").update(response="written", text=f"<p>And {NAME}</p>")
    refused = second.post(asked["Location"], Fields(page.text).found)
    assert refused.status_code == 409
    assert not Destruction.objects.exists()
    # What has come since is told, and stays: only what was chosen goes.
    assert "Where the words stay" in refused.text
    assert second.post(asked["Location"], Fields(refused.text).found).status_code == 302
    left = {"rounds.Answer.text"}
    assert {where for where in stands_in() if "Historical" not in where} == left | {
        "reports.ReportFile.content"
    }


def test_what_is_chosen_goes_and_what_is_left_stays(first, second, report):
    answer = Answer.objects.get(kind="key_issues")
    themes = Answer.objects.get(kind="themes")
    Answer.objects.filter(pk=themes.pk).update(response="written", text=f"<p>{NAME}, 9.</p>")
    other = IssuedReport.objects.get(version=2)
    chosen = {
        f"rounds.answer:{answer.pk}:text": "whole",
        f"rounds.answer:{themes.pk}:text": "leave",
        "also": [other.pk],
    }

    page = first.post(ask_at(report), {"words": f"{NAME}\n quill ", "reason": WHY}).text
    assert f'value="{other.pk}"' in page
    assert "version 3" not in page
    asked = ask(first, report, **chosen)["Location"]
    shown = second.get(asked).text
    assert "Take the whole text out" in shown
    stays = shown.partition("Where the words stay")[2]
    assert "Cross-cutting themes" in stays
    assert "Issued report:" not in stays
    listed = second.get(reverse("destroying:reports", args=[report.partnership.slug])).text
    assert f"{report}, and 1 more with it." in listed
    agree(second, asked)

    assert {report.version for report in IssuedReport.objects.filter(destruction=None)} == {3}
    old = answer.version
    answer.refresh_from_db()
    assert (answer.text[:15], answer.version) == ("<p>[removed on ", old + 1)
    assert Answer.objects.get(pk=themes.pk).text == f"<p>{NAME}, 9.</p>"


def test_words_and_reason_are_asked_for_and_what_was_typed_is_kept(first, report):
    for typed, told in (
        ({"words": "", "reason": ""}, "Give the words that must go"),
        ({"words": "Al", "reason": WHY}, "too short"),
        ({"words": "\n".join(map(str, range(1000, 1021))), "reason": WHY}, "20 lines at most"),
        ({"words": NAME, "reason": "It named keziah  quill."}, "without the words that must go"),
        ({"words": NAME, "reason": "long" * 126}, "Shorten this to 500"),
        ({"words": NAME, "reason": "It named Jane Roe."}, "“Jane Roe” looks like"),
    ):
        page = first.post(ask_at(report), typed).text
        assert told in page
        assert typed["reason"] in page
    assert (
        "Look for the words" in press(first, ask_at(report), "change", words=NAME, reason=WHY).text
    )
    assert (
        "This report does not hold these words"
        in first.post(ask_at(report), {"words": "Nobody At All", "reason": WHY}).text
    )
    assert not DestructionRequest.objects.exists()


def test_reasons_of_issued_reports_that_hold_the_words_are_told_as_what_stays(first, report):
    IssuedReportFactory(round=report.round, version=4, reason=f"It named {NAME}.")

    page = first.post(ask_at(report), {"words": NAME, "reason": WHY}).text

    assert "What cannot be taken out" in page
    assert "version 4: the reason for its correction" in page


def test_two_things_that_would_have_one_name_are_refused_as_a_whole(first, second, report):
    plan = report.round.plan
    for title in (f"{NAME} 1", "Quill 2"):
        PriorityFactory(plan=plan, reference=title)
    asked = ask(first, report, words=f"{NAME} 1\nQuill 2\n{NAME}")["Location"]

    refused = agree(second, asked)

    assert refused.status_code == 409
    assert "two things would have the same name" in refused.text
    assert not Destruction.objects.exists()
    assert Answer.objects.filter(text__contains=NAME).exists()


# Pages ----------------------------------------------------------------------------------------


def test_issued_reports_are_listed_in_few_queries(first, report, django_assert_max_num_queries):
    for version in range(4, 12):
        DestructionFactory(report=IssuedReportFactory(round=report.round, version=version))

    with django_assert_max_num_queries(7):
        page = first.get(LISTED).text
    assert page.count("Ask to destroy") == 3
    assert "Destroyed on" in page

    asked = ask(first, report)["Location"]
    waiting = first.get(LISTED).text
    assert asked in waiting
    assert "Ask to destroy" not in waiting
    gone = IssuedReport.objects.get(version=4)
    assert "Look for the words" not in first.get(ask_at(gone)).text
    assert "Its files were destroyed" in first.get(ask_at(gone)).text


def test_what_waits_for_a_second_person_stands_on_one_page(
    first, second, report, django_assert_max_num_queries
):
    page = reverse("destroying:waiting")
    assert "No request waits" in second.get(page).text
    DestructionRequestFactory(report=report, asked_at=timezone.now() - timedelta(days=8))
    DestructionRequestFactory(report=report, asked_at=timezone.now(), called_off_at=NOW)
    for days in range(3):
        DestructionRequestFactory(asked_at=timezone.now() - timedelta(days=days))
    asked = ask(first, report)["Location"]

    with django_assert_max_num_queries(4):
        seen = second.get(page)

    waiting = [each.get_absolute_url() for each in seen.context["page"]]
    assert len(waiting) == 4
    assert waiting[-1] == asked
    assert all(f'href="{each}"' in seen.text for each in waiting)
    assert "You, so another has to agree" not in seen.text
    assert "You, so another has to agree" in first.get(page).text
    assert f'href="{page}"' in second.get(reverse("site:partnerships")).text
    agree(second, asked)
    assert asked not in second.get(page).text
