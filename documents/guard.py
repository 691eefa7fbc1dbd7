"""Refuses a hostile .docx before any parser sees it (OWASP ASVS 5.2 on uploaded files).

A Word file is an archive of XML parts. What is looked at here is only what could hurt whoever
opens it: how much it unpacks to, entities, macros, parts that are fetched from elsewhere. Nothing
of it is ever fetched or run by the portal; what says that it would be is refused all the same.
"""

import re
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from typing import IO
from xml.parsers import expat

MEGABYTE = 1 << 20
MOST_BYTES = 10 * MEGABYTE
"""Of the file as it comes."""
MOST_UNPACKED = 60 * MEGABYTE
MOST_IN_TEXT = 12 * MEGABYTE
"""Of any one part that is XML, unpacked: the text of a hundred long answers has one."""
MOST_ELEMENTS = 150_000
"""Of any one part: what takes long is not their size. Twenty thousand words have 50,000."""
DEEPEST = 200
"""Of elements in one another, as deep as the parsers go."""
MOST_PARTS = 2000
MOST_TIMES = 200
"""So many times the file's own size may it unpack to."""

_TYPES = "[Content_Types].xml"
_IS_WORD = b"wordprocessingml.document.main+xml"
_XML = (".xml", ".rels", ".vml")
# What a person's own file leads to quite often, and nobody follows here.
_MAY_LEAD_OUT = ("/hyperlink", "/attachedTemplate")
_MACROS = re.compile(r"vba(project|data)", re.IGNORECASE)


class Unsafe(Exception):
    """The file is not taken; says why and what to do, in plain English."""


def check_word(content: bytes) -> None:
    """Raise Unsafe where the bytes are no .docx, or one that nobody should open."""
    if len(content) > MOST_BYTES:
        most = MOST_BYTES // MEGABYTE
        raise Unsafe(f"The file is larger than {most} MB. Take pictures out of it and try again.")
    if not content.startswith(b"PK\x03\x04"):
        raise Unsafe("This is not a Word file. Save the form as a Word document (.docx).")
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            _check_parts(archive, len(content))
            _check_text(archive)
    except _BROKEN as error:
        raise Unsafe(DAMAGED) from error


# What zipfile and zlib say of an archive that is none, and of parts that are not as it promises.
_BROKEN = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error),
    *(EOFError, OSError, RuntimeError, ValueError),
)
DAMAGED = "The file is damaged and cannot be opened. Open it in Word, save it again and try again."
_TOO_MUCH = "The file holds more than can be read. Take pictures out of it and try again."
_NO_WORD = "This is not a Word document. Save the form as a Word document (.docx)."


def _check_parts(archive: zipfile.ZipFile, size: int) -> None:
    """What its list of parts tells; that the sizes are true is seen when they are read."""
    parts = archive.infolist()
    names = [part.filename for part in parts]
    if len(parts) > MOST_PARTS:
        raise Unsafe(_TOO_MUCH)
    if len({name.lower() for name in names}) != len(names) or any(map(_is_no_place, names)):
        raise Unsafe(DAMAGED)
    if _TYPES not in names:
        raise Unsafe(_NO_WORD)
    if any(part.flag_bits & 1 for part in parts):
        raise Unsafe("The file is protected by a password. Take the password off and try again.")
    if any(_MACROS.search(name) for name in names):
        raise Unsafe("The file holds macros. Save it as a Word document (.docx) without them.")
    unpacked = sum(part.file_size for part in parts)
    if unpacked > MOST_UNPACKED or unpacked > MOST_TIMES * size:
        raise Unsafe(_TOO_MUCH)


def _is_no_place(name: str) -> bool:
    return name.startswith("/") or "\\" in name or ".." in name.split("/")


def _check_text(archive: zipfile.ZipFile) -> None:
    left = MOST_UNPACKED
    for part in archive.infolist():
        if not part.filename.lower().endswith(_XML):
            continue
        with archive.open(part) as stream:
            left -= _checked(stream, part.filename, min(left, MOST_IN_TEXT))
    if _IS_WORD not in archive.read(_TYPES):
        raise Unsafe(_NO_WORD)


def _checked(stream: IO[bytes], name: str, most: int) -> int:
    """How many bytes the part has, counted as they come: the archive's own list may lie."""
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = _refuse_definitions
    counted = _Elements(leads=name.lower().endswith(".rels"))
    parser.StartElementHandler, parser.EndElementHandler = counted.begin, counted.end
    read = 0
    for piece in iter(_pieces(stream), b""):
        read += len(piece)
        if read > most:
            raise Unsafe(_TOO_MUCH)
        _parse(parser, piece)
    _parse(parser, b"", ends=True)
    return read


class _Elements:
    """Counts the elements of a part; of one that leads to others it looks where to."""

    def __init__(self, *, leads: bool) -> None:
        self._leads = leads
        self._found = self._depth = 0

    def begin(self, tag: str, attributes: dict[str, str]) -> None:
        self._found += 1
        self._depth += 1
        if self._found > MOST_ELEMENTS or self._depth > DEEPEST:
            raise Unsafe(_TOO_MUCH)
        if self._leads:
            _refuse_elsewhere(attributes)

    def end(self, tag: str) -> None:
        self._depth -= 1


def _pieces(stream: IO[bytes]) -> Callable[[], bytes]:
    return lambda: stream.read(1 << 16)


def _parse(parser: expat.XMLParserType, piece: bytes, *, ends: bool = False) -> None:
    try:
        parser.Parse(piece, ends)
    except expat.ExpatError as error:
        raise Unsafe(DAMAGED) from error


def _refuse_definitions(*args: object) -> None:
    """No Word file has any; with them a small file becomes a huge one, or reads others."""
    raise Unsafe(DAMAGED)


def _refuse_elsewhere(attributes: dict[str, str]) -> None:
    leads_out = attributes.get("TargetMode", "").lower() == "external"
    if leads_out and not attributes.get("Type", "").endswith(_MAY_LEAD_OUT):
        raise Unsafe(
            "The file shows something that is kept elsewhere, such as a linked picture. "
            "Take it out and try again."
        )
