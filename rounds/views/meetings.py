"""The meeting of a round: its sheet, and what was said, decided and agreed there."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from partnerships.access import in_partnership
from partnerships.markers import changed_meanwhile
from partnerships.permissions import Permission
from partnerships.refusals import ChangedSince
from rounds.matters import matters_before, matters_of
from rounds.meeting_forms import ItemForm, MeetingForm
from rounds.meeting_page import MeetingPage
from rounds.meeting_sheet import parts_of, sheet_of
from rounds.models import Meeting, MeetingItem
from rounds.services.meetings import (
    ITEM,
    MEETING,
    marker_of_item,
    marker_of_meeting,
    record_item,
    record_meeting,
    remove_item,
)

from .fetch import crumbs_to, round_to_run

page_or_form = require_http_methods(["GET", "HEAD", "POST"])

Kind = MeetingItem.Kind


@require_safe
@in_partnership
def sheet(request, access, pk):
    """What the meeting is held by, on paper or on a phone."""
    round = round_to_run(access, pk)
    if round.is_planned:
        return _not_yet(request, access, round)
    found = _of(access, round, sheet=sheet_of(round, access.today))
    return render(request, "rounds/meeting_sheet.html", found)


@require_safe
@in_partnership
def meeting(request, access, pk):
    """Everything recorded of the meeting, and what still can be."""
    round = round_to_run(access, pk)
    if round.is_planned:
        return _not_yet(request, access, round)
    held = Meeting.objects.visible_to(access).filter(round=round).first()
    page = MeetingPage(
        parts_of(round, access.today),
        matters_of(held, access.today) if held else (),
        matters_before(round, access.today, as_closed=False),
    )
    found = _of(access, round, meeting=held, page=page)
    return render(request, "rounds/meeting.html", found)


@page_or_form
@in_partnership
def details(request, access, pk):
    """When and where it was held."""
    round = round_to_run(access, pk)
    if round.is_planned:
        return _not_yet(request, access, round)
    held = Meeting.objects.visible_to(access).filter(round=round).first()
    newer, status = None, 200
    form = MeetingForm(request.POST or None, round=round, meeting=held, today=access.today)
    if request.method == "POST" and form.is_valid():
        try:
            record_meeting(round=round, **form.cleaned_data)
        except ChangedSince as changed:
            newer, status = changed.saved, 409
            typed = _again(request, marker_of_meeting(newer))
            form = MeetingForm(typed, round=round, meeting=newer, today=access.today)
        else:
            messages.success(request, "The meeting is saved.")
            return redirect("rounds:meeting", access.partnership.slug, pk)
    elif form.errors:
        status = 422
    found = _of_meeting(access, round, form=form, meeting=held, newer=newer)
    found["changed"] = newer and changed_meanwhile(newer, MEETING, request.user)
    return render(request, "rounds/meeting_details.html", found, status=status)


@page_or_form
@in_partnership
def add(request, access, pk):
    """Something said, decided or agreed: which of them, and of what, the address says."""
    round = round_to_run(access, pk)
    if round.is_planned:
        return _not_yet(request, access, round)
    held = Meeting.objects.visible_to(access).filter(round=round).first()
    if held is None:
        messages.warning(request, "First record when the meeting was held.")
        return redirect("rounds:meeting_details", access.partnership.slug, pk)
    kind = request.GET.get("kind", Kind.DECISION)
    if kind not in Kind.values:
        raise Http404
    item = MeetingItem(meeting=held, kind=kind, partnership=access.partnership)
    return _item_page(request, access, round, item)


@page_or_form
@in_partnership
def item(request, access, pk):
    """Change it; of an action, say when it was done."""
    item = _item(access, pk)
    return _item_page(request, access, item.meeting.round, item)


@page_or_form
@in_partnership
def remove(request, access, pk):
    item = _item(access, pk)
    round = item.meeting.round
    if request.method == "POST":
        remove_item(item=item)
        messages.success(request, f"Removed: {item.get_kind_display().lower()}")
        return redirect("rounds:meeting", access.partnership.slug, round.pk)
    found = _of_meeting(access, round, item=item)
    return render(request, "rounds/meeting_remove.html", found)


def _item_page(request, access, round, item):
    newer, status = None, 200
    given = {"parts": parts_of(round, access.today), "today": access.today}
    given["about"] = request.GET.get("about", "")
    form = ItemForm(request.POST or None, item=item, **given)
    if request.method == "POST" and form.is_valid():
        try:
            item = record_item(item=form.filled(), marker=form.cleaned_data["marker"])
        except ChangedSince as changed:
            newer, status = changed.saved, 409
            form = ItemForm(_again(request, marker_of_item(newer)), item=newer, **given)
        else:
            messages.success(request, f"Saved: {item.get_kind_display().lower()}")
            left_out = form.cleaned_data["text"].dropped
            if left_out:
                messages.warning(request, f"Left out or changed: {', '.join(left_out)}.")
            there = reverse("rounds:meeting", args=[access.partnership.slug, round.pk])
            return redirect(f"{there}#matter-{item.pk}")
    elif form.errors:
        status = 422
    found = _of_meeting(access, round, form=form, item=item, newer=newer)
    found["changed"] = newer and changed_meanwhile(newer, ITEM, request.user)
    return render(request, "rounds/meeting_item.html", found, status=status)


def _item(access, pk):
    access.require(Permission.RUN_ROUNDS)
    items = MeetingItem.objects.visible_to(access).select_related(
        "meeting__round__plan", "update", "answer"
    )
    return get_object_or_404(items, pk=pk)


def _again(request, marker):
    """What was typed, to be saved over what somebody else has saved meanwhile."""
    typed = request.POST.copy()
    typed["marker"] = marker
    return typed


def _not_yet(request, access, round):
    messages.warning(request, f"{round.full_label} has not been opened yet.")
    return redirect("rounds:board", access.partnership.slug, round.pk)


def _of(access, round, **found):
    crumbs = crumbs_to(access, round)
    return {"section": "rounds", "crumbs": crumbs, "round": round, **found}


def _of_meeting(access, round, **found):
    """The same, for a page that is reached from the page of the meeting."""
    shown = _of(access, round, **found)
    there = reverse("rounds:meeting", args=[access.partnership.slug, round.pk])
    return shown | {"crumbs": [*shown["crumbs"], ("The meeting", there)]}
