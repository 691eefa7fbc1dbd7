"""What the public pages say: the list, one version with its files, and what was taken back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.core.paginator import Page, Paginator
from django.db.models import Max, Prefetch, QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.timezone import localdate

from partnerships.models import Partnership

from .content import TITLE
from .editions import Edition
from .issued_files import KINDS
from .models import IssuedReport, ReportFile
from .stored_page import report_in
from .summary import Summary, summary_of

REPORTS_ON_A_PAGE = 20


@dataclass(frozen=True)
class PublicFile:
    """A file as it is offered to everybody."""

    file: ReportFile
    kind: str
    address: str


@dataclass(frozen=True)
class PublicReport:
    """A version as everybody is told of it."""

    report: IssuedReport
    files: tuple[PublicFile, ...]

    @property
    def to_print(self) -> tuple[PublicFile, ...]:
        """Those that most people take away; the web page is the report's own address."""
        by_format = {each.file.format: each for each in self.files}
        return tuple(by_format[ending] for ending in ("pdf", "docx") if ending in by_format)

    @property
    def period(self) -> str:
        return self.report.round.period.long

    @property
    def name(self) -> str:
        return self.report.round.full_label

    @property
    def title(self) -> str:
        return f"{TITLE}, {self.name}"

    @property
    def published(self) -> str:
        """As in "Published 13 November 2023. Version 2, a correction"."""
        day = date_format(localdate(self.report.release.released_at), "j F Y")
        correction = f". Version {self.report.version}, a correction"
        return f"Published {day}{correction if self.report.version > 1 else ''}"


@dataclass(frozen=True)
class PublicYear:
    label: str
    reports: tuple[PublicReport, ...]


def listed(partnership: Partnership) -> QuerySet[IssuedReport]:
    """What the public list and the feed show."""
    return _with_files(IssuedReport.objects.of(partnership).on_public_list())


def changed_at(partnership: Partnership) -> datetime | None:
    """When what the public may read was last released, withdrawn or destroyed."""
    released = IssuedReport.objects.of(partnership).filter(release__isnull=False)
    moments = released.order_by().aggregate(
        Max("release__released_at"),
        Max("withdrawal__withdrawn_at"),
        Max("destruction__destroyed_at"),
    )
    return max((moment for moment in moments.values() if moment), default=None)


def _with_files(reports: QuerySet[IssuedReport]) -> QuerySet[IssuedReport]:
    """With the files of the public edition alone, but for their bytes; in a query of its own."""
    files = ReportFile.objects.filter(edition=Edition.PUBLIC).without_content()
    return reports.with_what_became().prefetch_related(Prefetch("files", files))


def page_of_list(partnership: Partnership, number: str | None) -> Page[IssuedReport]:
    return Paginator(listed(partnership), REPORTS_ON_A_PAGE).get_page(number)


def by_year(reports: Iterable[IssuedReport]) -> tuple[PublicYear, ...]:
    """Under the year of each report's plan, in the order given."""
    return tuple(
        PublicYear(label, tuple(map(as_public, found)))
        for label, found in groupby(reports, key=lambda report: report.round.plan.year_label)
    )


def as_public(report: IssuedReport) -> PublicReport:
    slug, round = report.partnership.slug, report.round.slug
    return PublicReport(
        report,
        tuple(
            PublicFile(
                file,
                KINDS[file.format].name,
                reverse("public:file", args=[slug, round, report.version, file.name]),
            )
            for file in report.files.all()
        ),
    )


# One version ----------------------------------------------------------------------------------


def released(partnership: Partnership, round: str, version: int) -> QuerySet[IssuedReport]:
    """The version of an address, if it was ever released."""
    found = IssuedReport.objects.of(partnership).filter(release__isnull=False)
    return _with_files(found.filter(round__slug=round, version=version))


@dataclass(frozen=True)
class PublicVersion:
    """One version, with the report itself."""

    public: PublicReport
    edition: SafeString
    summary: Summary
    corrected_by: IssuedReport | None


def version_of(report: IssuedReport) -> PublicVersion:
    """Three queries beside the report and its files: a later version, the bytes of two files."""
    by_format = {file.format: file for file in report.files.all()}
    return PublicVersion(
        as_public(report),
        report_in(by_format["html"]),
        summary_of(by_format.get("json")),
        _corrected_by(report),
    )


def _corrected_by(report: IssuedReport) -> IssuedReport | None:
    """The latest version that was released after it."""
    later = IssuedReport.objects.filter(
        round=report.round_id, version__gt=report.version, release__isnull=False
    )
    return later.with_what_became().order_by("-version").first()


@dataclass(frozen=True)
class TakenBack:
    """A version that was on the web and is not any more."""

    public: PublicReport
    since: datetime
    corrected_by: IssuedReport | None


def taken_back(report: IssuedReport) -> TakenBack:
    moments = [report.withdrawal.withdrawn_at] if report.is_withdrawn else []
    if report.is_destroyed:
        moments.append(report.destruction.destroyed_at)
    return TakenBack(as_public(report), min(moments), _corrected_by(report))
