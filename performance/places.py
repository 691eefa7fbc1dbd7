"""Which figures stand under a priority, and in which order."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists

from accounts.models import User
from partnerships.ordering import keep_order, moved
from partnerships.refusals import Refused
from priorities.models import Priority

from .models import Indicator, PriorityIndicator


@transaction.atomic
def place_indicator(*, indicator: Indicator, priority: Priority, by: User) -> PriorityIndicator:
    """Put an indicator under a priority, after those that are there."""
    places = _locked_places(priority)
    if any(place.indicator_id == indicator.pk for place in places):
        raise Refused(f"{indicator} is under {priority.label} already.")
    place = PriorityIndicator(priority=priority, indicator=indicator)
    place.take_partnership()
    place.save()
    keep_order([*places, place], by=by)
    return place


@transaction.atomic
def move_place(*, place: PriorityIndicator, up: bool, by: User) -> None:
    keep_order(moved(_locked_places(place.priority), place, up=up), by=by)


def places_under(priorities: Iterable[int], *, closed_at: datetime | None) -> list[Any]:
    """Which figures print under these priorities, in order, each with its indicator.

    Of a round that closed also those that were taken away since: what its leads were asked for
    stays in its report. One query, and another where there are such.
    """
    found = PriorityIndicator.objects.filter(priority__in=priorities).select_related("indicator")
    if closed_at is None:
        return list(found.order_by("order", "pk"))
    removed = PriorityIndicator.history.filter(
        priority__in=priorities, history_type="-", history_date__gte=closed_at
    )
    standing = list(found.annotate(others_were_removed=Exists(removed)))
    places: dict[tuple[int, int], Any] = {
        (place.priority_id, place.indicator_id): place for place in standing
    }
    if not standing or standing[0].others_were_removed:
        for place in removed.select_related("indicator").order_by("history_date", "history_id"):
            if place.indicator is not None:
                places.setdefault((place.priority_id, place.indicator_id), place)
    return sorted(places.values(), key=lambda place: (place.order, place.id))


def _locked_places(priority: Priority) -> list[PriorityIndicator]:
    Priority.objects.select_for_update().get(pk=priority.pk)
    return list(PriorityIndicator.objects.filter(priority=priority))
