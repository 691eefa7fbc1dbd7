"""One who leads something leaves, and another goes on leading it: nothing has two, or none."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from partnerships.history import write_with_history
from partnerships.models import Membership
from partnerships.quarters import ONE_DAY

from .models import Lead

Given = tuple[Lead, Membership | None]
"""A lead, and who goes on; None where those who are left lead it, or the coordinator is asked."""


@transaction.atomic
def hand_on(*, model: type[Lead], given: Sequence[Given], last_day: date, by: User) -> None:
    """End leads on their last day, and let others begin on the next, for as long.

    One that was to begin later begins then, with the other. As many queries for many leads as for
    one.
    """
    handing = _Handing(model, last_day, _own_leads(model, given, last_day))
    for lead, to in given:
        handing.hand_on(lead, to)
    handing.save(by)


def _own_leads(
    model: type[Lead], given: Sequence[Given], last_day: date
) -> dict[tuple[int, int], list[Lead]]:
    """What those who go on lead after that day themselves, by thing and person; one query.

    Deputies first: one who becomes lead is no deputy any more before the lead is counted.
    """
    led = f"{model.owner}_id"
    found: dict[tuple[int, int], list[Lead]] = defaultdict(list)
    heirs = {to.pk for _, to in given if to is not None}
    if heirs:
        later = Q(ends_on__isnull=True) | Q(ends_on__gt=last_day)
        things = {f"{led}__in": {getattr(lead, led) for lead, _ in given}}
        for own in model.objects.filter(later, membership__in=heirs, **things).order_by(
            "-is_deputy", "pk"
        ):
            found[getattr(own, led), own.membership_id].append(own)
    return found


@dataclass
class _Handing:
    """What becomes of the leads of one kind, gathered to be saved at once."""

    model: type[Lead]
    last_day: date
    own: dict[tuple[int, int], list[Lead]]
    changed: list[Lead] = field(default_factory=list)
    gone: list[Lead] = field(default_factory=list)
    new: list[Lead] = field(default_factory=list)

    def hand_on(self, lead: Lead, to: Membership | None) -> None:
        begins, until = self.last_day + ONE_DAY, lead.ends_on
        if lead.starts_on is not None and lead.starts_on > self.last_day:
            begins = lead.starts_on
            self.gone.append(lead)
        else:
            lead.ends_on = self.last_day
            self.changed.append(lead)
        if to is None:
            return
        led = f"{lead.owner}_id"
        own = self.own[getattr(lead, led), to.pk]
        if self._goes_on_already(lead, own, begins, until):
            return
        goes_on = self.model(
            **{led: getattr(lead, led)},
            partnership_id=lead.partnership_id,
            membership=to,
            is_deputy=lead.is_deputy,
            starts_on=begins,
            ends_on=until,
        )
        self.new.append(goes_on)
        own.append(goes_on)

    def _goes_on_already(
        self, lead: Lead, own: list[Lead], begins: date, until: date | None
    ) -> bool:
        """Whether that person leads the same thing as much and as long, perhaps after this.

        A deputy who becomes lead is deputy until then.
        """
        for row in [each for each in own if each.ends_on is None or each.ends_on >= begins]:
            if row.is_deputy and not lead.is_deputy:
                if row.starts_on is not None and row.starts_on >= begins:
                    own.remove(row)
                    self._take_away(row)
                else:
                    row.ends_on = begins - ONE_DAY
                    self._change(row)
                continue
            row.starts_on = min(row.starts_on, begins) if row.starts_on else None
            row.ends_on = max(row.ends_on, until) if row.ends_on and until else None
            self._change(row)
            return True
        return False

    def _take_away(self, row: Lead) -> None:
        if row.pk is None:
            self.new.remove(row)
            return
        self.gone.append(row)
        self.changed = [each for each in self.changed if each is not row]

    def _change(self, row: Lead) -> None:
        if row.pk is not None and row not in self.changed:
            self.changed.append(row)

    def save(self, by: User) -> None:
        """What ends makes room for what has no end: nobody leads the same twice at a time."""
        write_with_history(
            self.model,
            new=self.new,
            changed=sorted(self.changed, key=lambda row: row.ends_on is None),
            gone=self.gone,
            fields=["starts_on", "ends_on"],
            by=by,
        )
