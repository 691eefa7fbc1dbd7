"""The plan of a year: made, kept, and edited as a whole."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from administration.closing import next_plan, to_carry
from administration.editor import EditorPage
from administration.fetch import crumbs_of_editor, crumbs_of_plan, plan_to_keep
from administration.forms.plan import (
    FACTS_OF_PLAN,
    NewPlanForm,
    PlanForm,
    label_of_year,
    next_year,
)
from administration.starting import start_plan
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
    """Make the plan of a year: the next one, from the one before, unless another is typed."""
    access.require(Permission.KEEP_PLAN)
    plans = Plan.objects.visible_to(access).latest_first()
    before = plans.filter(kind=Plan.Kind.PARTNERSHIP).first()
    starts_on, ends_on = next_year(before, access.today)
    label = label_of_year(starts_on, ends_on)
    proposed = {
        "year_label": label,
        "title": f"Community Safety Plan {label}",
        "starts_on": starts_on,
        "ends_on": ends_on,
    }
    form = NewPlanForm(
        request.POST or None, initial=proposed, partnership=access.partnership, before=before
    )
    if request.method == "POST" and form.is_valid():
        plan = form.save(commit=False)
        before = form.starts_from
        start_plan(plan=plan, before=before, by=request.user, today=access.today)
        return _lead_on(request, access, plan, before)
    found = {"section": "plan", "form": form, "before": before}
    return render(request, "administration/plan_details.html", found)


def _lead_on(request, access, plan, before):
    """Say what is in the new plan, and go to what comes next: carrying forward, or its pages."""
    if before is None:
        messages.success(request, f"{plan} is made. Add its priorities, then their actions.")
    elif not before.closed_at:
        messages.success(
            request,
            f"{plan} is made, with what was copied from {before}. Actions of {before} can be "
            "carried forward once its year is closed.",
        )
    elif next_plan(before) == plan and to_carry(before):
        messages.success(
            request,
            f"{plan} is made, with what was copied from {before}. Now carry its actions forward.",
        )
        return redirect("administration:carry", access.partnership.slug, before.pk)
    else:
        messages.success(
            request, f"{plan} is made, with what was copied from {before}. Add its actions."
        )
    return redirect("administration:edit_plan", access.partnership.slug, plan.pk)


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
