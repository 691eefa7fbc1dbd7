"""Tables as files that a spreadsheet opens."""

import csv
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

# A spreadsheet takes a text that begins so for a formula (OWASP, "CSV Injection").
LIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def still(cell: str) -> str:
    """The cell as no spreadsheet takes it for a formula: `as_typed` gives it back."""
    return f"'{cell}" if cell.lstrip("'").startswith(LIVE) else cell


def as_typed(cell: str) -> str:
    """What a cell said before it was made `still`."""
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(LIVE) else cell


def csv_file(name: str, headings: Sequence[str], lines: Iterable[Sequence[str]]) -> HttpResponse:
    """A file to keep, in UTF-8 with the mark by which Excel knows it; no cell of it is live."""
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    writer = csv.writer(response)
    writer.writerow(headings)
    for line in lines:
        writer.writerow([still(cell) for cell in line])
    return response
