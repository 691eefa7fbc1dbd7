"""The report for other programs: `manage.py show_report`."""

import json
import sys
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from partnerships.models import Marking
from rounds.models import Round
from tests import example
from tests.factories import NOW
from tests.reporting import tell
from tests.scenes import open_round_scene

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def made(kept):
    return open_round_scene(now=NOW, slug="hilltown", name="Hilltown")


def shown(*words):
    printed = StringIO()
    call_command("show_report", *words, stdout=printed)
    return printed.getvalue()


def test_the_public_edition_is_shown_where_it_is_asked_for(scene):
    tell(scene.round, "1.1", is_withheld=True, withheld_reason="Names a family.")
    what = ("hilltown", scene.round.slug)

    assert "The work goes on." in shown(*what)
    assert "Not published" in shown(*what, "--edition", "public")
    assert "The work goes on." not in shown(*what, "--edition", "public")

    tell(scene.round, "1.2", marking=Marking.SENSITIVE)
    Round.objects.filter(pk=scene.round.pk).update(recommendations="<p>Agree it.</p>")
    for edition, marked in (("full", {"marking": "OFFICIAL-SENSITIVE"}), ("public", {})):
        report = json.loads(shown(*what, "--edition", edition))
        assert report["edition"] == edition
        assert {key: report[key] for key in report if key == "marking"} == marked
        assert report["recommendations_html"] == "<p>Agree it.</p>"

    scene.plan.marking = Marking.SENSITIVE
    scene.plan.save()
    with pytest.raises(CommandError, match="have no public edition"):
        shown(*what, "--edition", "public")


def test_the_example_comes_out_with_the_keys_and_values_that_were_agreed():
    example.load()

    printed = shown("swale", "2023-24-q2", "--format", "json")
    report = json.loads(printed)

    assert printed.endswith("}\n")
    assert not printed.endswith("\n\n")
    assert list(report) == ["partnership", "plan", "round", "edition", "state", "priorities"]
    assert report["round"] == "Quarter 2, 2023/24"
    assert report["state"] == "DRAFT"
    assert [
        figure["percentage"] for each in report["priorities"] for figure in each["figures"]
    ] == [
        *("−10.6%", "−10.5%", "−6.0%", "−2.8%"),
        *("+59.6%", "+2.8%", "+46.3%", "+44.3%"),
    ]
    first = report["priorities"][0]
    assert list(first) == ["reference", "title", "lead", "figures", "actions", "narratives"]
    assert (first["reference"], first["title"], first["lead"]) == ("1", "Domestic Abuse", "SATEDA")
    assert first["figures"][0] == {
        "indicator": "No. of Domestic Abuse incidents across the Borough of Swale (Kent Police).",
        "previous": "5,326",
        "current": "4,759",
        "change": "−567",
        "percentage": "−10.6%",
    }
    assert list(first["actions"][0]) == [
        *("reference", "title", "progress", "rag", "answer", "text_html"),
        *("milestones_done", "milestones_overdue"),
    ]
    assert list(first["narratives"][0]) == ["kind", "heading", "answer", "text_html"]
    assert sum(len(each["actions"]) for each in report["priorities"]) == 17
    statuses = {
        action["reference"]: action["progress"]
        for each in report["priorities"]
        for action in each["actions"]
    }
    assert statuses["3.3"] == "Not yet started"


def test_values_are_the_words_that_print(scene):
    tell(scene.round, "1.1", "amber", progress="not_started")
    tell(scene.round, "1.2", "", response="verbal", text="")

    [priority] = json.loads(shown("hilltown", "2023-24-q2"))["priorities"]

    assert priority["actions"][0] == {
        "reference": "1.1",
        "title": "Title of action 1.1",
        "progress": "Not yet started",
        "rag": "Amber",
        "answer": "Written update",
        "text_html": "<p>The work goes on.</p>",
        "milestones_done": [],
        "milestones_overdue": [],
    }
    assert priority["actions"][1]["answer"] == "Verbal update at the meeting"
    assert priority["actions"][2]["answer"] == "No update received"
    assert priority["figures"][0]["current"] == "not yet received"
    assert priority["figures"][0]["percentage"] == "Not yet known"
    assert [each["kind"] for each in priority["narratives"]] == ["key_issues", "group", "themes"]


def test_the_page_is_one_document_that_needs_nothing_else(scene, tmp_path):
    file = tmp_path / "report.html"

    assert shown("hilltown", "2023-24-q2", "--format", "html", "--output", str(file)) == ""
    page = file.read_text(encoding="utf-8")

    assert page.startswith("<!DOCTYPE html>")
    assert "Title of action 1.1" in page
    assert "Streets Group – Key Updates" in page
    assert ".grid-page" in page
    assert not any(asked in page for asked in ("<script", "<link", "src=", 'href="/'))


def test_a_file_gets_what_would_be_printed(scene, tmp_path):
    file = tmp_path / "report.json"

    shown("hilltown", "2023-24-q2", "--output", str(file))

    assert json.loads(file.read_text(encoding="utf-8"))["partnership"] == "Hilltown"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("valetown", "2023-24-q2"), "no partnership “valetown”. There is: hilltown"),
        (("hilltown", "q9"), "no round “q9”. Rounds with a report: 2023-24-q2"),
    ],
)
def test_what_is_not_there_is_answered_with_what_is(scene, words, message):
    with pytest.raises(CommandError, match=message):
        shown(*words)


def test_a_round_that_is_not_open_has_no_report():
    open_round_scene(now=NOW, slug="downland", opened=False)

    with pytest.raises(CommandError, match="has not been opened"):
        shown("downland", "2023-24-q2")


def test_a_file_that_cannot_be_written_is_said(scene, tmp_path):
    with pytest.raises(CommandError, match="Cannot write"):
        shown("hilltown", "2023-24-q2", "--output", str(tmp_path / "nowhere" / "report.json"))


@pytest.mark.parametrize(("extension", "begins"), [("pdf", b"%PDF-"), ("docx", b"PK")])
def test_a_file_for_people_is_written_or_piped_and_not_shown(
    scene, tmp_path, capfdbinary, monkeypatch, extension, begins
):
    asked = ("hilltown", scene.round.slug, "--format", extension)
    file = tmp_path / f"report.{extension}"

    shown(*asked, "--output", str(file))
    assert file.read_bytes().startswith(begins)

    shown(*asked)
    sys.stdout.flush()
    assert capfdbinary.readouterr().out.startswith(begins)

    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    with pytest.raises(CommandError, match="add --output FILE"):
        shown(*asked)
