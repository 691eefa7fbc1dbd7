"""The report of each round as a page, and a lead's update as it will print."""

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from partnerships.access import in_partnership
from partnerships.permissions import Permission
from rounds.models import LeadUpdate, Round

from .check import check_of
from .content import build_report

REPORTS_ON_A_PAGE = 20


@require_safe
@in_partnership
def reports(request, access):
    """Every round that has been opened, with its report."""
    access.require(Permission.RUN_ROUNDS)
    rounds = Round.objects.visible_to(access).select_related("plan").latest_first()
    planned = rounds.filter(state=Round.State.PLANNED, plan__closed_at__isnull=True)
    opened = Paginator(rounds.exclude(state=Round.State.PLANNED), REPORTS_ON_A_PAGE)
    return render(
        request,
        "reports/reports.html",
        {
            "section": "reports",
            "page": opened.get_page(request.GET.get("page")),
            "planned": list(planned.reverse()),
        },
    )


@require_safe
@in_partnership
def report(request, access, pk):
    """The report of a round as it stands now."""
    access.require(Permission.RUN_ROUNDS)
    rounds = Round.objects.visible_to(access).select_related("plan", "partnership")
    round = get_object_or_404(rounds, pk=pk)
    found = {
        "section": "reports",
        "crumbs": [("Reports", reverse("reports:reports", args=[access.partnership.slug]))],
        "round": round,
    }
    if round.is_planned:
        return render(request, "reports/planned.html", found)
    found["report"] = build_report(round, now=timezone.now())
    return render(request, "reports/report.html", found)


@require_safe
@in_partnership
def check(request, access, pk):
    """A lead's update exactly as it will print, with what is missing, before it is sent."""
    updates = LeadUpdate.objects.visible_to(access).select_related(
        "round__plan", "round__partnership", "priority"
    )
    update = get_object_or_404(updates, pk=pk)
    takes_answers = update.round.takes_answers(timezone.now())
    slug = access.partnership.slug
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
            "check": check_of(update, takes_answers=takes_answers),
            "takes_answers": takes_answers,
            "leads": LeadUpdate.objects.led_by(access).filter(pk=update.pk).exists(),
        },
    )
