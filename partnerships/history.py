"""What the history of writes needs beyond django-simple-history's own helpers."""

from collections.abc import Iterable, Sequence
from copy import copy
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts.models import User


def write_with_history(
    model: Any,
    *,
    new: Sequence[Any] = (),
    changed: Sequence[Any] = (),
    gone: Sequence[Any] = (),
    fields: Sequence[str] = (),
    key: Sequence[str] = (),
    by: User | None,
) -> None:
    """Write what is new, changed and gone of one model, and the history of all of it together.

    One query for the history, one for what is gone, and one each for the changed and the new, or
    one for both where `key` names the fields by which a row is unique. Of the changed `fields`
    are written, in the order given: one may make room for the next, and all for the new. The
    caller sees to it that nobody else writes these rows meanwhile.

    What is gone is what nothing refers to: nothing is looked for that would go with it.
    """
    if gone:
        found = model.objects.filter(pk__in=[row.pk for row in gone])
        # The public delete() writes each line of history on its own, by the signal.
        found._raw_delete(found.db)
    tells_numbers = connection.features.can_return_rows_from_bulk_insert
    if changed and new and key and tells_numbers:
        # Written together are only rows that all have a number, or all have none.
        _replace(model, [*map(_without_number, changed), *new], fields, key)
    else:
        if changed:
            _replace(model, changed, fields, ["pk"])
        if tells_numbers:
            model.objects.bulk_create(new)
        else:  # SQLite before 3.35 tells the number of one new row at a time.
            for row in new:
                row.save_base(raw=True)
    kept = model.history.model
    kept.objects.bulk_create(
        [*_lines(kept, "-", gone, by), *_lines(kept, "~", changed, by), *_lines(kept, "+", new, by)]
    )


def bulk_delete_with_history(rows: Sequence[Any], *, by: User) -> None:
    """Delete rows of one model, each with its line of history; two queries for any number."""
    if rows:
        write_with_history(type(rows[0]), gone=rows, by=by)


def _replace(model: Any, rows: Any, fields: Sequence[str], key: Sequence[str]) -> None:
    model.objects.bulk_create(rows, update_conflicts=True, unique_fields=key, update_fields=fields)


def _without_number(row: Any) -> Any:
    alike = copy(row)
    alike.pk = None
    return alike


def _lines(kept: Any, kind: str, rows: Iterable[Any], by: User | None) -> list[Any]:
    return [
        kept(
            history_type=kind,
            history_date=timezone.now(),
            history_user=by,
            **{field.attname: getattr(row, field.attname) for field in kept.tracked_fields},
        )
        for row in rows
    ]
