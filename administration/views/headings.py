"""The headings under which groups report to a priority."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from administration.fetch import crumbs_of_priority, direction_up, found_or_404, priority_to_keep
from administration.forms.leads import HeadingForm
from partnerships.access import in_partnership
from partnerships.refusals import ChangedSince, Refused
from priorities.models import GroupHeading
from priorities.services import (
    keep_heading,
    marker_of_heading,
    move_heading,
    remove_heading,
)

page_or_form = require_http_methods(["GET", "HEAD", "POST"])


@page_or_form
@in_partnership
def new(request, access, pk):
    """A heading that each round opened from now on asks under."""
    return _kept(request, access, GroupHeading(priority=priority_to_keep(access, pk)))


@page_or_form
@in_partnership
def edit(request, access, pk):
    """The words of a heading and its groups; past rounds keep the words of their opening."""
    return _kept(request, access, _heading(access, pk))


@require_POST
@in_partnership
def move(request, access, pk):
    heading = _heading(access, pk)
    move_heading(heading=heading, up=direction_up(request), by=request.user)
    return redirect(_at(access, heading.priority, f"heading-{pk}"))


@page_or_form
@in_partnership
def remove(request, access, pk):
    """Say what removing a heading does, then remove it."""
    heading = _heading(access, pk)
    back = _at(access, heading.priority, "headings")
    if request.method == "POST":
        name = heading.heading
        remove_heading(heading=heading, today=access.today)
        messages.success(request, f"“{name}” is removed.")
        return redirect(back)
    found = {
        "section": "plan",
        "crumbs": crumbs_of_priority(access, heading.priority),
        "what": heading,
        "under": heading.priority,
        "effect": (
            "No round that is opened from now on asks under this heading. A round that is open "
            "already, and every past round, keeps it with what was answered."
        ),
        "back": back,
    }
    return render(request, "administration/remove.html", found)


def _heading(access, pk):
    return found_or_404(GroupHeading.objects.in_use(), access, pk, "priority__plan")


def _at(access, priority, anchor):
    address = reverse("administration:edit_priority", args=[access.partnership.slug, priority.pk])
    return f"{address}#{anchor}"


def _kept(request, access, heading):
    priority, is_new = heading.priority, heading.pk is None
    form = HeadingForm(request.POST or None, instance=heading, today=access.today)
    newer = None
    if request.method == "POST" and form.is_valid():
        try:
            keep_heading(
                heading=heading,
                groups=form.cleaned_data["groups"],
                by=request.user,
                marker=form.cleaned_data["marker"],
            )
        except ChangedSince as refused:
            groups = ", ".join(str(group) for group in refused.saved.groups.all())
            newer = f"{refused.saved} ({groups or 'no group'})"
            typed = request.POST.copy()
            typed["marker"] = marker_of_heading(refused.saved)
            form = HeadingForm(typed, instance=heading, today=access.today)
        except Refused as refused:
            form.add_error("heading", str(refused))
        else:
            messages.success(request, f"“{heading.heading}” is saved.")
            return redirect(_at(access, priority, "headings"))
    found = {
        "section": "plan",
        "crumbs": crumbs_of_priority(access, priority),
        "priority": priority,
        "is_new": is_new,
        "form": form,
        "newer": newer,
        "back": _at(access, priority, "headings"),
    }
    return render(request, "administration/heading.html", found, status=409 if newer else 200)
