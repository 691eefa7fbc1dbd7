"""The migrations, run from nothing, make the tables that the models ask for.

All other tests stand on tables made from the models, which takes a tenth of the time.
"""

import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.utils import ConnectionHandler

from cspportal.settings import BASE_DIR
from reports import frozen


@contextmanager
def empty_database(folder):
    """A database of the same kind with nothing in it: its address, and what connects to it."""
    database = settings.DATABASES["default"]
    if connection.vendor == "sqlite":
        name = str(folder / "migrated.sqlite3")
        yield f"sqlite:///{name}", database | {"NAME": name}
        return
    name = f"{connection.settings_dict['NAME']}_migrated"
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")
        cursor.execute(f"CREATE DATABASE {name}")
    where = "{USER}:{PASSWORD}@{HOST}:{PORT}".format(**database)
    yield f"postgres://{where}/{name}", database | {"NAME": name}
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name}")


@pytest.fixture
def migrated(tmp_path, db):
    with empty_database(tmp_path) as (address, database):
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
            env=os.environ | {"DATABASE_URL": address},
            cwd=BASE_DIR,
            check=True,
        )
        other = ConnectionHandler({"default": database})["default"]
        yield other
        other.close()


def tables_of(connection):
    """Each table of ours with its columns and rules, without the names that Django makes up."""
    introspection = connection.introspection
    own = {each.label for each in apps.get_app_configs() if Path(each.path).parent == BASE_DIR}
    found = {}
    with connection.cursor() as cursor:
        for table in introspection.table_names(cursor):
            if table.split("_")[0] not in own:
                continue
            columns = introspection.get_table_description(cursor, table)
            constraints = introspection.get_constraints(cursor, table).items()
            found[table] = {
                "columns": sorted((c.name, str(c.type_code), c.null_ok) for c in columns),
                "rules": sorted(_rule(table, name, each) for name, each in constraints),
            }
    return found


def _rule(table, name, found):
    """The table's own rules by name; those that Django names by a hash, by what they say."""
    columns = ",".join(column or "an expression" for column in found["columns"] or ())
    made_up = name.startswith((table, "__", "fk_", "sqlite_")) or "_fk_" in name or "_uniq" in name
    said = "" if made_up else name
    marks = [mark for mark in ("primary_key", "unique", "index", "check") if found[mark]]
    return f"{columns} {'+'.join(marks)} → {found['foreign_key']} {said}"


def test_the_migrations_make_what_the_models_say(migrated):
    by_migrations, by_models = tables_of(migrated), tables_of(connection)

    assert by_migrations.keys() == by_models.keys()
    assert "rounds_answer" in by_models
    for table, said in by_models.items():
        assert by_migrations[table] == said, table
    assert frozen.missing(migrated) == []
