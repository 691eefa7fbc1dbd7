"""One who was linked twice as going on to lead the same thing; run by the migrations of leads."""

from collections import defaultdict
from typing import Any

from django.utils import timezone


def join_twice_linked(lead: Any, history: Any, led: str) -> None:
    """Keep one lead of an organisation where several go on for the same thing.

    It is no mere deputy where one of them was none, and begins with the earliest of them.
    """
    going_on = defaultdict(list)
    rows = lead.objects.filter(ends_on=None, organisation__isnull=False)
    for row in rows.order_by("is_deputy", "pk"):
        going_on[getattr(row, led), row.organisation_id].append(row)
    for kept, *others in going_on.values():
        days = [row.starts_on for row in (kept, *others)]
        for row in others:
            _keep(history, row, "-")
            row.delete()
        if others:
            kept.starts_on = min(days) if all(days) else None
            kept.save()
            _keep(history, kept, "~")


def _keep(history: Any, row: Any, kind: str) -> None:
    facts = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    history.objects.create(
        **facts,
        history_date=timezone.now(),
        history_type=kind,
        history_change_reason="Linked twice",
    )
