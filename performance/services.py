"""How readings come in: a revision supersedes, and the old value stays."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from accounts.models import User
from partnerships.markers import marker_of
from partnerships.quarters import Period
from partnerships.refusals import ChangedSince, Refused

from .models import Indicator, Reading


class ReadingStands(Refused):
    """There is a reading for the period: it is corrected, with a reason, and not entered again."""

    def __init__(self, reading: Reading):
        super().__init__(f"There is a reading for {reading.period.long} already.")
        self.reading = reading


@transaction.atomic
def enter_reading(*, reading: Reading, by: User, now: datetime) -> Reading:
    """Enter the first reading of a period."""
    _refuse_nonsense(reading, now)
    _hold(reading.indicator)
    standing = readings_of_periods(reading.indicator, [reading.period])
    if standing:
        raise ReadingStands(standing[reading.period])
    [current] = _record([reading], [], by=by, now=now)
    return current


@transaction.atomic
def correct_reading(
    *,
    reading: Reading,
    value: Decimal,
    source: str,
    is_provisional: bool,
    reason: str,
    by: User,
    now: datetime,
) -> Reading:
    """Give another value, source or standing for the period of a reading, and say why."""
    _hold(reading.indicator)
    _refuse_superseded(reading)
    corrected = Reading(
        partnership_id=reading.partnership_id,
        indicator=reading.indicator,
        period_starts_on=reading.period_starts_on,
        period_ends_on=reading.period_ends_on,
        value=value,
        source=source,
        is_provisional=is_provisional,
        reason=reason,
    )
    _refuse_nonsense(corrected, now)
    [current] = _record([corrected], [reading], by=by, now=now)
    return current


@transaction.atomic
def take_back_reading(*, reading: Reading, reason: str, by: User, now: datetime) -> None:
    """Leave a period without a reading; what was entered stays to be seen, with the reason."""
    _hold(reading.indicator)
    _refuse_superseded(reading)
    reading.superseded_at = now
    reading.taken_back_reason, reading.taken_back_by = reason, by
    reading.save(update_fields=["superseded_at", "taken_back_reason", "taken_back_by"])


@transaction.atomic
def enter_readings(
    *,
    indicator: Indicator,
    periods: Sequence[Period],
    readings: Sequence[Reading],
    marker: str,
    by: User,
    now: datetime,
) -> None:
    """Enter or correct the readings of some periods together.

    `marker` tells how the readings of these periods stood when the person began.
    """
    _hold(indicator)
    standing = readings_of_periods(indicator, periods)
    if marker_of_readings(standing.values()) != marker:
        raise ChangedSince(indicator)
    for reading in readings:
        _refuse_nonsense(reading, now)
    _record(readings, standing.values(), by=by, now=now)


def readings_of_periods(indicator: Indicator, periods: Sequence[Period]) -> dict[Period, Reading]:
    """The current readings of some periods; one query."""
    found = indicator.readings.current().within(
        min(period.starts_on for period in periods), max(period.ends_on for period in periods)
    )
    return {reading.period: reading for reading in found if reading.period in periods}


def marker_of_readings(readings: Iterable[Reading]) -> str:
    """Tells which readings stand from any others: none is ever changed, only superseded."""
    return marker_of(sorted(reading.pk for reading in readings))


def _hold(indicator: Indicator) -> None:
    Indicator.objects.select_for_update().get(pk=indicator.pk)


def _refuse_superseded(reading: Reading) -> None:
    """Refuse to change what is no longer current; by its number it is found as it stands now."""
    reading.refresh_from_db(fields=["superseded_at"])
    if reading.superseded_at is not None:
        raise ChangedSince(reading)


def _refuse_nonsense(reading: Reading, now: datetime) -> None:
    if reading.period_ends_on >= timezone.localdate(now):
        raise Refused(f"{reading.period.long} is not over yet.")
    if reading.indicator.is_summed and reading.value % 1:
        raise Refused("A count has no fractions.")


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
    earlier = found.filter(indicator__in={reading.indicator_id for reading in readings})
    return _record(readings, earlier, by=by, now=now)


def _record(
    readings: Sequence[Reading], earlier: Iterable[Reading], *, by: User | None, now: datetime
) -> list[Reading]:
    standing = {(reading.indicator_id, reading.period): reading for reading in earlier}
    current, new, superseded = [], [], []
    for reading in readings:
        before = standing.get((reading.indicator_id, reading.period))
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
        taken_back_reason="",
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
