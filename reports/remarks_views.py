"""The page on which a coordinator looks once more at a report before it is issued."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from partnerships.access import in_partnership
from partnerships.permissions import Permission
from partnerships.refusals import Refused
from rounds.models import Round

from .remarks.collected import look_through
from .services.trying_links import MOST, try_links
from .tried_links import in_words, link_rows


@require_safe
@never_cache
@in_partnership
def remarks(request, access, pk):
    """Everything somebody should look at; it is worked out anew each time and blocks nothing."""
    round = _begun(access, pk)
    slug = access.partnership.slug
    looked = look_through(round, today=access.today, keeps_settings=access.administers)
    return render(
        request,
        "reports/remarks.html",
        {
            "section": "reports",
            "crumbs": [
                ("Reports", reverse("reports:reports", args=[slug])),
                (round.full_label, reverse("reports:report", args=[slug, round.pk])),
            ],
            "round": round,
            "kinds": looked.kinds,
            "links": link_rows(looked.web_links, access.partnership, timezone.now()),
            "most_links": MOST,
        },
    )


@require_POST
@in_partnership
def try_them(request, access, pk):
    """Ask whether the websites that the report leads to answer; it takes some seconds."""
    round = _begun(access, pk)
    check = reverse("reports:remarks", args=[access.partnership.slug, round.pk])
    try:
        found = try_links(round=round, by=access, now=timezone.now())
    except Refused as refused:
        messages.warning(request, str(refused))
        return redirect(check)
    messages.success(request, in_words(found))
    return redirect(f"{check}#answers")


def _begun(access, pk):
    """A round that has something to look at; for coordinators."""
    access.require(Permission.RUN_ROUNDS)
    rounds = Round.objects.visible_to(access).select_related("plan", "partnership")
    return get_object_or_404(rounds.exclude(state=Round.State.PLANNED), pk=pk)
