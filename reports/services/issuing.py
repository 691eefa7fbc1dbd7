"""Issuing: a closed round's report is rendered once, in every edition and format, and kept."""

from datetime import datetime

from django.db import transaction

from partnerships.models import Marking
from partnerships.permissions import Access, Permission
from partnerships.refusals import Refused
from rounds.models import Round

from ..content import Issue
from ..editions import Edition
from ..issued_files import Contents, contents_of, files_of, hash_of, withheld_file
from ..layout import VERSION
from ..models import IssuedReport, ReportFile
from ..renderers import CannotPrint
from .telling import tell_members

MOST_OF_REASON = 500
"""Characters of the reason for a correction, which stands on top of the report for good."""


class ContentChanged(Refused):
    """What would be issued is not what was looked at."""


class IssuedSince(Refused):
    """A version has been issued that the person had not seen, as by a second click."""

    def __init__(self, report: IssuedReport) -> None:
        super().__init__(f"Version {report.version} has been issued since you looked at it.")
        self.report = report


@transaction.atomic
def issue_report(
    *,
    round: Round,
    by: Access,
    now: datetime,
    looked_at: str,
    after: int | None = None,
    reason: str = "",
) -> IssuedReport:
    """Store the report of a closed round, for good, as its next version, and tell its readers.

    `looked_at` is the hash of the content that the person saw before issuing it (`hash_of`),
    `after` the version they saw as the last one, 0 for none.
    """
    by.require(Permission.RUN_ROUNDS)
    round = Round.objects.select_for_update(of=("self",)).get(pk=round.pk)
    if not round.is_closed:
        raise Refused(f"{round} is not closed, so its report can still change.")
    last = IssuedReport.objects.filter(round=round).order_by("version").last()
    if last and after is not None and after != last.version:
        raise IssuedSince(last)
    version = last.version + 1 if last else 1
    if last and not reason.strip():
        raise Refused(f"Version {last.version} has been issued: say why it is corrected.")
    round = Round.objects.select_related("plan", "partnership").get(pk=round.pk)
    if last and len(reason.strip()) > MOST_OF_REASON:
        raise Refused(f"Shorten the reason to {MOST_OF_REASON} characters: it is printed for good.")
    issue = Issue(version, now, by.post, reason.strip() if last else "")
    contents = contents_of(round, now=now, issue=issue)
    if hash_of(contents) != looked_at:
        raise ContentChanged("Something in the report has changed since you looked at it.")
    report = IssuedReport.objects.create(
        partnership_id=round.partnership_id,
        round=round,
        version=version,
        reason=issue.reason,
        layout_version=VERSION,
        issued_at=now,
        issued_by=by.user,
        post=by.post,
        marking=_marking(contents),
        content_hash=looked_at,
    )
    try:
        files = list(files_of(round, contents, version=version))
    except CannotPrint as error:
        raise Refused(str(error)) from error
    if Edition.PUBLIC in contents:
        files.append(withheld_file(round, version=version, issued_at=now))
    for file in files:
        ReportFile.objects.create(
            partnership_id=round.partnership_id,
            report=report,
            edition=file.edition,
            format=file.format,
            name=file.name,
            content=file.content,
            sha256=file.sha256,
            size=len(file.content),
        )
    tell_members(report, now=now)
    return report


def _marking(contents: Contents) -> Marking:
    """Of the full edition: the public one has nothing that is marked."""
    return Marking.SENSITIVE if contents[Edition.FULL].is_sensitive else Marking.OFFICIAL
