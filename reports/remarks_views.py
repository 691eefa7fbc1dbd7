"""The page on which a coordinator looks once more at a report before it is issued."""

from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from partnerships.access import in_partnership
from partnerships.permissions import Permission
from rounds.models import Round

from .remarks.collected import remarks_of


@require_safe
@never_cache
@in_partnership
def remarks(request, access, pk):
    """Everything somebody should look at; it is worked out anew each time and blocks nothing."""
    access.require(Permission.RUN_ROUNDS)
    rounds = Round.objects.visible_to(access).select_related("plan", "partnership")
    round = get_object_or_404(rounds.exclude(state=Round.State.PLANNED), pk=pk)
    slug = access.partnership.slug
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
            "kinds": remarks_of(round, today=access.today, keeps_settings=access.administers),
        },
    )
