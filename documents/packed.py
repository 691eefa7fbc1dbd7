"""Files that are archives (Word, Excel), packed so that the same content is the same bytes."""

import zipfile
from collections.abc import Mapping
from io import BytesIO

EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The time of every part: an archive cannot have none."""


def packed(archive: BytesIO, instead: Mapping[str, bytes] | None = None) -> bytes:
    """The parts of an archive packed anew in their order; `instead` are parts to be put in place
    of those of the same name."""
    again = BytesIO()
    with zipfile.ZipFile(archive) as source, zipfile.ZipFile(again, "w") as target:
        for name in source.namelist():
            part = zipfile.ZipInfo(name, EARLIEST)
            part.compress_type = zipfile.ZIP_DEFLATED
            part.external_attr = 0o600 << 16
            target.writestr(part, (instead or {}).get(name) or source.read(name))
    return again.getvalue()
