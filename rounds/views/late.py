"""Letting in answers one by one after their round has closed, and taking that back."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from partnerships.access import in_partnership
from partnerships.templatetags.days import deadline
from rounds import services
from rounds.coordinator_forms import LetInForm, LetInNoMoreForm
from rounds.models import Answer
from rounds.services import Refused, let_in_late

from .fetch import answer_to_run, crumbs_to, round_to_run


@require_http_methods(["GET", "HEAD", "POST"])
@in_partnership
def let_in(request, access, pk):
    """Choose which sections of a lead may still come, until when and why."""
    answer, now = answer_to_run(access, pk), timezone.now()
    update, round = answer.update, answer.update.round
    unsent = update.answers.filter(state__in=Answer.UNSENT)
    # From the row of a priority nobody has said yet which of its sections.
    chosen = [] if "choose" in request.GET else [pk]
    given = {"round": round, "unsent": unsent, "now": now, "initial": {"sections": chosen}}
    form = LetInForm(request.POST or None, **given)
    refusal = _refusal(round, unsent, now)
    if request.method == "POST" and not refusal and form.is_valid():
        typed = {name: form.cleaned_data[name] for name in ("sections", "reason")}
        try:
            found = let_in_late(update=update, until=form.until, by=access, now=now, **typed)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            named = "; ".join(each.heading for each in found)
            until = deadline(form.until, access.today)
            messages.success(
                request, f"{update.label}: may be answered late, until {until}: {named}."
            )
            return redirect("rounds:board", access.partnership.slug, round.pk)
    if refusal:
        messages.warning(request, refusal)
        return redirect("rounds:read", access.partnership.slug, pk)
    found = {"section": "rounds", "crumbs": crumbs_to(access, round)}
    found |= {"round": round_to_run(access, round.pk, with_issued=True)}
    found |= {"answer": answer, "update": update, "form": form}
    status = 422 if form.errors else 200
    return render(request, "rounds/let_in.html", found, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@in_partnership
def let_in_no_more(request, access, pk):
    """Ask first which sections of a lead may not come late after all, then take that back."""
    answer, now = answer_to_run(access, pk), timezone.now()
    update, round = answer.update, answer.update.round
    late = [each for each in update.answers.all() if each.can_be_let_in_no_more(now)]
    if not late:
        messages.warning(request, "No section of it is let in late, or it has been sent.")
        return redirect("rounds:read", access.partnership.slug, pk)
    form = LetInNoMoreForm(request.POST or None, late=late, initial={"sections": [pk]})
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["sections"]
        try:
            found = services.let_in_no_more(update=update, sections=chosen, by=access, now=now)
        except Refused as refused:
            messages.warning(request, str(refused))
        else:
            count = f"{len(found)} section{'' if len(found) == 1 else 's'}"
            messages.success(request, f"{update.label}: {count} may not be answered late any more.")
        return redirect("rounds:board", access.partnership.slug, round.pk)
    found = {"section": "rounds", "crumbs": crumbs_to(access, round)}
    found |= {"round": round, "answer": answer, "update": update, "form": form}
    status = 422 if form.errors else 200
    return render(request, "rounds/let_in_no_more.html", found, status=status)


def _refusal(round, unsent, now):
    """Why nothing of an update can be let in late now; nothing where it can."""
    if round.is_planned or round.takes_answers(now):
        return f"{round.full_label} is not closed: nothing has to be let in late."
    if round.plan.closed_at:
        return f"The plan of {round.full_label} is closed."
    return "" if unsent else "Everything that was asked has been sent."
