"""Issuing the report of a closed round, and reading what was issued."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from partnerships.access import in_partnership
from partnerships.permissions import Permission
from partnerships.refusals import Refused
from rounds.models import Round

from .forms import IssueForm
from .issued_files import contents_of, hash_of
from .issued_pages import confirmation_of, page_of
from .models import IssuedReport, ReportFile
from .remarks.collected import look_through
from .services import ContentChanged, IssuedSince, issue_report
from .stored_response import stored_response


@require_http_methods(["GET", "HEAD", "POST"])
@in_partnership
def issue(request, access, pk):
    """Say what issuing will do, then do it, if the report is still what was looked at."""
    access.require(Permission.RUN_ROUNDS)
    rounds = Round.objects.visible_to(access).select_related("plan", "partnership")
    round = get_object_or_404(rounds, pk=pk)
    if not round.is_closed:
        messages.warning(request, f"{round.full_label} is not closed yet.")
        return redirect("reports:report", access.partnership.slug, round.pk)
    now = timezone.now()
    last = round.issued_reports.with_what_became().first()
    form = IssueForm(request.POST or None, last=last)
    refusal, status = None, 200
    if request.method == "POST" and (form.is_valid() or form.is_overtaken):
        reason = form.cleaned_data.get("reason", "")
        try:
            issued = issue_report(round=round, by=access, now=now, **form.cleaned_data)
        except IssuedSince as since:
            last = round.issued_reports.with_what_became().first()
            if (last.issued_by_id, last.reason) == (access.user.pk, reason):
                messages.warning(request, f"Version {last.version} was issued once, not twice.")
                return redirect(last)
            refusal, status = since, 409
            form = IssueForm(request.POST if reason else None, last=last)
        except Refused as refused:
            refusal, status = refused, 409 if isinstance(refused, ContentChanged) else 422
        else:
            messages.success(request, f"The report of {round.full_label} is issued.")
            return redirect(issued)
    contents = contents_of(round, now=now)
    if not form.is_bound or isinstance(refusal, ContentChanged | IssuedSince):
        # Otherwise it stays what the person has looked at, however often a reason is missing.
        form = form.looking_at(hash_of(contents))
    looked = look_through(round, today=access.today, keeps_settings=access.administers)
    found = {
        **frame(access, round),
        "form": form,
        "refusal": refusal,
        "to_look_at": [kind for kind in looked.kinds if kind.count],
        "confirmation": confirmation_of(round, contents, last),
    }
    return render(request, "reports/issue.html", found, status=status)


@require_safe
@in_partnership
def issued(request, access, pk):
    """One version of an issued report: its files, and the other versions."""
    return _issued_page(request, access, pk)


def _issued_page(request, access, pk, status=200):
    access.require(Permission.READ_PLAN)
    reports = IssuedReport.objects.visible_to(access).with_what_became()
    report = get_object_or_404(reports, pk=pk)
    found = frame(access) | {"round": report.round, "found": page_of(report, access)}
    return render(request, "reports/issued.html", found, status=status)


@require_safe
@in_partnership
def issued_file(request, access, pk):
    """A file as it was stored, byte for byte; 304 where the browser has it already."""
    access.require(Permission.READ_PLAN)
    files = ReportFile.objects.visible_to(access).without_content()
    file = get_object_or_404(files.select_related("report__destruction"), pk=pk)
    if file.report.is_destroyed:
        return _issued_page(request, access, file.report_id, status=410)
    return stored_response(request, file, cache="private, no-cache")


def frame(access, round=None):
    slug = access.partnership.slug
    crumbs = [("Reports", reverse("reports:reports", args=[slug]))]
    if round is not None:
        crumbs.append((round.full_label, reverse("reports:report", args=[slug, round.pk])))
    return {"section": "reports", "crumbs": crumbs, "round": round}
