"""What the history of writes needs beyond django-simple-history's own helpers."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from accounts.models import User


def bulk_delete_with_history(rows: Sequence[Any], *, by: User) -> None:
    """Delete rows of one model, each with its line of history; two queries for any number.

    For rows to which nothing refers: nothing is looked for that would go with them.
    """
    if not rows:
        return
    model, kept = type(rows[0]), type(rows[0]).history.model
    kept.objects.bulk_create(
        kept(
            history_type="-",
            history_date=timezone.now(),
            history_user=by,
            **{field.attname: getattr(row, field.attname) for field in kept.tracked_fields},
        )
        for row in rows
    )
    found = model.objects.filter(pk__in=[row.pk for row in rows])
    # The public delete() writes each line of history on its own, by the signal.
    found._raw_delete(found.db)
