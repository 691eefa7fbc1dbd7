"""The record: what became of a section, or of every section of a round, when and by whom."""

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from partnerships.access import in_partnership
from rounds.rates import rates_until
from rounds.record import may_see_record, record_of, record_of_round

from .fetch import crumbs_to, round_to_run

ON_A_PAGE = 50


@require_safe
@in_partnership
def section_record(request, access, pk):
    """The story of one section, the earliest first; for coordinators and those who lead it."""
    sections = may_see_record(access).select_related(
        "update__round__plan", "update__round__partnership"
    )
    answer = get_object_or_404(sections, pk=pk)
    update, round = answer.update, answer.update.round
    events = Paginator(record_of(round, [pk]), ON_A_PAGE).get_page(request.GET.get("page"))
    crumbs = [
        ("Home", access.partnership.get_absolute_url()),
        (update.label, update.get_absolute_url()),
    ]
    found = {
        "section": "rounds" if access.runs_rounds else "home",
        "crumbs": crumbs_to(access, round) if access.runs_rounds else crumbs,
        "round": round,
        "answer": answer,
        "page": events,
    }
    return render(request, "rounds/section_record.html", found)


@require_safe
@in_partnership
def round_record(request, access, pk):
    """Everything that happened in a round, the latest first; for coordinators."""
    round = round_to_run(access, pk)
    lines = record_of_round(round)[::-1]
    found = {
        "section": "rounds",
        "crumbs": crumbs_to(access, round),
        "round": round,
        "page": Paginator(lines, ON_A_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "rounds/round_record.html", found)


@require_safe
@in_partnership
def rates(request, access, pk):
    """How much each organisation answered in the last rounds; for coordinators."""
    round = round_to_run(access, pk)
    found = {
        "section": "rounds",
        "crumbs": crumbs_to(access, round),
        "round": round,
        "rates": rates_until(round, access.today),
    }
    return render(request, "rounds/rates.html", found)
