"""Pages of site administrators: destroying issued reports and the words that may not stand."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from partnerships.access import for_site_administrators
from partnerships.models import Partnership
from partnerships.refusals import Refused

from .models import DestructionRequest, IssuedReport
from .request_page import page_of
from .services.destroying import (
    FindingsChanged,
    agree_to_destroy,
    ask_to_destroy,
    call_off,
    findings_of,
)
from .taking_back_forms import PurgeForm, WordsForm

ON_A_PAGE = 50


@require_safe
@for_site_administrators
def waiting(request):
    """Every request that waits for a second person, those that run out first at the top."""
    asked = DestructionRequest.objects.waiting(timezone.now()).select_related(
        "partnership", "report__round__plan", "asked_by"
    )
    found = {
        "crumbs": _crumbs(),
        "page": Paginator(asked.order_by("asked_at", "pk"), ON_A_PAGE).get_page(
            request.GET.get("page")
        ),
    }
    return render(request, "reports/destroying/waiting.html", found)


@require_safe
@for_site_administrators
def reports(request, slug):
    """The issued reports of a partnership, and what was asked about them."""
    partnership = get_object_or_404(Partnership, slug=slug)
    issued = IssuedReport.objects.of(partnership).with_what_became().latest_first()
    requests = DestructionRequest.objects.of(partnership).select_related(
        "partnership", "report__round__plan"
    )
    now = timezone.now()
    found = {
        "crumbs": _crumbs(),
        "partnership": partnership,
        "page": Paginator(issued, ON_A_PAGE).get_page(request.GET.get("page")),
        "waiting": requests.waiting(now).first(),
    }
    return render(request, "reports/destroying/reports.html", found)


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_site_administrators
def ask(request, slug, pk):
    """Which words and why; then each place where they stand; then a second person is asked."""
    partnership = get_object_or_404(Partnership, slug=slug)
    issued = IssuedReport.objects.of(partnership).with_what_became()
    report = get_object_or_404(issued, pk=pk)
    form = WordsForm(request.POST or None)
    found = {"crumbs": _crumbs(partnership), "report": report, "form": form}
    is_given = request.method == "POST" and form.is_valid() and "change" not in request.POST
    if report.is_destroyed or not is_given:
        return render(request, "reports/destroying/words.html", found)
    status, findings = 200, findings_of(report, form.cleaned_data["words"])
    is_asked = "ask" in request.POST
    purge = PurgeForm(request.POST if is_asked else None, findings=findings)
    if is_asked and purge.is_valid():
        try:
            asked = ask_to_destroy(
                report=report,
                by=request.user,
                now=timezone.now(),
                **form.cleaned_data,
                **purge.chosen,
            )
        except Refused as refused:
            found["refusal"] = refused
            status = 409 if isinstance(refused, FindingsChanged) else 422
            purge = purge.looking_at(findings)
        else:
            messages.success(request, "The request is made.")
            return redirect(asked)
    found |= {"findings": findings, "purge": purge}
    return render(request, "reports/destroying/places.html", found, status=status)


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_site_administrators
def asked(request, slug, pk):
    """What was asked and why, for the second person to agree to; or anybody calls it off."""
    partnership = get_object_or_404(Partnership, slug=slug)
    requests = DestructionRequest.objects.of(partnership).select_related(
        "partnership", "report__round__plan", "asked_by", "agreed_by", "called_off_by"
    )
    wanted = get_object_or_404(requests, pk=pk)
    refusal, now = None, timezone.now()
    if request.method == "POST":
        given = {"request": wanted, "by": request.user, "now": now}
        try:
            if "call_off" in request.POST:
                call_off(**given)
                messages.success(request, "The request is called off. Nothing was destroyed.")
            else:
                agree_to_destroy(**given, looked_at=request.POST.get("looked_at", ""))
                messages.success(request, "The files are destroyed, and the words are taken out.")
        except Refused as refused:
            refusal, wanted = refused, requests.get(pk=pk)
        else:
            return redirect(wanted)
    found = {
        "crumbs": _crumbs(partnership),
        "refusal": refusal,
        "found": page_of(wanted, request.user, now),
    }
    status = 409 if refusal else 200
    return render(request, "reports/destroying/request.html", found, status=status)


def _crumbs(partnership=None):
    crumbs = [("Partnerships", reverse("site:partnerships"))]
    if partnership is not None:
        reports = reverse("destroying:reports", args=[partnership.slug])
        crumbs.append((f"Issued reports of {partnership}", reports))
    return crumbs
