"""The partnership's own settings, in a few short forms."""

from copy import copy

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from actions.wording import progress_labels
from administration.forms.settings import ASKED
from partnerships.access import in_partnership
from partnerships.permissions import Permission
from partnerships.refusals import ChangedSince
from partnerships.settings import change_settings
from rounds.coordinator_forms import LENGTHS
from rounds.models import Rag
from rounds.wording import rag_meanings

page_or_form = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@in_partnership
def settings(request, access):
    """Every setting as it stands, with the way to change it."""
    access.require(Permission.CHANGE_SETTINGS)
    partnership = access.partnership
    found = {
        "section": "administration",
        "crumbs": _crumbs(access)[:1],
        "aliases": list(partnership.aliases.all()),
        "length": dict(LENGTHS)[partnership.round_months],
        "asked": [label for name, label in ASKED.items() if getattr(partnership, name)],
        "meanings": [
            (code, Rag(code).label, meaning) for code, meaning in rag_meanings(partnership).items()
        ],
        "labels": progress_labels(partnership).values(),
    }
    return render(request, "administration/settings.html", found)


@page_or_form
@in_partnership
def change(request, access, group):
    """One group of settings."""
    access.require(Permission.CHANGE_SETTINGS)
    # Not the one that the frame of the page shows: the form writes what is typed into it.
    partnership = copy(access.partnership)
    form = group(request.POST or None, partnership=partnership)
    refusal, differences, status = "", [], 200
    if request.method == "POST" and form.is_valid():
        try:
            change_settings(
                partnership=partnership, values=form.values, marker=form.marker, today=access.today
            )
        except ChangedSince as refused:
            refusal, status = str(refused), 409
            differences = form.differences(group(partnership=refused.saved))
            form.mark_again(refused.saved)
        else:
            messages.success(request, f"{group.heading}: saved.")
            return redirect("administration:settings", access.partnership.slug)
    found = {
        "section": "administration",
        "crumbs": _crumbs(access),
        "form": form,
        "refusal": refusal,
        "differences": differences,
    }
    return render(request, "administration/settings_form.html", found, status=status)


def _crumbs(access):
    slug = access.partnership.slug
    return [
        ("Administration", reverse("administration:index", args=[slug])),
        ("Settings", reverse("administration:settings", args=[slug])),
    ]
