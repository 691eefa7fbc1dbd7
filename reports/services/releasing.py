"""Releasing: the public edition of an issued report is put on the web, once and for good."""

from datetime import datetime

from django.db import transaction

from partnerships.models import Partnership
from partnerships.permissions import Access, Permission
from partnerships.refusals import Refused
from rounds.models import Round

from ..editions import WITHHELD, Edition, NotForPublic, editions_of
from ..models import IssuedReport, Release, ReportFile
from ..since_issued import in_short, since_issued

NO_EDITION = "This report has no public edition."


def public_page_of(report: IssuedReport) -> ReportFile | None:
    """The web page of its public edition, with its bytes; None where it has no such edition."""
    return ReportFile.objects.filter(report=report, edition=Edition.PUBLIC, format="html").first()


def public_data_of(report: IssuedReport) -> ReportFile | None:
    """The same edition for other programs."""
    files = ReportFile.objects.filter(report=report, edition=Edition.PUBLIC, format="json")
    return files.select_related("report__round").first()


def withheld_page_of(report: IssuedReport) -> ReportFile | None:
    """What that edition leaves out; None where it was issued before this was kept."""
    return ReportFile.objects.filter(report=report, edition=WITHHELD).first()


def still_public(report: IssuedReport) -> list[IssuedReport]:
    """The versions before it that everybody can still read, unless they are withdrawn."""
    earlier = IssuedReport.objects.filter(round=report.round_id, version__lt=report.version)
    return [each for each in earlier.with_what_became().order_by("version") if each.is_public]


def why_not_released(report: IssuedReport) -> str:
    """What keeps this version from being released as matters stand, in a sentence; or nothing."""
    if report.is_destroyed:
        return "Its files were destroyed."
    if report.is_withdrawn:
        return "It has been withdrawn. Issue a corrected version, and release that."
    if report.is_released:
        return "It has been released already."
    if Edition.PUBLIC not in editions_of(report.round.plan):
        return str(NotForPublic())
    later = IssuedReport.objects.filter(round=report.round_id, version__gt=report.version)
    if latest := later.order_by("-version").first():
        return f"Version {latest.version} has been issued since: release that one instead."
    return ""


@transaction.atomic
def release_report(*, report: IssuedReport, by: Access, now: datetime) -> Release:
    """Release the public edition of an issued report; it stands on the web while pages are on.

    Refused where something in it has been withheld since, or where it would, beside what is
    released already, give away a small number.
    """
    by.require(Permission.RELEASE_REPORTS)
    # Until this is done nobody releases another report, and nobody issues the next version.
    Partnership.objects.select_for_update().get(pk=report.partnership_id)
    Round.objects.select_for_update(of=("self",)).get(pk=report.round_id)
    report = IssuedReport.objects.with_what_became().get(pk=report.pk)
    if why_not := why_not_released(report):
        raise Refused(why_not)
    page = public_page_of(report)
    if page is None:
        raise Refused(NO_EDITION)
    since = since_issued(report, page)
    if since.withheld:
        raise Refused(
            "Something in it has been withheld, or is a small number, since it was issued: "
            f"{in_short(since.withheld)}. Issue a corrected version, and release that."
        )
    return Release.objects.create(
        partnership_id=report.partnership_id, report=report, released_at=now, released_by=by.user
    )
