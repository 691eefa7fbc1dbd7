"""What the pages of the plan fetch: 403 without the right, 404 for what is elsewhere.

A closed plan is refused with `PlanClosed`, which is answered with a page that says so.
"""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from actions.models import Action
from partnerships.permissions import Permission
from priorities.closed import plan_of, refuse_closed
from priorities.models import Plan, Priority


def plan_to_keep(access, pk):
    access.require(Permission.KEEP_PLAN)
    plan = get_object_or_404(Plan.objects.visible_to(access), pk=pk)
    refuse_closed(plan)
    return plan


def priority_to_keep(access, pk):
    access.require(Permission.KEEP_PLAN)
    priorities = Priority.objects.visible_to(access).select_related("plan")
    priority = get_object_or_404(priorities, pk=pk)
    refuse_closed(priority.plan)
    return priority


def action_to_keep(access, pk):
    access.require(Permission.KEEP_PLAN)
    actions = Action.objects.visible_to(access).select_related("plan", "priority")
    action = get_object_or_404(actions, pk=pk)
    refuse_closed(action.plan)
    return action


def found_or_404(queryset, access, pk, *related):
    """A row of this partnership that belongs to its plan."""
    access.require(Permission.KEEP_PLAN)
    found = get_object_or_404(queryset.visible_to(access).select_related(*related), pk=pk)
    refuse_closed(plan_of(found))
    return found


def direction_up(request):
    """Whether a row is moved up; 404 for a request that no page of ours sends."""
    to = request.POST.get("to", "up")
    if to not in ("up", "down"):
        raise Http404
    return to == "up"


def editor_address(access, plan_pk, anchor=""):
    """The plan editor, at one of its rows."""
    address = reverse("administration:edit_plan", args=[access.partnership.slug, plan_pk])
    return f"{address}#{anchor}" if anchor else address


def crumbs_of_plan(access, plan):
    address = reverse("rounds:plan", args=[access.partnership.slug, plan.pk])
    return [(f"Plan {plan.year_label}", address)]


def crumbs_of_editor(access, plan):
    return [*crumbs_of_plan(access, plan), ("Edit the plan", editor_address(access, plan.pk))]


def crumbs_of_priority(access, priority):
    address = reverse("administration:edit_priority", args=[access.partnership.slug, priority.pk])
    return [*crumbs_of_editor(access, priority.plan), (priority.label, address)]


def crumbs_of_action(access, action):
    address = reverse("administration:edit_action", args=[access.partnership.slug, action.pk])
    label = f"Action {action.reference}".strip()
    return [*crumbs_of_editor(access, action.plan), (label, address)]
