"""What is stored when a report is issued: its editions, each as every kind of file."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from hashlib import sha256
from json import dumps

from rounds.models import Round

from .as_html import as_html, document
from .as_json import as_json
from .content import Issue, Report, build_report
from .editions import WITHHELD, Edition, editions_of
from .formats import FORMATS
from .layout import layout_of
from .withheld_list import hidden_in


@dataclass(frozen=True)
class Kind:
    """A stored file, for a reader and for a browser."""

    name: str
    content_type: str
    is_page: bool = False
    """Opened where it is, not taken away."""


KINDS = {
    "html": Kind("Web page", "text/html; charset=utf-8", is_page=True),
    **{ending: Kind(kind.name, kind.content_type) for ending, kind in FORMATS.items()},
    "json": Kind("Data for other programs", "application/json"),
}
"""By the end of the file's name."""

Contents = Mapping[Edition, Report]


@dataclass(frozen=True)
class IssuedFile:
    """One edition as one kind of file, ready to be stored."""

    edition: str
    format: str
    name: str
    content: bytes

    @property
    def sha256(self) -> str:
        return sha256(self.content).hexdigest()


def contents_of(round: Round, *, now: datetime, issue: Issue | None = None) -> Contents:
    """The report in every edition its plan has, as a draft unless it is being issued."""
    return {edition: _content_of(round, edition, now, issue) for edition in editions_of(round.plan)}


def _content_of(round: Round, edition: Edition, now: datetime, issue: Issue | None) -> Report:
    if issue and edition == Edition.PUBLIC:
        # Why it was corrected may say what was withheld.
        issue = replace(issue, reason="")
    return build_report(round, edition=edition, now=now, issue=issue)


def hash_of(contents: Contents) -> str:
    """Tells what the report says from anything else it could say, whenever it is looked at."""
    said = {
        edition: asdict(replace(report, state="", issued="", compiled="", made_at=None))
        for edition, report in contents.items()
    }
    return sha256(dumps(said, sort_keys=True, default=str).encode()).hexdigest()


def files_of(round: Round, contents: Contents, *, version: int) -> Iterator[IssuedFile]:
    for edition, report in contents.items():
        layout = layout_of(report)
        page = as_html(report, brand_colour=round.partnership.brand_colour)
        rendered = {
            "html": page.encode(),
            **{ending: kind.render(layout) for ending, kind in FORMATS.items()},
            "json": as_json(report).encode(),
        }
        for ending, content in rendered.items():
            yield IssuedFile(edition, ending, _name(round, edition, version, ending), content)


def withheld_file(round: Round, *, version: int, issued_at: datetime) -> IssuedFile:
    """What the public edition leaves out, as it is stored; made before the version it tells of."""
    found = {
        "round": round,
        "version": version,
        "issued_at": issued_at,
        "hidden": hidden_in(round),
    }
    page = document(
        "reports/withheld.html", found, brand_colour=round.partnership.brand_colour
    ).encode()
    return IssuedFile(WITHHELD, "html", _name(round, WITHHELD, version, "html"), page)


def _name(round: Round, edition: str, version: int, ending: str) -> str:
    """As in swale-2023-24-q2-full-v1.docx."""
    return f"{round.partnership.slug}-{round.slug}-{edition}-v{version}.{ending}"
