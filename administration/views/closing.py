"""Ending a plan's year: the position of each action, closing, opening again, carrying forward."""

from django.contrib import messages
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from actions.models import Closing
from administration.closing import (
    MILESTONE_TO_DO,
    carry_forward,
    close_plan,
    day_of_completion,
    hindrance,
    is_doubtful,
    marker_of_positions,
    next_plan,
    open_round_hindrance,
    reopen_plan,
    save_positions,
    to_carry,
)
from administration.closing_page import ClosingPage, tally_of
from administration.fetch import crumbs_of_plan
from administration.forms.closing import CarryForm, ReopenPlanForm
from partnerships.access import in_partnership
from partnerships.permissions import Permission
from partnerships.refusals import ChangedSince, Refused
from priorities.models import Plan
from rounds.models import Answer

page_or_form = require_http_methods(["GET", "HEAD", "POST"])


def _plan(access, pk):
    access.require(Permission.KEEP_PLAN)
    plans = Plan.objects.visible_to(access).select_related("partnership")
    return get_object_or_404(plans, pk=pk)


def _of(access, plan, **found):
    return {"section": "plan", "crumbs": crumbs_of_plan(access, plan), "plan": plan, **found}


@page_or_form
@in_partnership
def positions(request, access, pk):
    """Every action with how it stands, and where it ended; part of it can be saved."""
    plan = _plan(access, pk)
    if plan.closed_at:
        messages.warning(request, f"{plan} is closed.")
        return redirect(plan)
    rounds = list(plan.rounds.all())
    hindered = hindrance(plan, rounds, access.today)
    page = ClosingPage.of(plan, access, request.POST or None)
    # What was posted keeps the mark it started from, until somebody else's is shown with it.
    marker, refusal, has_errors = request.POST.get("marker", page.marker), None, False
    if request.method == "POST" and not page.is_valid():
        has_errors = True
    elif request.method == "POST":
        try:
            saved = save_positions(
                plan=plan,
                positions=page.positions,
                marker=marker,
                by=request.user,
                today=access.today,
            )
        except Refused as refused:
            refusal, marker = refused, page.marker
        else:
            said = f"Saved: {saved} new or changed." if saved else "Nothing was changed."
            messages.success(request, said)
            return redirect("administration:closing", access.partnership.slug, pk)
    found = _of(
        access,
        plan,
        page=page,
        hindrance=hindered,
        marker=marker,
        has_errors=has_errors,
        refusal=refusal,
        theirs=page.theirs(refusal.saved) if isinstance(refusal, ChangedSince) else [],
    )
    return render(request, "administration/closing.html", found, status=409 if refusal else 200)


@page_or_form
@in_partnership
def close(request, access, pk):
    """What closing does, asked once more."""
    plan = _plan(access, pk)
    if plan.closed_at:
        messages.warning(request, f"{plan} is closed already.")
        return redirect(plan)
    refusal = ""
    if request.method == "POST":
        try:
            close_plan(
                plan=plan,
                marker=request.POST.get("marker", ""),
                by=request.user,
                now=timezone.now(),
                today=access.today,
            )
        except Refused as refused:
            refusal = str(refused)
        else:
            messages.success(request, f"{plan} is closed.")
            if to_carry(plan):
                return redirect("administration:carry", access.partnership.slug, pk)
            return redirect(plan)
    in_draft = Q(updates__answers__state=Answer.State.DRAFT)
    drafts = Count("updates__answers", filter=in_draft)
    rounds = list(plan.rounds.annotate(drafts=drafts).latest_first())
    for round in rounds:
        round.plan = plan
    not_done = Count("milestones", filter=MILESTONE_TO_DO)
    actions = list(plan.actions.in_plan().annotate(undone=not_done).order_by("order", "pk"))
    if not refusal and any(not action.closing for action in actions):
        messages.warning(request, "Say where every action ended before you close the plan.")
        return redirect("administration:closing", access.partnership.slug, pk)
    found = _of(
        access,
        plan,
        refusal=refusal,
        hindrance=hindrance(plan, rounds, access.today) or open_round_hindrance(rounds),
        planned=[round for round in reversed(rounds) if round.is_planned],
        with_drafts=[round for round in reversed(rounds) if round.is_closed and round.drafts],
        tally=tally_of(actions),
        doubtful=[
            action
            for action in actions
            if action.closing == Closing.COMPLETE and is_doubtful(action, action.undone)
        ],
        completed_on=day_of_completion(plan, access.today),
        marker=marker_of_positions(actions),
    )
    return render(
        request, "administration/closing_confirm.html", found, status=409 if refusal else 200
    )


@page_or_form
@in_partnership
def reopen(request, access, pk):
    """Let a closed plan be changed again, with the reason kept."""
    plan = _plan(access, pk)
    if not plan.closed_at:
        messages.warning(request, f"{plan} is not closed.")
        return redirect(plan)
    form = ReopenPlanForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            reopen_plan(plan=plan, reason=form.cleaned_data["reason"], by=request.user)
        except Refused as refused:
            messages.warning(request, str(refused))
        else:
            messages.success(request, f"{plan} is open again.")
        return redirect(plan)
    return render(request, "administration/reopen_plan.html", _of(access, plan, form=form))


@page_or_form
@in_partnership
def carry(request, access, pk):
    """Make what was carried forward in the next plan, where there is one."""
    plan = _plan(access, pk)
    actions = to_carry(plan) if plan.closed_at else []
    if not actions:
        messages.warning(request, "No action is left to be carried forward.")
        return redirect(plan)
    into = next_plan(plan)
    priorities = list(into.priorities.in_plan()) if into and not into.closed_at else []
    form = None
    if priorities:
        form = CarryForm(
            request.POST or None,
            actions=actions,
            priorities=priorities,
            there=list(into.actions.in_plan()),
        )
    if form and request.method == "POST" and form.is_valid():
        made = carry_forward(chosen=form.chosen, into=into, by=request.user)
        if made:
            messages.success(request, f"Carried forward into {into}: {made}.")
            return redirect(into)
        messages.warning(request, "Nothing was chosen, so nothing was carried forward.")
    found = _of(access, plan, into=into, actions=actions, form=form)
    return render(request, "administration/carry.html", found)
