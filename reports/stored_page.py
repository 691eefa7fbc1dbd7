"""A stored web page of a report, read again: what stands in it, and its words one by one."""

from html.parser import HTMLParser

from django.utils.safestring import SafeString, mark_safe

from .models import ReportFile

BEGINS, ENDS = '<main class="site-main">', "</main>"
"""What stands around the report in templates/reports/document.html, in every version of it."""
LIST_BEGINS, LIST_ENDS = '<section class="withheld">', "</section>"
"""What stands around the list in templates/reports/withheld.html, in every version of it."""


def report_in(file: ReportFile) -> SafeString:
    """The report itself, as it was stored, to be shown within another page."""
    return _part_of(file, BEGINS, ENDS)


def withheld_in(file: ReportFile) -> SafeString:
    """The list of what the public edition leaves out, in the same way."""
    return _part_of(file, LIST_BEGINS, LIST_ENDS)


def _part_of(file: ReportFile, begins: str, ends: str) -> SafeString:
    page = bytes(file.content).decode()
    _, has_begun, rest = page.partition(begins)
    part, has_ended, _ = rest.rpartition(ends)
    if not (has_begun and has_ended):
        raise ValueError(f"{file} is no stored page with {begins}.")
    # Written by our own templates, every text in it cleaned, and frozen since.
    return mark_safe(part)  # noqa: S308


def texts_of(html: str) -> list[str]:
    """What is read, in order, each run of words between two tags by itself."""
    reader = _Texts()
    reader.feed(html)
    reader.close()
    return reader.found


class _Texts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_data(self, data: str) -> None:
        text = " ".join(data.split())
        if text:
            self.found.append(text)
