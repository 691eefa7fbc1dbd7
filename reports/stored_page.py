"""A stored web page of a report, read again: what stands in it, and its words one by one."""

from html.parser import HTMLParser

from django.utils.safestring import SafeString, mark_safe

from .models import ReportFile

BEGINS, ENDS = '<main class="site-main">', "</main>"
"""What stands around the report in templates/reports/document.html, in every version of it."""


def report_in(file: ReportFile) -> SafeString:
    """The report itself, as it was stored, to be shown within another page."""
    page = bytes(file.content).decode()
    _, begins, rest = page.partition(BEGINS)
    report, ends, _ = rest.rpartition(ENDS)
    if not (begins and ends):
        raise ValueError(f"{file} is no web page of a report.")
    # Written by our own templates, every text in it cleaned, and frozen since.
    return mark_safe(report)  # noqa: S308


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
