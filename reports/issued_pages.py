"""What the pages about issuing say: before it happens, and of what was issued."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from partnerships.models import Partnership
from partnerships.permissions import Access
from partnerships.posts import post_of, posts_of
from rounds.models import Answer, Round

from .editions import WITHHELD, Edition
from .issued_files import KINDS, Contents
from .models import IssuedReport, Release, ReportFile, Withdrawal
from .services.releasing import why_not_released
from .services.withdrawing import why_not_withdrawn

BY_THE_SITE = "a site administrator"
"""Of somebody who held no post in the partnership."""


@dataclass(frozen=True)
class Confirmation:
    """What issuing will do."""

    version: int
    last: IssuedReport | None
    marking: str
    is_sensitive: bool
    has_public: bool
    editions: tuple[str, ...]
    kinds: tuple[str, ...]
    asked: int
    unanswered: int
    """Sections that print without an answer, the returned ones among them."""
    returned: int
    unaccepted: int
    """Sections that print, and that nobody has accepted."""

    @property
    def has_gaps(self) -> bool:
        return bool(self.unanswered or self.unaccepted)


def confirmation_of(round: Round, contents: Contents, last: IssuedReport | None) -> Confirmation:
    answers = list(Answer.objects.filter(update__round=round))
    full = contents[Edition.FULL]
    names = dict(ReportFile._meta.get_field("edition").flatchoices)
    return Confirmation(
        version=last.version + 1 if last else 1,
        last=last,
        marking=full.marking,
        is_sensitive=full.is_sensitive,
        has_public=Edition.PUBLIC in contents,
        editions=tuple(names[edition] for edition in contents),
        kinds=tuple(kind.name for kind in KINDS.values()),
        asked=len(answers),
        unanswered=sum(not answer.is_sent for answer in answers),
        returned=sum(answer.is_awaiting_revision for answer in answers),
        unaccepted=sum(answer.is_sent and not answer.is_accepted for answer in answers),
    )


@dataclass(frozen=True)
class ReportRow:
    """A round on the list of reports."""

    round: Round
    latest: IssuedReport | None
    withdrawn_by: str
    """In which post, where its last released version was withdrawn."""

    @property
    def released(self) -> str:
        """As in "Released on 3 November 2023, version 1"; empty while nothing was issued."""
        if self.latest is None:
            return ""
        last = _last_released(self.round)
        if last is None:
            return "Not released"
        version = "" if last == self.latest else f", version {last.version}"
        if last.is_withdrawn:
            day = _day(last.withdrawal.withdrawn_at)
            said = f"Withdrawn on {day}{version} by {self.withdrawn_by}"
            return f"{said}: {last.withdrawal.reason}"
        return f"Released on {_day(last.release.released_at)}{version}"

    @property
    def destroyed(self) -> str:
        """As in "Destroyed on 3 November 2023", of the latest version."""
        if self.latest is None or not self.latest.is_destroyed:
            return ""
        return f"Destroyed on {_day(self.latest.destruction.destroyed_at)}"


def rows_of(rounds: Iterable[Round], partnership: Partnership) -> list[ReportRow]:
    """Needs their issued reports, the latest first, with what became of them; one query more."""
    last = {round: _last_released(round) for round in rounds}
    held = {
        round: (each.withdrawal.withdrawn_by_id, timezone.localdate(each.withdrawal.withdrawn_at))
        for round, each in last.items()
        if each is not None and each.is_withdrawn
    }
    posts = posts_of(list(held.values()), partnership)
    return [
        ReportRow(
            round=round,
            latest=next(iter(round.issued_reports.all()), None),
            withdrawn_by=(posts[held[round]] or BY_THE_SITE) if round in held else "",
        )
        for round in last
    ]


def _last_released(round: Round) -> IssuedReport | None:
    return next((each for each in round.issued_reports.all() if each.is_released), None)


def _day(moment: datetime) -> str:
    return date_format(timezone.localdate(moment), "j F Y")


@dataclass(frozen=True)
class FileRow:
    """A stored file as it is offered."""

    file: ReportFile
    kind: str
    opens: str
    """What following its link does."""
    address: str


@dataclass(frozen=True)
class IssuedPage:
    """One version as this person may read it."""

    report: IssuedReport
    is_readable: bool
    """False where it is marked above what this person may read: then nothing else is said."""
    editions: tuple[tuple[str, tuple[FileRow, ...]], ...]
    versions: Sequence[IssuedReport]
    replaced_by: IssuedReport | None
    withheld: FileRow | None
    """What the public edition leaves out, for those who may know; None where it was not kept."""
    publication: "Publication | None"
    """None where it has no public edition."""


@dataclass(frozen=True)
class Publication:
    """What has become of its public edition."""

    released_by: str
    """In which post; empty where it has not been released."""
    address: str
    """Where everybody can read it; empty where nobody can."""
    can_release: bool
    withdrawn_by: str
    """In which post; empty where it has not been withdrawn."""
    can_withdraw: bool
    lacks_right: bool
    """Whether it could be released or withdrawn, but not by this person, who is told how."""


def page_of(report: IssuedReport, access: Access) -> IssuedPage:
    """Two queries: the other versions, and the files without their bytes."""
    versions = list(
        IssuedReport.objects.filter(round=report.round_id)
        .select_related("partnership")
        .order_by("-version")
    )
    is_readable = access.reads_sensitive or not report.is_sensitive
    files = ReportFile.objects.visible_to(access).filter(report=report).without_content()
    withheld = None
    by_edition: dict[str, list[FileRow]] = {}
    for file in files:
        kind = KINDS[file.format]
        address = reverse("reports:issued_file", args=[access.partnership.slug, file.pk])
        row = FileRow(file, kind.name, "Read" if kind.is_page else "Download", address)
        if file.edition == WITHHELD:
            withheld = row
        else:
            by_edition.setdefault(file.get_edition_display(), []).append(row)
    latest = versions[0]
    return IssuedPage(
        report=report,
        is_readable=is_readable,
        editions=tuple((name, tuple(rows)) for name, rows in by_edition.items()),
        versions=versions,
        replaced_by=latest if latest.version > report.version else None,
        withheld=withheld,
        publication=_publication(report, access),
    )


def _publication(report: IssuedReport, access: Access) -> Publication | None:
    public = ReportFile.objects.filter(report=report, edition=Edition.PUBLIC)
    if not public.exists():
        return None
    may = access.releases_reports
    is_concerned = access.runs_rounds or access.keeps_people
    can_be_released = is_concerned and not why_not_released(report)
    can_be_withdrawn = is_concerned and not why_not_withdrawn(report)
    is_shown = access.partnership.publishes_reports and report.is_public
    return Publication(
        released_by=_post(report.release, "released", access) if report.is_released else "",
        address=report.public_address if is_shown else "",
        can_release=may and can_be_released,
        withdrawn_by=_post(report.withdrawal, "withdrawn", access) if report.is_withdrawn else "",
        can_withdraw=may and can_be_withdrawn,
        lacks_right=not may and (can_be_released or can_be_withdrawn),
    )


def _post(act: Release | Withdrawal, done: str, access: Access) -> str:
    """The post of who did it, on that day."""
    day = timezone.localdate(getattr(act, f"{done}_at"))
    return post_of(getattr(act, f"{done}_by_id"), access.partnership, day) or BY_THE_SITE
