"""Releasing the public edition of an issued report."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from partnerships.access import in_partnership
from partnerships.permissions import Permission
from partnerships.refusals import Refused

from .forms import ReleaseForm
from .issuing_views import frame
from .models import IssuedReport
from .services.releasing import (
    NO_EDITION,
    public_data_of,
    public_page_of,
    release_report,
    still_public,
    why_not_released,
    withheld_page_of,
)
from .since_issued import in_short, since_issued
from .stored_page import report_in, withheld_in
from .summary import summary_of
from .withheld_list import hidden_in


@require_http_methods(["GET", "HEAD", "POST"])
@in_partnership
def release(request, access, pk):
    """Show the whole public edition, and what it leaves out; at the end it can be released."""
    access.require(Permission.RELEASE_REPORTS)
    report = get_object_or_404(IssuedReport.objects.visible_to(access).with_what_became(), pk=pk)
    refusal = why_not_released(report)
    page = public_page_of(report)
    if refusal or page is None:
        messages.warning(request, refusal or NO_EDITION)
        return redirect(report)
    form = ReleaseForm(request.POST or None, page=page)
    if request.method == "POST" and form.is_valid():
        try:
            release_report(report=report, by=access, now=timezone.now())
        except Refused as refused:
            report = IssuedReport.objects.with_what_became().get(pk=report.pk)
            if why_not := why_not_released(report):
                messages.warning(request, why_not)
                return redirect(report)
            refusal = refused
        else:
            messages.success(
                request, f"The public edition of {report.round.full_label} is released."
            )
            return redirect(report)
    since = since_issued(report, page)
    listed = withheld_page_of(report)
    found = {
        **frame(access, report.round),
        "report": report,
        "form": form,
        "refusal": refusal,
        "edition": report_in(page),
        "summary": summary_of(public_data_of(report)),
        "withheld_then": withheld_in(listed) if listed else "",
        "hidden": () if listed else hidden_in(report.round),
        "still_public": still_public(report),
        "has_changed": since.has_changed,
        "withheld": in_short(since.withheld),
    }
    return render(request, "reports/release.html", found, status=422 if refusal else 200)
