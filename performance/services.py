"""How readings come in: a revision supersedes, and the old value stays."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from accounts.models import User
from partnerships.quarters import Period

from .models import Indicator, Reading


@transaction.atomic
def record_reading(
    *,
    indicator: Indicator,
    period: Period,
    value: Decimal,
    source: str,
    is_provisional: bool,
    by: User | None,
    now: datetime,
) -> Reading:
    """Record a reading for a period; an earlier, different one for it is superseded."""
    reading = Reading(
        partnership_id=indicator.partnership_id,
        indicator=indicator,
        period_starts_on=period.starts_on,
        period_ends_on=period.ends_on,
        value=value,
        source=source,
        is_provisional=is_provisional,
    )
    [current] = record_readings([reading], by=by, now=now)
    return current


@transaction.atomic
def record_readings(
    readings: Sequence[Reading], *, by: User | None, now: datetime
) -> list[Reading]:
    """Record readings not saved yet, each of another indicator or period, in a few queries.

    An earlier, different one for the same period is superseded; where it is the same it stays.
    Returns the one that is current now for each, in order.
    """
    found = Reading.objects.select_for_update().current()
    earlier = {
        (reading.indicator_id, reading.period): reading
        for reading in found.filter(indicator__in={reading.indicator_id for reading in readings})
    }
    current, new, superseded = [], [], []
    for reading in readings:
        before = earlier.get((reading.indicator_id, reading.period))
        if before and _said_by(before) == _said_by(reading):
            current.append(before)
            continue
        if before:
            before.superseded_at = now
            superseded.append(before)
        reading.entered_at, reading.entered_by = now, by
        new.append(reading)
        current.append(reading)
    if superseded:
        bulk_update_with_history(superseded, Reading, ["superseded_at"], default_user=by)
    if new:
        bulk_create_with_history(new, Reading, default_user=by)
    return current


def _said_by(reading: Reading) -> tuple[Decimal, str, bool]:
    return reading.value, reading.source, reading.is_provisional
