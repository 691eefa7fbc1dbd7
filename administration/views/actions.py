"""An action of the plan on its page: its facts, its milestones, and its withdrawal."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from actions.models import Action
from actions.services import (
    add_action,
    keep_action,
    move_action,
    restore_action,
    withdraw_action,
)
from administration.fetch import (
    action_to_keep,
    crumbs_of_editor,
    direction_up,
    editor_address,
    priority_to_keep,
)
from administration.forms.actions import ActionSheet
from administration.forms.plan import WithdrawForm
from administration.priority_page import LinkedLeads
from partnerships.access import in_partnership
from partnerships.refusals import ChangedSince, Refused
from priorities.services import ReferenceTaken

page_or_form = require_http_methods(["GET", "HEAD", "POST"])


@page_or_form
@in_partnership
def new_action(request, access, pk):
    """An action that comes into the plan, with its first milestones."""
    priority = priority_to_keep(access, pk)
    action = Action(priority=priority, plan=priority.plan)
    sheet = ActionSheet(action, plan=priority.plan, today=access.today, data=request.POST or None)
    if request.method == "POST" and sheet.is_valid():
        moved = _move(sheet, request)
        try:
            add_action(action=action, milestones=sheet.milestones, by=request.user)
        except Refused as refused:
            _say(sheet, refused)
        else:
            return _on(request, access, sheet, moved)
    found = {"priority": priority, "crumbs": crumbs_of_editor(access, priority.plan)}
    return render(request, "administration/action_edit.html", _shown(sheet, **found))


@page_or_form
@in_partnership
def edit_action(request, access, pk):
    """What the plan says of an action, and its milestones in order."""
    action = action_to_keep(access, pk)
    name, crumbs = str(action), crumbs_of_editor(access, action.plan)
    sheet = ActionSheet(action, plan=action.plan, today=access.today, data=request.POST or None)
    newer = None
    if request.method == "POST" and sheet.is_valid():
        moved = _move(sheet, request)
        try:
            keep_action(
                action=action,
                milestones=sheet.milestones,
                removed=sheet.removed,
                marker=sheet.marker,
                by=request.user,
            )
        except ChangedSince as refused:
            newer = refused.saved
            sheet = sheet.start_again(newer)
        except Refused as refused:
            _say(sheet, refused)
        else:
            return _on(request, access, sheet, moved)
    found = {"priority": action.priority, "crumbs": crumbs, "newer": newer, "name": name}
    found["leads"] = LinkedLeads.of(action, access.today)
    status = 409 if newer else 200
    return render(request, "administration/action_edit.html", _shown(sheet, **found), status=status)


@require_POST
@in_partnership
def move(request, access, pk):
    action = action_to_keep(access, pk)
    move_action(action=action, up=direction_up(request), by=request.user)
    return redirect(editor_address(access, action.plan_id, f"action-{action.pk}"))


@page_or_form
@in_partnership
def withdraw(request, access, pk):
    """Say what withdrawing an action does, ask why, and withdraw it."""
    action = action_to_keep(access, pk)
    form, status = WithdrawForm(request.POST or None), 200
    if request.method == "POST" and form.is_valid():
        try:
            withdraw_action(action=action, reason=form.cleaned_data["reason"])
        except Refused as refused:
            form.add_error("reason", str(refused))
            status = 409
        else:
            messages.success(request, f"{action} is withdrawn.")
            return redirect(editor_address(access, action.plan_id, f"action-{action.pk}"))
    found = {
        "section": "plan",
        "crumbs": crumbs_of_editor(access, action.plan),
        "what": action,
        "under": action.priority,
        "form": form,
        "back": editor_address(access, action.plan_id, f"action-{action.pk}"),
    }
    return render(request, "administration/withdraw.html", found, status=status)


@require_POST
@in_partnership
def restore(request, access, pk):
    """Take the withdrawal of an action back."""
    action = action_to_keep(access, pk)
    try:
        restore_action(action=action)
    except Refused as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, f"{action} is in the plan again.")
    return redirect(editor_address(access, action.plan_id, f"action-{action.pk}"))


def _move(sheet, request):
    """The row that one of its own buttons moves, if it was one of these."""
    to, _, key = request.POST.get("then", "").partition(":")
    return sheet.move(key, up=to == "up") if to in ("up", "down") else None


def _say(sheet, refused):
    field = "reference" if isinstance(refused, ReferenceTaken) else None
    sheet.form.add_error(field, str(refused))


def _on(request, access, sheet, moved):
    """To the page that the pressed button leads to, with what was saved said on it."""
    action = sheet.action
    slug = access.partnership.slug
    messages.success(request, f"{action} is saved.")
    removed = [milestone.title for milestone in sheet.removed]
    if removed:
        messages.success(request, f"Removed: {'; '.join(removed)}")
    if sheet.doubts:
        messages.warning(request, f"Check this: {'; '.join(sheet.doubts)}.")
    if request.POST.get("then") == "next":
        return redirect("administration:new_action", slug, action.priority_id)
    anchor = {"more": "#milestone-new1"}.get(request.POST.get("then"), "")
    if moved and moved.milestone.pk:
        anchor = f"#milestone-{moved.milestone.pk}"
    return redirect(reverse("administration:edit_action", args=[slug, action.pk]) + anchor)


def _shown(sheet, **found):
    return {"section": "plan", "sheet": sheet, "form": sheet.form, "action": sheet.action, **found}
