"""Issued reports set free for a moment, to go between tests; no code of the portal can do it."""

from contextlib import contextmanager, suppress

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, connection, transaction

from reports.frozen import TABLES
from reports.models import IssuedReport

FILLED_BY_MIGRATE = {ContentType._meta.db_table, Permission._meta.db_table}


@contextmanager
def thawed():
    """No trigger keeps what was issued within this; where nothing was, nothing is done."""
    if not IssuedReport.objects.exists():
        yield
        return
    if connection.vendor == "postgresql":
        _alter_tables("DISABLE TRIGGER USER")
        try:
            yield
        finally:
            _alter_tables("ENABLE TRIGGER USER")
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        found = cursor.fetchall()
    _run(f"DROP TRIGGER {name}" for name, _ in found)
    try:
        yield
    finally:
        _run(sql for _, sql in found)


def empty_tables():
    """Delete every row that a test has committed, those of issued reports too.

    A page of a browser may be keeping a draft while it is closed: then what is there now is
    looked for once more.
    """
    for _ in range(5):
        with suppress(IntegrityError):
            return _empty_tables()
    return _empty_tables()


def _empty_tables():
    tables = set(connection.introspection.django_table_names(only_existing=True))
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join(
                f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {table})"  # noqa: S608
                for table in tables - FILLED_BY_MIGRATE
            )
        )
        filled = [table for (table,) in cursor.fetchall()]
    # In any order: what a row refers to is only looked for when all of them are gone.
    with thawed(), transaction.atomic():
        _run(f"DELETE FROM {table}" for table in filled)  # noqa: S608


def _alter_tables(what):
    connection.check_constraints()  # which are still to be looked at, and would be in the way
    _run(f"ALTER TABLE {table} {what}" for table in TABLES)


def _run(statements):
    with connection.cursor() as cursor:
        for sql in statements:
            cursor.execute(sql)
