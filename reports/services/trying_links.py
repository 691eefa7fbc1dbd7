"""Trying links: whether the websites that a report's texts lead to answer, asked on a click."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

from django.conf import settings
from django.core.cache import cache
from django.db import transaction

from partnerships.models import Partnership
from partnerships.permissions import Access, Permission
from partnerships.refusals import Refused
from rounds.models import Round

from ..models import TriedLink
from ..reaching import ALTOGETHER, Found, Outcome, try_all
from ..remarks.collected import look_through

MOST = 50
"""So many addresses are tried at a click: those first that never were, or the longest ago."""
OFF = "This portal does not try links."


def try_links(*, round: Round, by: Access, now: datetime) -> Counter[Outcome]:
    """Try the links of a round's report and keep what came of each; return how many came to what.

    It takes seconds, in which no transaction is open. Two never run at once for a partnership.
    """
    by.require(Permission.RUN_ROUNDS)
    if not settings.LINKS_ARE_TRIED:
        raise Refused(OFF)
    key = f"trying_links:{round.partnership_id}"
    # Whoever dies over it leaves the key, which then runs out.
    if not cache.add(key, True, timeout=2 * ALTOGETHER):
        raise Refused("Links are being tried just now. Look again in half a minute.")
    try:
        found = try_all(_in_turn(round, by, now), also=settings.LINKS_MAY_REACH)
        _keep(round.partnership, found, now)
    finally:
        cache.delete(key)
    return Counter(each.outcome for each in found.values())


def _in_turn(round: Round, by: Access, now: datetime) -> list[str]:
    looked = look_through(round, today=by.today, keeps_settings=False)
    addresses = [link.address for link in looked.web_links]
    tried = tried_lately(round.partnership, now)
    never = [address for address in addresses if address not in tried]
    again = [address for address in addresses if address in tried]
    return [*never, *sorted(again, key=lambda address: tried[address].tried_at)][:MOST]


def tried_lately(partnership: Partnership, now: datetime) -> dict[str, TriedLink]:
    """What is known of the links of a partnership, by their addresses; one query."""
    known = TriedLink.objects.of(partnership).lately(now)  # type: ignore[no-untyped-call]
    return {link.address: link for link in known}


@transaction.atomic
def _keep(partnership: Partnership, found: Mapping[str, Found], now: datetime) -> None:
    """The last time alone; and what is too old, of whatever partnership, is forgotten."""
    tried = [
        TriedLink(
            partnership=partnership,
            address=address,
            address_hash=sha256(address.encode()).hexdigest(),
            outcome=each.outcome,
            status=each.status,
            led_to=each.led_to,
            tried_at=now,
        )
        for address, each in found.items()
    ]
    hashes = [link.address_hash for link in tried]
    TriedLink.objects.filter(partnership=partnership, address_hash__in=hashes).delete()
    TriedLink.objects.filter(tried_at__lte=now - TriedLink.KEPT).delete()
    TriedLink.objects.bulk_create(tried)
