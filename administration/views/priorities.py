"""A priority or theme of the plan: its words, its place, its withdrawal, what is under it."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from administration.fetch import (
    crumbs_of_editor,
    direction_up,
    editor_address,
    plan_to_keep,
    priority_to_keep,
)
from administration.forms.plan import PriorityForm, WithdrawForm
from administration.priority_page import PriorityPage
from partnerships.access import in_partnership
from partnerships.refusals import ChangedSince, Refused
from priorities.models import Priority
from priorities.services import (
    ReferenceTaken,
    add_priority,
    marker_of_priority,
    move_priority,
    restore_priority,
    reword_priority,
    withdraw_priority,
)

page_or_form = require_http_methods(["GET", "HEAD", "POST"])


@page_or_form
@in_partnership
def new(request, access, pk, kind):
    """A priority or theme that comes into the plan, after the last of its kind."""
    plan = plan_to_keep(access, pk)
    priority = Priority(plan=plan, kind=kind)
    form = PriorityForm(request.POST or None, instance=priority)
    if request.method == "POST" and form.is_valid():
        try:
            add_priority(priority=priority, by=request.user)
        except ReferenceTaken as refused:
            form.add_error("reference", str(refused))
        else:
            messages.success(request, f"{priority} is in the plan.")
            return redirect("administration:edit_priority", access.partnership.slug, priority.pk)
    found = {"plan": plan, "priority": priority, "crumbs": crumbs_of_editor(access, plan)}
    return render(
        request, "administration/priority_edit.html", {"section": "plan", "form": form, **found}
    )


@page_or_form
@in_partnership
def edit_priority(request, access, pk):
    """The words of a priority, its leads, and the headings and figures under it."""
    priority = priority_to_keep(access, pk)
    label = str(priority)
    form = PriorityForm(request.POST or None, instance=priority)
    newer = None
    if request.method == "POST" and form.is_valid():
        try:
            reword_priority(priority=priority, marker=form.cleaned_data["marker"])
        except ChangedSince as refused:
            newer = refused.saved
            typed = request.POST.copy()
            typed["marker"] = marker_of_priority(newer)
            form = PriorityForm(typed, instance=priority)
        except ReferenceTaken as refused:
            form.add_error("reference", str(refused))
        else:
            messages.success(request, f"{priority} is saved.")
            return redirect("administration:edit_priority", access.partnership.slug, pk)
    found = {
        "section": "plan",
        "plan": priority.plan,
        "priority": priority,
        "label": label,
        "crumbs": crumbs_of_editor(access, priority.plan),
        "form": form,
        "newer": newer,
        "page": PriorityPage.of(priority, access),
    }
    return render(request, "administration/priority_edit.html", found, status=409 if newer else 200)


@require_POST
@in_partnership
def move(request, access, pk):
    priority = priority_to_keep(access, pk)
    move_priority(priority=priority, up=direction_up(request), by=request.user)
    return redirect(editor_address(access, priority.plan_id, f"priority-{pk}"))


@page_or_form
@in_partnership
def withdraw(request, access, pk):
    """Say what withdrawing a priority does, ask why, and withdraw it."""
    priority = priority_to_keep(access, pk)
    back = editor_address(access, priority.plan_id, f"priority-{pk}")
    form, status = WithdrawForm(request.POST or None), 200
    if request.method == "POST" and form.is_valid():
        try:
            withdraw_priority(
                priority=priority, reason=form.cleaned_data["reason"], on=access.today
            )
        except Refused as refused:
            form.add_error("reason", str(refused))
            status = 409
        else:
            messages.success(request, f"{priority} is withdrawn.")
            return redirect(back)
    found = {
        "section": "plan",
        "crumbs": crumbs_of_editor(access, priority.plan),
        "what": priority,
        "under": priority.plan,
        "actions": priority.actions.in_plan().count(),
        "form": form,
        "back": back,
    }
    return render(request, "administration/withdraw.html", found, status=status)


@require_POST
@in_partnership
def restore(request, access, pk):
    """Take the withdrawal of a priority back."""
    priority = priority_to_keep(access, pk)
    try:
        restore_priority(priority=priority)
    except Refused as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, f"{priority} is in the plan again.")
    return redirect(editor_address(access, priority.plan_id, f"priority-{pk}"))
