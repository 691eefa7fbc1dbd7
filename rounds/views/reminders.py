"""Reminding by hand those who have not answered, and sending again what was not delivered."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from partnerships.access import in_partnership
from rounds import services
from rounds.asking import requests_of
from rounds.told import told_in

from .fetch import crumbs_to, posted_number, round_to_run


@require_http_methods(["GET", "HEAD", "POST"])
@in_partnership
def remind(request, access, pk):
    """Show whom a reminder would reach, then send it; to one person straight from the board."""
    round = round_to_run(access, pk)
    now = timezone.now()
    if request.method == "POST":
        typed = request.POST.get("person")
        _remind(request, round, posted_number(typed) or 0 if typed else None, now)
        return redirect("rounds:board", access.partnership.slug, round.pk)
    requests = requests_of(round, access.today) if round.takes_answers(now) else []
    told = told_in(round, access.today)
    found = {
        "section": "rounds",
        "crumbs": crumbs_to(access, round),
        "round": round,
        "waiting": [(each, told.get(each.person.pk)) for each in requests],
    }
    return render(request, "rounds/remind.html", found)


def _remind(request, round, person, now):
    try:
        reminded = services.remind_now(round=round, person=person, now=now)
    except services.Refused as refused:
        messages.warning(request, str(refused))
        return
    if reminded.told:
        messages.success(request, f"A reminder is on its way to {_named(reminded.told)}.")
    if reminded.told_today:
        messages.warning(
            request,
            f"Not reminded: {_named(reminded.told_today)}, told of a round today already. "
            "Nobody has a second message on the same day: remind them tomorrow.",
        )


@require_POST
@in_partnership
def send_again(request, access, pk):
    """Send the last message to a person again, which was not delivered."""
    round = round_to_run(access, pk)
    number = posted_number(request.POST.get("person", "")) or 0
    try:
        person = services.send_again(round=round, person=number, now=timezone.now())
    except services.Refused as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, f"The message is on its way again, to {person.email}.")
    return redirect("rounds:board", access.partnership.slug, round.pk)


def _named(people):
    return ", ".join(map(str, people))
