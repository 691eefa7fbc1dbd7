"""A short mark of facts as they stand, by which a form learns that somebody changed them since."""

from collections.abc import Iterable
from hashlib import sha256


def marker_of(*facts: object) -> str:
    """The same for the same facts; a form carries it, and what it finds later is compared."""
    return sha256(repr(facts).encode()).hexdigest()[:16]


def marker_of_fields(row: object, names: Iterable[str]) -> str:
    """The mark of some fields of a row; a field is named as it is stored ("priority_id")."""
    return marker_of(*(getattr(row, name) for name in names))
