"""Giving sections of an update to somebody else to write, taking them back, and finishing."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from mail.delivery import send_now
from partnerships.access import in_partnership
from partnerships.refusals import Refused
from rounds.given import given_unsent, may_be_given, who_may_be_given
from rounds.giving_forms import GiveForm
from rounds.models import Delegation, LeadUpdate
from rounds.sections import missing_parts
from rounds.services import finish as finish_section
from rounds.services import give_sections
from rounds.services import take_back as take_back_section
from rounds.services.asking import hears_of_taking_back

from .fetch import posted_number
from .given_once import for_writers
from .updates import update_to_write
from .writing import writer_of

page_or_form = require_http_methods(["GET", "HEAD", "POST"])


@page_or_form
@in_partnership
def give(request, access, pk):
    """Choose sections and a person; they are told at once, a guest by an invitation."""
    update = update_to_write(access, pk)
    sections = _to_give(update, access.today)
    if not sections or not update.round.takes_answers(timezone.now()):
        messages.warning(request, "There is no section here that could still be given to anybody.")
        return redirect(update)
    asked = {
        "update": update,
        "sections": sections,
        "people": who_may_be_given(update, access.today),
    }
    chosen = posted_number(request.GET.get("section", ""))
    form = GiveForm(request.POST or None, initial={"sections": [chosen]}, **asked)
    refusal = None
    if request.method == "POST" and form.is_valid():
        try:
            handover = _give(access, update, form)
        except Refused as refused:
            refusal = refused
        else:
            _send_invitation(request, handover)
            return redirect(f"{update.get_absolute_url()}#answer-{handover.answers[0].pk}")
    found = _on_list(access, update) | {"form": form, "refusal": refusal}
    status = 409 if refusal else 422 if form.errors else 200
    return render(request, "rounds/give.html", found, status=status)


def _give(access, update, form):
    return give_sections(
        update=update,
        answers=form.chosen,
        to=form.to,
        note=form.cleaned_data["note"],
        by=access,
        now=timezone.now(),
    )


def _send_invitation(request, handover):
    """Send it where there is one; say what became of it."""
    said = f"Given to {handover.to}: {len(handover.answers)} section"
    said += "" if len(handover.answers) == 1 else "s"
    if handover.invitation is None:
        messages.success(request, f"{said}. They are told by email.")
        return
    message = send_now(handover.invitation, timezone.now)
    if message.is_failed:
        messages.warning(
            request,
            f"{said}. But the invitation could not be sent to {message.to}. Put the address "
            "right: take the section back, and give it anew.",
        )
    else:
        messages.success(request, f"{said}. {message.to} is invited by email.")


@page_or_form
@in_partnership
def take_back(request, access, pk):
    """Ask first, then make the section its lead's alone again."""
    updates = LeadUpdate.objects.visible_to(access)
    given = Delegation.objects.of(access.partnership).filter(answer__update__in=updates)
    delegation = get_object_or_404(
        given.select_related(
            "answer__update__round__plan",
            "answer__update__partnership",
            "membership__user",
            "membership__organisation",
        ),
        pk=pk,
    )
    answer = delegation.answer
    if request.method == "POST":
        try:
            take_back_section(delegation=delegation, by=request.user, now=timezone.now())
        except Refused as refusal:
            messages.warning(request, str(refusal))
        else:
            said = f"Taken back from {delegation.membership}: {answer.heading}"
            messages.success(request, said)
        return redirect(f"{answer.update.get_absolute_url()}#answer-{answer.pk}")
    found = _on_list(access, answer.update) | {
        "delegation": delegation,
        "answer": answer,
        "is_told": hears_of_taking_back(delegation),
    }
    return render(request, "rounds/take_back.html", found)


@page_or_form
@in_partnership
@for_writers
def finish(request, access, pk):
    """Somebody who was given a section says that it is ready to be checked."""
    writer = writer_of(access, pk)
    if not writer.was_given_it:
        raise Http404("This section was not given to this person.")
    if request.method == "POST":
        try:
            finish_section(answer=writer.answer, by=access, now=timezone.now())
        except Refused as refusal:
            messages.warning(request, str(refusal))
            return redirect("rounds:answer", access.partnership.slug, pk)
        messages.success(request, f"Finished: {writer.answer.heading}. Its lead has been told.")
        return redirect(writer.list)
    if writer.answer.is_sent or missing_parts(writer.answer):
        return redirect("rounds:answer", access.partnership.slug, pk)
    return render(request, "rounds/finish.html", writer.frame())


def _to_give(update, today):
    """The sections that are still to be written, each with who has it already."""
    answers = list(update.answers.all())
    given = given_unsent(update, answers, today)
    return [
        (answer, "; ".join(each.in_words for each in given.get(answer.pk, ())))
        for answer in answers
        if may_be_given(answer)
    ]


def _on_list(access, update):
    home = reverse("rounds:home", args=[access.partnership.slug])
    return {
        "section": "home",
        "crumbs": [("Home", home), (update.label, update.get_absolute_url())],
        "update": update,
    }
