"""Everything a report says, in characters that can be printed: see `documents.glyphs`."""

from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from documents.glyphs import printable, printable_html

T = TypeVar("T")


def as_printed(said: T) -> T:
    """A value of the report, and all values in it; those called …_html are canonical texts."""
    printed: Any = _printed("", said)
    return printed  # type: ignore[no-any-return]


def _printed(name: str, value: Any) -> Any:
    if isinstance(value, str):
        return printable_html(value) if name.endswith("_html") else printable(value)
    if isinstance(value, tuple):
        return tuple(_printed(name, each) for each in value)
    if is_dataclass(value) and not isinstance(value, type):
        inner = {
            each.name: _printed(each.name, getattr(value, each.name)) for each in fields(value)
        }
        return replace(value, **inner)
    return value
