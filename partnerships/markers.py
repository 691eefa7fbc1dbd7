"""A short mark of facts as they stand, by which a form learns that somebody changed them since."""

from collections.abc import Iterable
from hashlib import sha256
from itertools import pairwise
from typing import Any


def marker_of(*facts: object) -> str:
    """The same for the same facts; a form carries it, and what it finds later is compared."""
    return sha256(repr(facts).encode()).hexdigest()[:16]


def marker_of_fields(row: object, names: Iterable[str]) -> str:
    """The mark of some fields of a row; a field is named as it is stored ("priority_id")."""
    return marker_of(*(getattr(row, name) for name in names))


def changed_meanwhile(row: Any, names: Iterable[str], reader: Any) -> str:
    """Who has changed these fields of a row last, as its reader is told; from its history."""
    names = list(names)
    kept = row.history.order_by("-history_date", "-history_id").values(*names, "history_user")
    latest = None
    for latest, before in pairwise([*kept, {}]):
        if any(latest[name] != before.get(name) for name in names):
            break
    if latest is not None and latest["history_user"] == reader.pk:
        return "You changed this in another window"
    return "Someone else changed this while you were writing"
