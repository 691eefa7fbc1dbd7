"""The database itself keeps issued reports as they are: it refuses every change and deletion.

One route is left open: the bytes of a file may be emptied, and nothing else of it touched, while
a Destruction of its report is on record. Migration 0002 puts the triggers in place, and so does
the end of every later `migrate`; the system check looks for them. A migration that remakes one of
these tables loses its triggers on SQLite without a word, so these tables are never altered: new
columns go to a sibling table.
"""

from collections.abc import Iterator, Mapping

TABLES: Mapping[str, tuple[str, ...]] = {
    "reports_issuedreport": ("round_id", "version"),
    "reports_reportfile": ("report_id", "edition", "format"),
    "reports_release": ("report_id",),
    "reports_withdrawal": ("report_id",),
    "reports_destruction": ("report_id",),
}
"""Every frozen table, with what is unique in it beside its key."""

FILES = "reports_reportfile"
KEPT = ("id", "partnership_id", "report_id", "edition", "format", "name", "sha256", "size")
"""What of a file stays when its bytes are destroyed."""

REFUSAL = "is frozen: what was issued is never changed or deleted"


def triggers(vendor: str) -> dict[tuple[str, str], str]:
    """Each trigger's table and name, and the SQL that makes it."""
    make = {"sqlite": _sqlite, "postgresql": _postgresql}[vendor]
    return {(table, name): sql for table in TABLES for name, sql in make(table)}


def freeze(connection) -> None:
    """Put every trigger in place, whatever is there already."""
    thaw(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_POSTGRESQL_REFUSE)
            cursor.execute(_POSTGRESQL_REFUSE_EMPTYING)
        for sql in triggers(connection.vendor).values():
            cursor.execute(sql)


def thaw(connection) -> None:
    """Take every trigger away: for undoing the migration, and before another one alters a table."""
    with connection.cursor() as cursor:
        for table, name in triggers(connection.vendor):
            on_table = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on_table}")
        if connection.vendor == "postgresql":
            cursor.execute("DROP FUNCTION IF EXISTS reports_refuse()")
            cursor.execute("DROP FUNCTION IF EXISTS reports_refuse_emptying()")


def has_tables(connection) -> bool:
    """Whether there is anything to freeze yet."""
    return set(TABLES) <= set(connection.introspection.table_names())


def missing(connection) -> list[tuple[str, str]]:
    """The triggers that should be there and are not, or do something else, or are switched off."""
    there = _there(connection)
    return [
        place
        for place, sql in triggers(connection.vendor).items()
        if _plain(there.get(place, "")) != _plain(sql)
    ]


def _there(connection) -> dict[tuple[str, str], str]:
    """Each trigger that works, with its SQL as the database has it."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute(
                "SELECT c.relname, t.tgname, pg_get_triggerdef(t.oid) FROM pg_trigger t"
                " JOIN pg_class c ON c.oid = t.tgrelid"
                " WHERE t.tgenabled IN ('O', 'A') AND NOT t.tgisinternal"
                " AND pg_table_is_visible(c.oid)"
            )
        return {(table, name): sql for table, name, sql in cursor.fetchall()}


def _plain(sql: str) -> str:
    """Without what a database writes in its own way."""
    return " ".join(sql.replace("public.", "").replace('"', "").split()).lower()


# SQLite ---------------------------------------------------------------------------------------


def _sqlite(table: str) -> Iterator[tuple[str, str]]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} {REFUSAL}'); END"
    allowed = f"WHEN NOT ({_emptied_in_sqlite()}) " if table == FILES else ""
    name = f"{table}_no_update"
    yield name, f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} {allowed}{refuse}"
    name = f"{table}_no_delete"
    yield name, f"CREATE TRIGGER {name} BEFORE DELETE ON {table} {refuse}"
    # INSERT OR REPLACE would delete the row that is in its way, and fire no DELETE trigger.
    same = " AND ".join(f"{column} = NEW.{column}" for column in TABLES[table])
    there = f"EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id OR ({same}))"  # noqa: S608
    name = f"{table}_no_replace"
    yield name, f"CREATE TRIGGER {name} BEFORE INSERT ON {table} WHEN {there} {refuse}"


def _emptied_in_sqlite() -> str:
    same = " AND ".join(f"NEW.{column} IS OLD.{column}" for column in KEPT)
    return f"length(NEW.content) = 0 AND {same} AND {_DESTROYED}"


_DESTROYED = "EXISTS (SELECT 1 FROM reports_destruction d WHERE d.report_id = OLD.report_id)"


# PostgreSQL -----------------------------------------------------------------------------------


def _postgresql(table: str) -> Iterator[tuple[str, str]]:
    on_update = "reports_refuse_emptying" if table == FILES else "reports_refuse"
    name = f"{table}_no_update"
    yield (
        name,
        f"CREATE TRIGGER {name} BEFORE UPDATE ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION {on_update}()",
    )
    name = f"{table}_no_delete"
    yield (
        name,
        f"CREATE TRIGGER {name} BEFORE DELETE ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION reports_refuse()",
    )
    name = f"{table}_no_truncate"
    yield (
        name,
        f"CREATE TRIGGER {name} BEFORE TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION reports_refuse()",
    )


_REFUSE = (
    f"RAISE EXCEPTION '% {REFUSAL}', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'"
)

# Emptying a table that is empty changes nothing; a row that is gone for good would.
_POSTGRESQL_REFUSE = f"""
CREATE FUNCTION reports_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  found boolean := true;
BEGIN
  IF TG_OP = 'TRUNCATE' THEN
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I)', TG_TABLE_NAME) INTO found;
  END IF;
  IF found THEN
    {_REFUSE};
  END IF;
  RETURN NULL;
END $$
"""  # noqa: S608

_POSTGRESQL_REFUSE_EMPTYING = f"""
CREATE FUNCTION reports_refuse_emptying() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF length(NEW.content) = 0
    AND {" AND ".join(f"NEW.{column} IS NOT DISTINCT FROM OLD.{column}" for column in KEPT)}
    AND {_DESTROYED}
  THEN
    RETURN NEW;
  END IF;
  {_REFUSE};
END $$
"""
