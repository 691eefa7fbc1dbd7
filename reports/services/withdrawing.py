"""Withdrawing: the public edition of a released report is taken back from the web, for good."""

from datetime import datetime

from django.db import transaction

from partnerships.models import Partnership
from partnerships.permissions import Access, Permission
from partnerships.refusals import Refused

from ..models import IssuedReport, Withdrawal

MOST_OF_REASON = 500
"""Characters; everybody who reads the plan sees it, for good."""


def why_not_withdrawn(report: IssuedReport) -> str:
    """What keeps this version from being withdrawn, in a sentence; or nothing."""
    if report.is_withdrawn:
        return "It has been withdrawn already."
    if report.is_destroyed:
        return "Its files were destroyed."
    if not report.is_released:
        return "It was never released, so there is nothing to take back from the public."
    return ""


@transaction.atomic
def withdraw_report(*, report: IssuedReport, by: Access, now: datetime, reason: str) -> Withdrawal:
    """Take the public edition back at once; the full edition stays for its readers."""
    by.require(Permission.RELEASE_REPORTS)
    # Until this is done nobody else releases, withdraws or destroys a report of the partnership.
    Partnership.objects.select_for_update().get(pk=report.partnership_id)
    report = IssuedReport.objects.with_what_became().get(pk=report.pk)
    if why_not := why_not_withdrawn(report):
        raise Refused(why_not)
    if not reason.strip():
        raise Refused("Say why it is withdrawn.")
    return Withdrawal.objects.create(
        partnership_id=report.partnership_id,
        report=report,
        withdrawn_at=now,
        withdrawn_by=by.user,
        reason=reason.strip(),
    )
