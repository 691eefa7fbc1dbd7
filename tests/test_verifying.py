"""`manage.py verify_reports` and `show_report --version`: what was issued is what is there."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from reports import frozen
from reports.models import ReportFile
from rounds.models import Round
from tests.factories import (
    NOW,
    DestructionFactory,
    IssuedReportFactory,
    ReleaseFactory,
    ReportFileFactory,
    RoundFactory,
)
from tests.thawing import thawed

pytestmark = pytest.mark.django_db


@pytest.fixture
def file():
    round = RoundFactory(plan__partnership__slug="hilltown", slug="2023-24-q2")
    Round.objects.update(state=Round.State.CLOSED, opened_at=NOW, closed_at=NOW)
    page = ReportFileFactory(report__round=round)
    for ending in ("docx", "pdf", "json"):
        ReportFileFactory(report=page.report, format=ending)
    return page


def said(*words):
    printed = StringIO()
    call_command(*words, stdout=printed, no_color=True)
    return printed.getvalue()


def found():
    """What is said where something is wrong."""
    printed = StringIO()
    with pytest.raises(CommandError) as refused:
        call_command("verify_reports", stdout=printed, no_color=True)
    assert refused.value.returncode == 1
    return f"{printed.getvalue()}{refused.value}"


def tamper(sql, params=()):
    """As somebody would who first takes the triggers away."""
    with thawed(), connection.cursor() as cursor:
        cursor.execute(sql, params)
    assert frozen.missing(connection) == []


def test_what_is_as_it_was_issued_is_said_to_be(file):
    assert said("verify_reports") == (
        "Every file is as it was issued, or destroyed (4 looked at).\n"
    )


def test_a_file_that_differs_is_named(file):
    other = ReportFile.objects.get(format="pdf")
    tamper("UPDATE reports_reportfile SET content = %s WHERE id = %s", [b"Rewritten.", other.pk])

    assert found() == (
        "hilltown 2023-24-q2 version 1: report.pdf is not what was issued: its SHA-256 differs\n"
        "1 fault found."
    )


@pytest.mark.parametrize(
    ("sql", "fault"),
    [
        ("UPDATE reports_reportfile SET sha256 = 'f'", "its SHA-256 differs"),
        # SQLite stores it as a text.
        ("UPDATE reports_reportfile SET content = 'By hand.'", "its SHA-256 differs"),
        ("UPDATE reports_reportfile SET size = 3", "is not as long as what was issued"),
        ("DELETE FROM reports_reportfile", "it has no files"),
    ],
)
def test_other_tampering_is_told(file, sql, fault):
    tamper(sql)

    assert fault in found()


def test_a_file_that_is_missing_is_named_and_so_is_a_whole_edition(file):
    tamper("DELETE FROM reports_reportfile WHERE format = 'pdf'")
    assert "version 1: its full edition has no file for pdf\n1 fault found." in found()

    ReleaseFactory(report=file.report)
    told = found()
    assert "its public edition has no file for html" in told
    assert told.endswith("\n5 faults found.")


def destroy(file, **others):
    hashes = {each.name: each.sha256 for each in file.report.files.all()}
    DestructionFactory(report=file.report, hashes=hashes | others)
    ReportFile.objects.update(content=b"")


def test_what_was_destroyed_is_told_as_that_and_is_no_fault(file):
    destroy(file)

    assert "hilltown 2023-24-q2 version 1: destroyed on 20 October 2023\n" in said("verify_reports")


def test_a_destruction_that_left_something_is_a_fault(file):
    DestructionFactory(report=file.report, hashes={file.name: file.sha256})

    assert "should have been destroyed and still has its bytes" in found()


def test_a_hash_that_was_kept_of_another_file_is_a_fault(file):
    destroy(file, **{file.name: "f" * 64})

    assert "has another SHA-256 than was kept when it was destroyed" in found()


# One version, byte for byte -------------------------------------------------------------------


def test_a_version_is_printed_as_it_was_stored(file, tmp_path):
    where = tmp_path / "report.html"
    words = ("show_report", "hilltown", "2023-24-q2", "--format", "html", "--version", "1")

    assert said(*words) == "As it was issued."
    said(*words, "--output", str(where))
    assert where.read_bytes() == b"As it was issued."


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--version", "3"), "Version 3 was not issued. Issued versions: 1, 2."),
        (
            ("--version", "1", "--edition", "public"),
            "Version 1 was not issued to the public as json.",
        ),
        (("--version", "2", "--format", "html"), "Version 2 was destroyed on 20 October 2023."),
    ],
)
def test_what_is_not_there_is_said(file, words, told):
    DestructionFactory(report=IssuedReportFactory(round=file.report.round, version=2))

    with pytest.raises(CommandError) as refused:
        said("show_report", "hilltown", "2023-24-q2", *words)

    assert str(refused.value) == told
