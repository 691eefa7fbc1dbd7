"""The database itself refuses to change or delete what was issued, whoever asks and however."""

# ruff: noqa: S608

from hashlib import sha256
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.core.management.base import SystemCheckError
from django.db import DatabaseError, IntegrityError, connection, transaction

from reports import frozen
from reports.models import Destruction, IssuedReport, Release, ReportFile, Withdrawal
from tests.factories import (
    DestructionFactory,
    IssuedReportFactory,
    ReleaseFactory,
    ReportFileFactory,
    RoundFactory,
    WithdrawalFactory,
)
from tests.thawing import empty_tables

pytestmark = pytest.mark.django_db


def run(sql, params=()):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.rowcount


def refused(sql, params=()):
    with pytest.raises(IntegrityError, match="is frozen"):
        run(sql, params)


@pytest.fixture
def file():
    return ReportFileFactory()


def everything_about(report):
    """A row in every other frozen table."""
    ReleaseFactory(report=report)
    WithdrawalFactory(report=report)
    DestructionFactory(report=report)


COLUMNS = [
    (model._meta.db_table, field.column)
    for model in (IssuedReport, ReportFile, Release, Withdrawal, Destruction)
    for field in model._meta.fields
    if field.column != "id"
]


def test_every_table_of_the_app_is_frozen():
    assert {table for table, _ in COLUMNS} == set(frozen.TABLES)
    file_columns = {column for table, column in COLUMNS if table == frozen.FILES}
    assert {"id", *file_columns} - {"content"} == set(frozen.KEPT)


def test_no_column_can_be_changed_by_hand(file):
    everything_about(file.report)

    for table, column in COLUMNS:
        # Not even to what it is already.
        refused(f"UPDATE {table} SET {column} = {column}")


def test_no_row_can_be_deleted_by_hand(file):
    everything_about(file.report)

    for table in frozen.TABLES:
        refused(f"DELETE FROM {table}")


def test_no_table_can_be_emptied_or_its_rows_replaced(file):
    everything_about(file.report)

    connection.check_constraints()  # which are still to be looked at, and would be in the way
    for table in frozen.TABLES:
        if connection.vendor == "postgresql":
            refused(f"TRUNCATE {table} CASCADE")
        else:
            refused(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")


def test_no_row_can_be_replaced_by_one_of_another_number(file):
    if connection.vendor == "postgresql":
        refused(
            "INSERT INTO reports_issuedreport SELECT * FROM reports_issuedreport"
            " ON CONFLICT (round_id, version) DO UPDATE SET post = 'Somebody else'"
        )
        return
    columns = ["id", *(column for table, column in COLUMNS if table == "reports_issuedreport")]
    values = ["99" if column == "id" else column for column in columns]
    refused(
        f"INSERT OR REPLACE INTO reports_issuedreport ({', '.join(columns)})"
        f" SELECT {', '.join(values)} FROM reports_issuedreport"
    )


def test_nor_can_the_program_itself(file):
    report = file.report
    for write in (
        lambda: IssuedReport.objects.update(post="Somebody else"),
        lambda: ReportFile.objects.update(content=b"Rewritten"),
        lambda: ReportFile.objects.all().delete(),
        report.save,
        report.delete,
        file.save,
        file.delete,
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            write()
    file.refresh_from_db()
    assert bytes(file.content) == b"As it was issued."


def test_other_rows_can_still_be_added(file):
    ReportFileFactory(report=file.report, format="docx")
    IssuedReportFactory(round=file.report.round, version=2)

    assert ReportFile.objects.count() == IssuedReport.objects.count() == 2


# The one route --------------------------------------------------------------------------------


def test_bytes_are_emptied_only_while_their_reports_destruction_is_on_record(file):
    DestructionFactory()
    refused("UPDATE reports_reportfile SET content = %s", [b""])

    DestructionFactory(report=file.report)
    refused("UPDATE reports_reportfile SET content = %s", [b"Other words"])
    assert run("UPDATE reports_reportfile SET content = %s", [b""]) == 1

    file.refresh_from_db()
    assert bytes(file.content) == b""
    assert file.sha256 == sha256(b"As it was issued.").hexdigest()
    assert file.size == len(b"As it was issued.")


def test_nothing_else_of_a_file_goes_with_its_bytes(file):
    other = ReportFileFactory(
        report__round=RoundFactory(slug="2023-07"), edition="public", format="pdf", content=b"Else."
    )
    DestructionFactory(report=file.report)

    for column in frozen.KEPT:
        refused(
            f"UPDATE reports_reportfile SET content = %s, {column} = %s WHERE id = %s",
            [b"", 999 if column == "id" else getattr(other, column), file.pk],
        )


# The check ------------------------------------------------------------------------------------


def check():
    call_command("check", databases=["default"], stdout=StringIO(), stderr=StringIO())


def test_a_missing_trigger_is_told_loudly():
    check()
    for table, name in frozen.triggers(connection.vendor):
        run(f"DROP TRIGGER {name}{f' ON {table}' if connection.vendor == 'postgresql' else ''}")

        with pytest.raises(SystemCheckError, match=f"{name} on {table} is missing"):
            check()


def test_a_trigger_that_lets_everything_through_is_told_too():
    if connection.vendor == "postgresql":
        run("ALTER TABLE reports_release DISABLE TRIGGER reports_release_no_update")
    else:
        run("DROP TRIGGER reports_release_no_update")
        run(
            "CREATE TRIGGER reports_release_no_update BEFORE UPDATE ON reports_release"
            " BEGIN SELECT 1; END"
        )

    with pytest.raises(SystemCheckError, match="reports_release_no_update"):
        check()


def test_a_table_that_was_remade_is_told():
    """As SQLite's are by a migration that alters a field."""
    run("CREATE TABLE remade AS SELECT * FROM reports_withdrawal")
    run("DROP TABLE reports_withdrawal")
    run("ALTER TABLE remade RENAME TO reports_withdrawal")

    with pytest.raises(SystemCheckError, match="reports_withdrawal_no_delete"):
        check()


def test_what_went_missing_can_be_put_back():
    frozen.thaw(connection)
    assert len(frozen.missing(connection)) == 3 * len(frozen.TABLES)

    frozen.freeze(connection)

    assert frozen.missing(connection) == []
    check()


@pytest.mark.django_db(transaction=True)
def test_issued_reports_go_between_tests(file):
    DestructionFactory(report=file.report)
    empty_tables()

    assert not IssuedReport.objects.exists()
    assert frozen.missing(connection) == []


@pytest.mark.django_db(transaction=True)
def test_a_flush_by_hand_is_refused(file):
    with pytest.raises(CommandError, match="couldn't be flushed"):
        call_command("flush", interactive=False, verbosity=0)

    assert ReportFile.objects.count() == 1
