"""Which figures are printed under a priority, and in which order."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from administration.fetch import crumbs_of_priority, direction_up, found_or_404, priority_to_keep
from administration.forms.leads import PlaceForm
from partnerships.access import in_partnership
from partnerships.refusals import Refused
from performance.models import PriorityIndicator
from performance.places import move_place, place_indicator

page_or_form = require_http_methods(["GET", "HEAD", "POST"])


@page_or_form
@in_partnership
def new(request, access, pk):
    """Put a figure that the partnership has under a priority."""
    priority = priority_to_keep(access, pk)
    asked = {"indicator": request.GET.get("indicator")}
    form = PlaceForm(request.POST or None, priority=priority, access=access, initial=asked)
    if request.method == "POST" and form.is_valid():
        indicator = form.cleaned_data["indicator"]
        try:
            place_indicator(indicator=indicator, priority=priority, by=request.user)
        except Refused as refused:
            messages.warning(request, str(refused))
        else:
            messages.success(request, f"{indicator} stands under {priority}.")
        return redirect(_at(access, priority, "figures"))
    found = {
        "section": "plan",
        "crumbs": crumbs_of_priority(access, priority),
        "priority": priority,
        "form": form,
        "back": _at(access, priority, "figures"),
    }
    return render(request, "administration/place.html", found)


@require_POST
@in_partnership
def move(request, access, pk):
    place = _place(access, pk)
    move_place(place=place, up=direction_up(request), by=request.user)
    return redirect(_at(access, place.priority, f"figure-{pk}"))


@page_or_form
@in_partnership
def remove(request, access, pk):
    """Say what taking a figure away from a priority does, then take it away."""
    place = _place(access, pk)
    back = _at(access, place.priority, "figures")
    if request.method == "POST":
        place.delete()
        messages.success(request, f"{place.indicator} no longer stands under {place.priority}.")
        return redirect(back)
    found = {
        "section": "plan",
        "crumbs": crumbs_of_priority(access, place.priority),
        "what": place.indicator,
        "under": place.priority,
        "effect": (
            "It is no longer asked for or printed under this priority, in the round that is open "
            "now too. The figure itself and its readings stay."
        ),
        "back": back,
    }
    return render(request, "administration/remove.html", found)


def _place(access, pk):
    return found_or_404(PriorityIndicator.objects, access, pk, "priority__plan", "indicator")


def _at(access, priority, anchor):
    address = reverse("administration:edit_priority", args=[access.partnership.slug, priority.pk])
    return f"{address}#{anchor}"
