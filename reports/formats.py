"""The files a report can be taken away as."""

from collections.abc import Callable
from dataclasses import dataclass

from .content import Report
from .editions import Edition
from .layout import Layout
from .renderers.pdf import as_pdf
from .renderers.word import as_word


@dataclass(frozen=True)
class Format:
    """One kind of file: as a reader calls it, as a browser does, and how a layout becomes one."""

    name: str
    content_type: str
    render: Callable[[Layout], bytes]


FORMATS = {
    "docx": Format(
        "Word",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        as_word,
    ),
    "pdf": Format("PDF", "application/pdf", as_pdf),
}
"""By the end of the file's name."""


def file_name(
    partnership: str, round: str, report: Report, extension: str, edition: str = Edition.FULL
) -> str:
    """As in swale-2023-24-q2-draft.docx; the addresses are of letters, digits and dashes.

    The public edition is named as such, lest the two are mistaken for each other.
    """
    public = "public" if edition == Edition.PUBLIC else ""
    parts = (partnership, round, public, report.state.lower())
    return f"{'-'.join(part for part in parts if part)}.{extension}"
