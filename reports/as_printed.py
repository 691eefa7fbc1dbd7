"""Everything a report says, in characters that can be printed: see `documents.glyphs`."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from html import unescape
from typing import Any, NamedTuple, TypeVar

from documents.glyphs import called, printable, printable_html, unprintable

T = TypeVar("T")

_TAG = re.compile("<[^>]*>")


class AsNumber(NamedTuple):
    """A character that cannot be printed: what it is called, and what prints in its place."""

    name: str
    prints: str


def as_printed(said: T) -> T:
    """A value of the report, and all values in it; those called …_html are canonical texts."""
    printed: Any = _printed("", said)
    return printed  # type: ignore[no-any-return]


def not_printable(said: Any) -> tuple[AsNumber, ...]:
    """What `as_printed` prints as numbers, each character once, in the order they come in."""
    found = unprintable("\n".join(_texts("", said)))
    return tuple(AsNumber(called(each), printable(each)) for each in found)


def _texts(name: str, value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield unescape(_TAG.sub("", value)) if name.endswith("_html") else value
    elif isinstance(value, tuple):
        for each in value:
            yield from _texts(name, each)
    elif is_dataclass(value):
        for each in fields(value):
            yield from _texts(each.name, getattr(value, each.name))


def _printed(name: str, value: Any) -> Any:
    if isinstance(value, str):
        return printable_html(value) if name.endswith("_html") else printable(value)
    if isinstance(value, tuple):
        return tuple(_printed(name, each) for each in value)
    if is_dataclass(value) and not isinstance(value, type):
        found = {each.name: getattr(value, each.name) for each in fields(value)}
        inner = {name: _printed(name, each) for name, each in found.items()}
        changed = {name: each for name, each in inner.items() if each is not found[name]}
        return replace(value, **changed) if changed else value
    return value
