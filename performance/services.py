"""How readings come in: a revision supersedes, and the old value stays."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from partnerships.history import write_with_history
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
    [current] = revise_readings(given=[reading], by=by, now=now)
    return current


def held_readings(indicators: Iterable[int], *, since: datetime | None = None) -> list[Reading]:
    """The current readings of these, held, and what stood at a moment and has been superseded."""
    found = Q(superseded_at__isnull=True)
    if since:
        found |= Q(entered_at__lt=since, superseded_at__gte=since, taken_back_reason="")
    held = Reading.objects.select_for_update().filter(found, indicator__in=set(indicators))
    return list(held)


@transaction.atomic
def revise_readings(
    *,
    given: Sequence[Reading] = (),
    taken_back: Sequence[Reading] = (),
    since: datetime | None = None,
    held: Iterable[Reading] | None = None,
    by: User | None,
    now: datetime,
) -> list[Reading]:
    """Record readings not saved yet, and take back others, each of another indicator or period.

    An earlier, different one for a given period is superseded; where it is the same it stays.
    Taken back is what was recorded since a moment, and what stood then stands again; named by its
    indicator, its period and what it says, one that says something else by now, or stood there
    before, stays. `held` are the held readings of all these, where the caller has read them.

    Returns the one that is current now for each given, in order; in a few queries for all.
    """
    if held is None:
        held = held_readings([each.indicator_id for each in (*given, *taken_back)], since=since)
    current, before = {}, {}
    for reading in held:
        stood = before if reading.superseded_at else current
        stood[reading.indicator_id, reading.period] = reading
    taken, restored = [], []
    for reading in taken_back:
        key = reading.indicator_id, reading.period
        stands = current.get(key)
        if not stands or _said_by(stands) != _said_by(reading):
            continue
        if since is None or stands.entered_at < since:
            continue
        stands.superseded_at = now
        taken.append(stands)
        if key in before:
            before[key].superseded_at = None
            restored.append(before[key])
    return _record(given, current.values(), changed=[*taken, *restored], by=by, now=now)


def _record(
    readings: Sequence[Reading],
    earlier: Iterable[Reading],
    *,
    changed: Sequence[Reading] = (),
    by: User | None,
    now: datetime,
) -> list[Reading]:
    """Write new readings in place of earlier ones, and with them others that have changed."""
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
    # What is superseded makes room for what stands again or comes in.
    write_with_history(
        Reading, new=new, changed=[*superseded, *changed], fields=["superseded_at"], by=by
    )
    return current


def _said_by(reading: Reading) -> tuple[Decimal, str, bool]:
    return reading.value, reading.source, reading.is_provisional
