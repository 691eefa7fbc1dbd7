"""What a TrueType font file says it can print."""

import struct
from collections.abc import Iterable, Iterator
from pathlib import Path

_HEADER = 12
_TABLE = 16
_SUBTABLE = 8
_GROUP = 12


def characters_of(font: Path) -> frozenset[int]:
    """The numbers of all characters that a font file has a glyph for."""
    data = font.read_bytes()
    start = _table(data, b"cmap")
    (count,) = struct.unpack_from(">H", data, start + 2)
    found: set[int] = set()
    for number in range(count):
        place = start + 4 + _SUBTABLE * number
        platform, _, offset = struct.unpack_from(">HHI", data, place)
        (kind,) = struct.unpack_from(">H", data, start + offset)
        if platform in (0, 3) and kind == 4:
            found.update(_segments(data, start + offset))
        elif platform in (0, 3) and kind == 12:
            found.update(_groups(data, start + offset))
    return frozenset(found)


def ranges(characters: Iterable[int]) -> list[tuple[int, int]]:
    """Numbers as runs of neighbours, first and last."""
    runs: list[tuple[int, int]] = []
    for number in sorted(characters):
        if runs and runs[-1][1] == number - 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs


def _table(data: bytes, name: bytes) -> int:
    (count,) = struct.unpack_from(">H", data, 4)
    for number in range(count):
        found, _, offset, _ = struct.unpack_from(">4sIII", data, _HEADER + _TABLE * number)
        if found == name:
            return int(offset)
    raise ValueError(f"The font has no table {name.decode()}.")


def _segments(data: bytes, start: int) -> Iterator[int]:
    """Format 4: segments of the first 65,536 characters."""
    count = struct.unpack_from(">H", data, start + 6)[0] // 2
    ends = start + 14
    starts = ends + 2 * count + 2
    for number in range(count):
        (end,) = struct.unpack_from(">H", data, ends + 2 * number)
        (first,) = struct.unpack_from(">H", data, starts + 2 * number)
        (delta,) = struct.unpack_from(">H", data, starts + 2 * (count + number))
        place = starts + 2 * (2 * count + number)
        (offset,) = struct.unpack_from(">H", data, place)
        for character in range(first, min(end, 0xFFFE) + 1):
            glyph = character
            if offset:
                (glyph,) = struct.unpack_from(">H", data, place + offset + 2 * (character - first))
            if (glyph and not offset and (glyph + delta) & 0xFFFF) or (offset and glyph):
                yield character


def _groups(data: bytes, start: int) -> Iterator[int]:
    """Format 12: groups of any characters."""
    (count,) = struct.unpack_from(">I", data, start + 12)
    for number in range(count):
        first, last, glyph = struct.unpack_from(">III", data, start + 16 + _GROUP * number)
        yield from range(first if glyph else first + 1, last + 1)
