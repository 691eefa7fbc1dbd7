"""What the history of writes needs beyond django-simple-history's own helpers."""

from collections.abc import Iterable, Sequence
from copy import copy
from typing import Any

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

    Of the changed these `fields` are written, in the order given: one of them may make room for
    the next. New and changed rows take a query each, or one in all where `key` names the fields
    by which a row is unique; what is gone takes one, and the history one. The caller sees to it
    that nobody else writes these rows meanwhile.

    What is gone is what nothing refers to: nothing is looked for that would go with it.
    """
    if gone:
        found = model.objects.filter(pk__in=[row.pk for row in gone])
        # The public delete() writes each line of history on its own, by the signal.
        found._raw_delete(found.db)
    if changed:
        # Only rows of one kind, all with a number or all without, are written in one query.
        replaced = [_without_number(row) for row in changed] if key else changed
        model.objects.bulk_create(
            [*replaced, *new],
            update_conflicts=True,
            unique_fields=key or ["pk"],
            update_fields=fields,
        )
    elif new:
        model.objects.bulk_create(new)
    kept = model.history.model
    kept.objects.bulk_create(
        [*_lines(kept, "-", gone, by), *_lines(kept, "~", changed, by), *_lines(kept, "+", new, by)]
    )


def bulk_delete_with_history(rows: Sequence[Any], *, by: User) -> None:
    """Delete rows of one model, each with its line of history; two queries for any number."""
    if rows:
        write_with_history(type(rows[0]), gone=rows, by=by)


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
