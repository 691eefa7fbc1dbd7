"""Everything a report says, in characters that can be printed: see `documents.glyphs`."""

import operator
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from functools import cache
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
        printed = printable_html(value) if name.endswith("_html") else printable(value)
        return value if printed == value else printed
    if isinstance(value, tuple):
        inner = [_printed(name, each) for each in value]
        return value if all(map(operator.is_, inner, value)) else tuple(inner)
    if names := _fields(type(value)):
        found = ((each, getattr(value, each)) for each in names)
        changed = {
            each: printed
            for each, before in found
            if (printed := _printed(each, before)) is not before
        }
        return replace(value, **changed) if changed else value
    return value


@cache
def _fields(kind: type) -> tuple[str, ...]:
    """The names of what a value of the report is made of; of any other value, none."""
    return tuple(each.name for each in fields(kind)) if is_dataclass(kind) else ()
