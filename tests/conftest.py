"""What every test stands on, and what a run says about the tests it could not run."""

import gc
import os
from copy import deepcopy
from io import StringIO
from pathlib import Path

import hypothesis
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models.sql.compiler import SQLCompiler
from django.test import TransactionTestCase

from tests.browser.chromium import find_chromium
from tests.thawing import empty_tables

# A slow machine is no fault of what is tested: how quick it is, `make bench` measures.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")

# Python looks through all of Django again and again for what nobody needs any more.
gc.set_threshold(100_000, 50, 50)

BROWSER_TESTS = Path(__file__).parent / "browser"
NO_CHROMIUM = "no Chromium found; install it or name it in CHROMIUM"


def is_postgresql():
    return settings.DATABASES["default"]["ENGINE"].endswith("postgresql")


def pytest_configure(config):
    """Refuse a run that cannot do what was asked of it."""
    if os.environ.get("CSP_REQUIRE_BROWSER") == "1" and not find_chromium():
        raise pytest.UsageError(f"CSP_REQUIRE_BROWSER=1, but {NO_CHROMIUM}")
    if os.environ.get("CSP_REQUIRE_POSTGRESQL") == "1" and not is_postgresql():
        raise pytest.UsageError(
            "CSP_REQUIRE_POSTGRESQL=1, but the database is not PostgreSQL; "
            "name one in DATABASE_URL=postgres://…"
        )


def pytest_collection_modifyitems(items):
    """Tests in tests/browser need a browser, and are skipped where there is none."""
    without_browser = not find_chromium()
    for item in items:
        if item.path.is_relative_to(BROWSER_TESTS):
            item.add_marker("browser")
            if without_browser:
                item.add_marker(pytest.mark.skip(reason=NO_CHROMIUM))


def pytest_terminal_summary(terminalreporter):
    """Say loudly what a green run has not shown."""
    without_browser = [
        report
        for report in terminalreporter.stats.get("skipped", [])
        if NO_CHROMIUM in str(report.longrepr)
    ]
    if without_browser:
        terminalreporter.write_line(
            f"NOT RUN: the browser tests ({NO_CHROMIUM}): {len(without_browser)} skipped",
            red=True,
            bold=True,
        )
    # CSP_REQUIRE_POSTGRESQL=0 says that the run on PostgreSQL is another one.
    if not is_postgresql() and "CSP_REQUIRE_POSTGRESQL" not in os.environ:
        terminalreporter.write_line(
            "NOT RUN: the suite on PostgreSQL; DATABASE_URL=postgres://… make test runs it",
            yellow=True,
            bold=True,
        )


@pytest.fixture(scope="session", autouse=True)
def less_to_collect():
    """What is here before the first test stays to the last."""
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def quick_passwords():
    """Passwords of people who do not exist need not be slow to guess."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix, tmp_path_factory):
    """SQLite in a file, as in real use, so that each thread of the test server has its own
    connection; one kept in memory would be shared by all, inside one another's transactions.
    """
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        database.setdefault("TEST", {})
        database["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Django asks SQLite once whether it knows JSON; no page has this counted to its queries."""
    with django_db_blocker.unblock():
        assert connection.features.supports_json_field


@pytest.fixture(scope="session", autouse=True)
def only_filled_tables_are_emptied():
    """A test that commits has its rows deleted after it, those of issued reports too.

    Django empties every table there is and fills some of them again, which takes longer than
    most of these tests.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda test: empty_tables())
        yield


@pytest.fixture(scope="session", autouse=True)
def counted_rows_say_their_order():
    """Django leaves a model's ordering out of a query that counts by group, without a word:
    SQLite happens to keep it, PostgreSQL does not.
    """
    as_sql = SQLCompiler.as_sql

    def with_order(compiler, *args, **kwargs):
        sql = as_sql(compiler, *args, **kwargs)
        left_out = compiler._meta_ordering and compiler.query.group_by
        if left_out and not compiler.query.subquery:
            model = compiler.query.model.__name__
            raise AssertionError(f"Rows of {model} are counted by group: say .order_by() too")
        return sql

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SQLCompiler, "as_sql", with_order)
        yield


@pytest.fixture(scope="module")
def kept(django_db_setup, django_db_blocker):
    """What a module's fixtures make on this is made once for all its tests, and undone after them.

    What one test changes is undone after it. Tests that commit (transaction=True) cannot share it.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def scene(made, db):
    """A test's own copy of the scene that its module has made on what is `kept`."""
    return deepcopy(made)


@pytest.fixture(scope="module")
def example(kept):
    """The example, loaded once for all tests of a module."""
    call_command("load_example", "--this-is-not-production", stdout=StringIO())
