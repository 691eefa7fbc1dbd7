"""The first page: what is asked of a person, in one partnership or over all of theirs."""

from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from partnerships.access import accesses_of, in_partnership, signed_in
from rounds.home import home_of, sent_by
from rounds.standing import tally_of

SENT_ON_A_PAGE = 8


@require_safe
@signed_in
def everywhere(request):
    """All partnerships of a person; with one alone its own home."""
    today = timezone.localdate()
    accesses = accesses_of(request.user, today)
    if len(accesses) == 1:
        return redirect(accesses[0].partnership)
    return _home(request, accesses, today)


@require_safe
@in_partnership
def home(request, access):
    return _home(request, [access], access.today)


def _home(request, accesses, today):
    sent = Paginator(sent_by(accesses, today), SENT_ON_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "rounds/home.html",
        {
            "section": "home",
            "today": today,
            "home": home_of(accesses, today, timezone.now()),
            "sent": sent,
            "tallies": [(update, tally_of(update)) for update in sent],
        },
    )
