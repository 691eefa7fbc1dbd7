"""Finding things in a partnership: by words, or an action by how it stands."""

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from documents.tables import csv_file
from partnerships.access import in_partnership
from partnerships.permissions import Permission
from priorities.models import Plan

from . import milestones
from .actions import HEADINGS, ActionFilter, lines_of, rows_of
from .finding import KINDS, find
from .words import SHORTEST, words_of

FIRST_FEW = 5
ON_A_PAGE = 20
LONGEST_QUERY = 200


@require_safe
@in_partnership
def search(request, access):
    """What the words find: the first few of every kind, or all of one kind in pages."""
    access.require(Permission.READ_PLAN)
    query = request.GET.get("q", "")[:LONGEST_QUERY].strip()
    words, kind = words_of(query), request.GET.get("kind")
    kinds = [kind] if kind in KINDS else list(KINDS)
    found = [each for each in find(access, words, kinds) if each.hits] if words else []
    page = None
    if kind in KINDS and found:
        page = Paginator(found[0].hits, ON_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "search/search.html",
        {
            "section": "search",
            "query": query,
            "is_too_short": bool(query) and not words,
            "shortest": SHORTEST,
            "kind": kind if kind in KINDS else "",
            "found": found,
            "page": page,
            "first_few": f":{FIRST_FEW}",
            "few": FIRST_FEW,
        },
    )


@require_safe
@in_partnership
def actions(request, access):
    """The actions of today's plan."""
    access.require(Permission.READ_PLAN)
    plan = Plan.objects.visible_to(access).current_first(access.today).first()
    if plan is None:
        return redirect("rounds:plans", access.partnership.slug)
    return redirect("search:actions", access.partnership.slug, plan.pk)


@require_safe
@in_partnership
def actions_of_plan(request, access, pk):
    """The actions of a plan, filtered and sorted."""
    plan, chosen = _chosen(request, access, pk)
    page = Paginator(chosen.qs, ON_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "search/actions.html",
        {
            "section": "plan",
            "crumbs": [(f"Plan {plan.year_label}", plan.get_absolute_url())],
            "plan": plan,
            "form": chosen.form,
            "is_filtered": any(
                value for name, value in chosen.form.cleaned_data.items() if name != "sort"
            )
            if chosen.form.is_valid()
            else False,
            "page": page,
            "rows": rows_of(page, access),
        },
    )


@require_safe
@in_partnership
def actions_file(request, access, pk):
    """The same list as a file."""
    plan, chosen = _chosen(request, access, pk)
    name = f"actions-{access.partnership.slug}-{plan.slug}"
    return csv_file(name, HEADINGS, lines_of(chosen.qs, plan, access))


@require_safe
@in_partnership
def milestones_file(request, access, pk):
    """The milestones of the actions in the list, as a file."""
    plan, chosen = _chosen(request, access, pk)
    name = f"milestones-{access.partnership.slug}-{plan.slug}"
    return csv_file(name, milestones.HEADINGS, milestones.lines_of(chosen.qs, plan, access))


def _chosen(request, access, pk):
    access.require(Permission.READ_PLAN)
    plan = get_object_or_404(Plan.objects.visible_to(access), pk=pk)
    return plan, ActionFilter(request.GET or {"sort": "plan"}, plan=plan, access=access)
