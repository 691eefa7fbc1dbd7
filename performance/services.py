"""How readings come in: a revision supersedes, and the old value stays."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

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
    current = (
        Reading.objects.select_for_update()
        .current()
        .filter(
            indicator=indicator,
            period_starts_on=period.starts_on,
            period_ends_on=period.ends_on,
        )
        .first()
    )
    if current is not None:
        unchanged = (current.value, current.source, current.is_provisional)
        if unchanged == (value, source, is_provisional):
            return current
        current.superseded_at = now
        current.save()
    return Reading.objects.create(
        partnership_id=indicator.partnership_id,
        indicator=indicator,
        period_starts_on=period.starts_on,
        period_ends_on=period.ends_on,
        value=value,
        source=source,
        is_provisional=is_provisional,
        entered_by=by,
        entered_at=now,
    )
