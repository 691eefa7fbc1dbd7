"""The report of each round as a page, and a lead's update as it will print."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Prefetch
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from partnerships.access import in_partnership
from partnerships.permissions import Permission
from rounds.models import LeadUpdate, Round

from .check import check_of
from .content import build_report
from .editions import Edition, NotForPublic, editions_of
from .formats import FORMATS, file_name
from .issued_pages import rows_of
from .layout import layout_of
from .models import IssuedReport
from .renderers import CannotPrint
from .withheld_list import hidden_in

REPORTS_ON_A_PAGE = 20


@require_safe
@in_partnership
def reports(request, access):
    """Every round with an issued report; for coordinators every round that has been opened."""
    access.require(Permission.READ_PLAN)
    rounds = Round.objects.of(access.partnership).select_related("plan").latest_first()
    issued = IssuedReport.objects.with_what_became().order_by("-version")
    opened = rounds.exclude(state=Round.State.PLANNED)
    if not access.runs_rounds:
        opened = opened.filter(Exists(IssuedReport.objects.filter(round=OuterRef("pk"))))
    listed = opened.prefetch_related(Prefetch("issued_reports", issued))
    planned = rounds.filter(state=Round.State.PLANNED, plan__closed_at__isnull=True)
    page = Paginator(listed, REPORTS_ON_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "reports/reports.html",
        {
            "section": "reports",
            "page": page,
            "rows": rows_of(page, access.partnership),
            "planned": list(planned.reverse()) if access.runs_rounds else [],
        },
    )


@require_safe
@in_partnership
def report(request, access, pk):
    """The report of a round as it stands now."""
    access.require(Permission.RUN_ROUNDS)
    rounds = Round.objects.visible_to(access).with_issued().select_related("plan", "partnership")
    round = get_object_or_404(rounds, pk=pk)
    found = {
        "section": "reports",
        "crumbs": [("Reports", reverse("reports:reports", args=[access.partnership.slug]))],
        "round": round,
    }
    if round.is_planned:
        return render(request, "reports/planned.html", found)
    found["report"] = build_report(round, now=timezone.now())
    found["formats"] = FORMATS
    found["has_public"] = Edition.PUBLIC in editions_of(round.plan)
    return render(request, "reports/report.html", found)


@require_safe
@in_partnership
def public(request, access, pk):
    """The public edition as it would be released, and above it what it leaves out and why."""
    access.require(Permission.RUN_ROUNDS)
    rounds = Round.objects.visible_to(access).select_related("plan", "partnership")
    round = get_object_or_404(rounds.exclude(state=Round.State.PLANNED), pk=pk)
    slug = access.partnership.slug
    try:
        report = build_report(round, edition=Edition.PUBLIC, now=timezone.now())
    except NotForPublic as refused:
        messages.warning(request, str(refused))
        return redirect("reports:report", slug, round.pk)
    found = {
        "section": "reports",
        "crumbs": [
            ("Reports", reverse("reports:reports", args=[slug])),
            (round.full_label, reverse("reports:report", args=[slug, round.pk])),
        ],
        "round": round,
        "report": report,
        "hidden": hidden_in(round),
        "formats": FORMATS,
    }
    return render(request, "reports/public.html", found)


@require_safe
@never_cache
@in_partnership
def report_file(request, access, pk, extension):
    """The same report as a file to take away, in the edition that is asked for."""
    access.require(Permission.RUN_ROUNDS)
    rounds = Round.objects.visible_to(access).select_related("plan", "partnership")
    round = get_object_or_404(rounds.exclude(state=Round.State.PLANNED), pk=pk)
    if extension not in FORMATS:
        raise Http404
    edition = request.GET.get("edition", Edition.FULL)
    if edition not in list(Edition):
        raise Http404
    kind = FORMATS[extension]
    try:
        report = build_report(round, edition=Edition(edition), now=timezone.now())
        file = kind.render(layout_of(report))
    except (CannotPrint, NotForPublic) as error:
        messages.error(request, str(error))
        return redirect("reports:report", access.partnership.slug, round.pk)
    response = HttpResponse(file, content_type=kind.content_type)
    name = file_name(access.partnership.slug, round.slug, report, extension, edition)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_safe
@in_partnership
def check(request, access, pk):
    """A lead's update exactly as it will print, with what is missing, before it is sent."""
    updates = LeadUpdate.objects.visible_to(access).select_related(
        "round__plan", "round__partnership", "priority"
    )
    update = get_object_or_404(updates, pk=pk)
    check, slug = check_of(update, now=timezone.now()), access.partnership.slug
    return render(
        request,
        "reports/check.html",
        {
            "section": "home",
            "crumbs": [
                ("Home", reverse("rounds:home", args=[slug])),
                (update.label, update.get_absolute_url()),
            ],
            "update": update,
            "check": check,
            "takes_answers": check.takes_answers,
            "leads": LeadUpdate.objects.led_by(access).filter(pk=update.pk).exists(),
        },
    )
