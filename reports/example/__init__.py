"""The example that `manage.py load_example` puts into a portal for trying it out.

Facts and texts are in fixtures/example, a folder for each partnership; the modules here make
rows of them, the rounds by the same services that the pages call. A partnership that is there
already is left as people have made it; only the dates of its open round move on, so that there
is always something to answer.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from mail.models import Message
from partnerships.models import Partnership

from .files import read
from .partnership import make_partnership, make_site_administrators
from .plan import make_plan
from .rounds import keep_open, make_round

PARTNERSHIPS = ("swale", "example-vale")
QUARTERS = ("quarter-2", "quarter-3", "quarter-4")


@transaction.atomic
def load_example(*, now: datetime) -> list[Partnership]:
    """Make the example partnerships that are missing and return them."""
    made = []
    for folder in PARTNERSHIPS:
        facts = read(folder, "partnership")
        quarters = [quarter for name in QUARTERS if (quarter := read(folder, name))]
        slug = facts["partnership"]["slug"]
        if Partnership.objects.filter(slug=slug).exists():
            keep_open(slug, quarters, now=now)
        else:
            made.append(_make(facts, read(folder, "plan"), quarters, now=now))
    if made:
        make_site_administrators()
        _tell_nobody()
    return made


def _tell_nobody() -> None:
    """What was told of rounds in the past was sent in the past."""
    Message.objects.waiting().filter(sender__in=PARTNERSHIPS).update(
        state=Message.State.SENT, ended_at=F("made_at")
    )


def _make(facts: dict, of_plan: dict, quarters: list[dict], *, now: datetime) -> Partnership:
    partnership = make_partnership(facts, made_at=of_plan["made_at"])
    plan = make_plan(partnership, of_plan)
    for quarter in quarters:
        make_round(plan, quarter, planned_at=of_plan["made_at"], now=now)
    return partnership
