"""The plan and its actions, as those who may read the plan see them."""

from django.http import Http404
from django.shortcuts import get_list_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from actions.models import Action
from partnerships.access import in_partnership
from partnerships.permissions import Permission
from priorities.models import Plan
from rounds.action_page import ActionPage, leads_of
from rounds.plan_page import PlanPage
from rounds.steps import Counted, joined_to_milestones, steps_in


@require_safe
@in_partnership
def plans(request, access):
    """The plan of today, else the latest; or who can add the first one."""
    access.require(Permission.READ_PLAN)
    plan = Plan.objects.visible_to(access).current_first(access.today).first()
    if plan is None:
        return render(request, "rounds/plans.html", {"section": "plan"})
    return redirect("rounds:plan", access.partnership.slug, plan.pk)


@require_safe
@in_partnership
def plan(request, access, pk):
    """One plan's priorities and actions, with the way to the plans of other years."""
    plans = list(Plan.objects.visible_to(access).latest_first())
    plan = next((plan for plan in plans if plan.pk == pk), None)
    if plan is None:
        raise Http404
    return render(
        request,
        "rounds/plan.html",
        {
            "section": "plan",
            "plan": plan,
            "page": PlanPage.of(plan, access),
            "is_to_carry": plan.closed_at
            and access.keeps_plan
            and plan.actions.left_to_carry().exists(),
            "others": [other for other in plans if other != plan],
        },
    )


@require_safe
@in_partnership
def action(request, access, pk):
    """One action with its milestones and everything that was said about it."""
    actions = Action.objects.visible_to(access).select_related("plan", "priority")
    rows = get_list_or_404(joined_to_milestones(actions), pk=pk)
    action = rows[0]
    steps = steps_in(rows, action.plan.period, access.today)
    told = ActionPage.of(action, access, request.GET.get("page"))
    plan_address = reverse("rounds:plan", args=[access.partnership.slug, action.plan_id])
    return render(
        request,
        "rounds/action.html",
        {
            "section": "plan",
            "crumbs": [
                (f"Plan {action.plan.year_label}", plan_address),
                (action.priority.label, f"{plan_address}#priority-{action.priority_id}"),
            ],
            "action": action,
            "is_overdue": action.is_overdue(access.today),
            "steps": steps,
            "counted": Counted.of(steps),
            "leads": leads_of(action, access),
            "told": told,
            "page": told.page,
        },
    )
