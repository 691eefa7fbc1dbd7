"""How readings come in: a revision supersedes, and the old value stays."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Q
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


@transaction.atomic
def take_back_readings(
    readings: Sequence[Reading], *, since: datetime, by: User | None, now: datetime
) -> None:
    """Take back readings that were given since a moment: what stood then stands again.

    Each is named by its indicator, its period and what it says. One that says something else
    by now, or stood there before, stays.
    """
    found = Reading.objects.select_for_update().filter(
        Q(superseded_at__isnull=True) | Q(entered_at__lt=since, superseded_at__gte=since),
        indicator__in={reading.indicator_id for reading in readings},
    )
    current, before = {}, {}
    for reading in found:
        stood = before if reading.superseded_at else current
        stood[reading.indicator_id, reading.period] = reading
    taken, restored = [], []
    for reading in readings:
        key = reading.indicator_id, reading.period
        given = current.get(key)
        if not given or given.entered_at < since or _said_by(given) != _said_by(reading):
            continue
        given.superseded_at = now
        taken.append(given)
        if key in before:
            before[key].superseded_at = None
            restored.append(before[key])
    for changed in (taken, restored):
        if changed:
            bulk_update_with_history(changed, Reading, ["superseded_at"], default_user=by)


def _said_by(reading: Reading) -> tuple[Decimal, str, bool]:
    return reading.value, reading.source, reading.is_provisional
