"""What changed about a figure: what it is, its readings, and its earlier names."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q

from partnerships.changes import Kept, Said, Story, open_rows, quoted
from partnerships.models import Marking
from partnerships.names import Names
from partnerships.permissions import Access, Permission

from .change import format_value
from .models import Indicator, IndicatorAlias, Reading


def story_of_indicator(indicator: Indicator, access: Access) -> Story:
    """Without the grant for OFFICIAL-SENSITIVE: only what came after it was last so marked."""
    own = Indicator.history.filter(id=indicator.pk)
    readings = Reading.history.filter(indicator=indicator)
    aliases = IndicatorAlias.history.filter(indicator=indicator)
    if not access.can(Permission.READ_SENSITIVE):
        openly = open_rows(own, Q(marking=Marking.SENSITIVE))
        if openly is not None:
            own, readings, aliases = own.filter(openly), readings.filter(openly), aliases.none()
    return Story(
        access,
        [
            Kept(
                "figure",
                own,
                _OF_INDICATOR,
                unsaid=_unsaid(access),
                restorable=frozenset({"definition"}),
            ),
            Kept("reading", readings, _OF_READING, "reading", _period, own=_read),
            Kept("name", aliases, _OF_ALIAS, "earlier name", lambda row, names: quoted(row.name)),
        ],
    )


def _unsaid(access: Access) -> frozenset[str]:
    """Why it is not published is for those who can say so; its total, or the count
    it is worked out from, may be OFFICIAL-SENSITIVE."""
    unsaid = set()
    if not (access.runs_rounds or access.keeps_plan):
        unsaid.add("withheld_reason")
    if not access.can(Permission.READ_SENSITIVE):
        unsaid |= {"part_of", "worked_out_from"}
    return frozenset(unsaid)


_OF_INDICATOR: dict[str, Said] = {
    "name": "the name",
    "definition": "the definition",
    "unit": "the unit",
    "kind": "the kind",
    "polarity": "the judgement",
    "source": "the source organisation",
    "supplier": "the person who is asked for it",
    "is_headline": ("made it a headline figure", "made it a supporting figure"),
    "received_by": "who receives it",
    "small_base": "the small base",
    "national_code": "the national code",
    "part_of": "the total it is part of",
    "worked_out_from": "the count it is worked out from",
    "marking": "the marking",
    "is_withheld": ("marked it as not for publication", "marked it as for publication again"),
    "withheld_reason": "the reason why it is not for publication",
}
_OF_READING: dict[str, Said] = {
    "value": "the value",
    "source": "the source",
    "is_provisional": ("marked as provisional", "marked as final"),
    "period_starts_on": "the first day",
    "period_ends_on": "the last day",
    "reason": "the reason for the correction",
}
_OF_ALIAS: dict[str, Said] = {"name": "the words", "used_until": "the last day"}


def _period(row: Any, names: Names) -> str:
    return f"for {row.instance.period.short}"


def _read(row: Any, before: Any | None, names: Names) -> Sequence[str]:
    """What happened to a reading as a whole."""
    told = f"{format_value(row.value)} for {row.instance.period.short}"
    if row.history_type == "-":
        return [f"removed the reading {told}"]
    if before is None:
        provisional = ", provisional" if row.is_provisional else ""
        reason = f": {quoted(row.reason)}" if row.reason else ""
        return [f"entered {told} ({row.source}{provisional}){reason}"]
    if row.taken_back_reason and not before.taken_back_reason:
        return [f"took back the reading {told}: {quoted(row.taken_back_reason)}"]
    if row.superseded_at and not before.superseded_at:
        return [f"set aside the reading {told}"]
    if before.superseded_at and not row.superseded_at:
        return [f"put back the reading {told}"]
    return []
