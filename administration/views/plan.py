"""The plan of a year: made, kept, and edited as a whole."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from administration.editor import EditorPage
from administration.fetch import crumbs_of_editor, crumbs_of_plan, plan_to_keep
from administration.forms.plan import FACTS_OF_PLAN, PlanForm, label_of_year, next_year
from partnerships.access import in_partnership
from partnerships.markers import marker_of_fields
from partnerships.permissions import Permission
from partnerships.refusals import ChangedSince
from priorities.models import Plan
from priorities.services import keep_plan

page_or_form = require_http_methods(["GET", "HEAD", "POST"])


@page_or_form
@in_partnership
def new_plan(request, access):
    """Make the plan of a year, the next one unless another is typed."""
    access.require(Permission.KEEP_PLAN)
    starts_on, ends_on = next_year(Plan.objects.visible_to(access), access.today)
    label = label_of_year(starts_on, ends_on)
    proposed = {
        "year_label": label,
        "title": f"Community Safety Plan {label}",
        "starts_on": starts_on,
        "ends_on": ends_on,
    }
    form = PlanForm(request.POST or None, initial=proposed, partnership=access.partnership)
    if request.method == "POST" and form.is_valid():
        plan = form.save()
        messages.success(request, f"{plan} is made. Add its priorities, then their actions.")
        return redirect("administration:edit_plan", access.partnership.slug, plan.pk)
    return render(request, "administration/plan_details.html", {"section": "plan", "form": form})


@page_or_form
@in_partnership
def plan_details(request, access, pk):
    """The year, title, dates and introduction of a plan."""
    plan = plan_to_keep(access, pk)
    crumbs = crumbs_of_editor(access, plan)
    form = PlanForm(request.POST or None, instance=plan, partnership=access.partnership)
    newer = None
    if request.method == "POST" and form.is_valid():
        try:
            keep_plan(plan=plan, facts=FACTS_OF_PLAN, marker=form.cleaned_data["marker"])
        except ChangedSince as refused:
            newer = refused.saved
            typed = request.POST.copy()
            typed["marker"] = marker_of_fields(newer, FACTS_OF_PLAN)
            form = PlanForm(typed, instance=plan, partnership=access.partnership)
        else:
            messages.success(request, f"{plan} is saved.")
            return redirect("administration:edit_plan", access.partnership.slug, plan.pk)
    found = {"section": "plan", "crumbs": crumbs, "plan": plan, "form": form, "newer": newer}
    return render(request, "administration/plan_details.html", found, status=409 if newer else 200)


@require_safe
@in_partnership
def edit_plan(request, access, pk):
    """Every priority, theme and action in order, each with its buttons."""
    plan = plan_to_keep(access, pk)
    found = {
        "section": "plan",
        "crumbs": crumbs_of_plan(access, plan),
        "plan": plan,
        "page": EditorPage.of(plan, access.today),
    }
    return render(request, "administration/plan_edit.html", found)
