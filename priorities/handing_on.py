"""One who leads something leaves, and another goes on leading it: nothing has two, or none."""

from datetime import date

from django.db import transaction
from django.db.models import Q

from partnerships.models import Membership
from partnerships.quarters import ONE_DAY

from .models import Lead


@transaction.atomic
def hand_on(*, lead: Lead, to: Membership | None, last_day: date) -> None:
    """End a lead on its last day, and let somebody else begin on the next, for as long.

    With nobody to go on, those who are left lead it, or the coordinator is asked instead.
    """
    begins, until = last_day + ONE_DAY, lead.ends_on
    if lead.starts_on is not None and lead.starts_on > last_day:
        begins = lead.starts_on
        lead.delete()
    else:
        lead.ends_on = last_day
        lead.save()
    if to is None:
        return
    if not _goes_on_already(lead, to, begins, until):
        type(lead).objects.create(
            partnership_id=lead.partnership_id,
            **_led(lead),
            membership=to,
            is_deputy=lead.is_deputy,
            starts_on=begins,
            ends_on=until,
        )


def _led(lead: Lead) -> dict[str, int]:
    name = f"{lead.owner}_id"
    return {name: getattr(lead, name)}


def _goes_on_already(lead: Lead, to: Membership, begins: date, until: date | None) -> bool:
    """Whether that person leads the same thing as much and as long, perhaps after this.

    A deputy who becomes lead is deputy until then.
    """
    later = Q(ends_on__isnull=True) | Q(ends_on__gte=begins)
    for own in type(lead).objects.filter(later, **_led(lead), membership=to).order_by("pk"):
        if own.is_deputy and not lead.is_deputy:
            if own.starts_on is not None and own.starts_on >= begins:
                own.delete()
            else:
                own.ends_on = begins - ONE_DAY
                own.save()
            continue
        own.starts_on = min(own.starts_on, begins) if own.starts_on else None
        own.ends_on = max(own.ends_on, until) if own.ends_on and until else None
        own.save()
        return True
    return False
