"""Which figures stand under a priority, and in which order."""

from django.db import transaction

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


def _locked_places(priority: Priority) -> list[PriorityIndicator]:
    Priority.objects.select_for_update().get(pk=priority.pk)
    return list(PriorityIndicator.objects.filter(priority=priority))
