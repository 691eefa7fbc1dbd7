"""Holding rows to write them while their round is neither closed nor issued.

Whoever writes an answer shares the row of its round with the others who write, and waits for who
closes or issues it, or is waited for. So an answer is either in what is issued or was refused.
A second query would do it too; a save has none to spare (docs/adr/0016). On SQLite, which has one
writer at a time, there is nothing to do.
"""

from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.db.models.sql import Query
from django.db.models.sql.compiler import SQLCompiler

Row = TypeVar("Row", bound=Model)


def sharing_round(rows: QuerySet[Row]) -> QuerySet[Row]:
    """Rows that are selected for update together with their round, which is held as it is."""
    found = rows.all()
    found.query = found.query.chain(_SharingRound)
    return found


class _SharingRound(Query):
    def get_compiler(
        self, using: Any = None, connection: Any = None, elide_empty: bool = True
    ) -> SQLCompiler:
        usual = super().get_compiler(using, connection, elide_empty)
        return _Compiler(self, usual.connection, usual.using, elide_empty)


class _Compiler(SQLCompiler):
    """The round first, then the rows themselves: the order in which closing holds them."""

    def as_sql(self, *args: Any, **kwargs: Any) -> Any:
        sql, params = super().as_sql(*args, **kwargs)
        select, is_locking, what = sql.rpartition(" FOR UPDATE OF ")
        if is_locking:
            sql = f'{select} FOR SHARE OF "rounds_round"{is_locking}{what}'
        return sql, params
