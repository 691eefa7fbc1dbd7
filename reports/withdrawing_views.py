"""Withdrawing the public edition of a released report."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from partnerships.access import in_partnership
from partnerships.permissions import Permission
from partnerships.refusals import Refused

from .issuing_views import frame
from .models import IssuedReport
from .services.withdrawing import why_not_withdrawn, withdraw_report
from .taking_back_forms import WithdrawForm


@require_http_methods(["GET", "HEAD", "POST"])
@in_partnership
def withdraw(request, access, pk):
    """Say what withdrawing does, or what is possible instead; then do it."""
    access.require(Permission.RELEASE_REPORTS)
    report = get_object_or_404(IssuedReport.objects.visible_to(access).with_what_became(), pk=pk)
    why_not, status = why_not_withdrawn(report), 200
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and why_not:
        status = 422
    elif request.method == "POST" and form.is_valid():
        try:
            withdraw_report(
                report=report, by=access, now=timezone.now(), reason=form.cleaned_data["reason"]
            )
        except Refused as refused:
            why_not, status = str(refused), 422
        else:
            messages.success(request, "The public edition is withdrawn.")
            return redirect(report)
    found = {
        **frame(access, report.round),
        "report": report,
        "form": form,
        "why_not": why_not,
    }
    return render(request, "reports/withdraw.html", found, status=status)
