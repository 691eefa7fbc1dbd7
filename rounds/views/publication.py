"""What of a round is not for publication: an answer, the title of an action, recommendations."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from actions.models import Action
from partnerships.access import in_partnership
from partnerships.permissions import Permission
from partnerships.publication_page import Subject, publication_page
from rounds.services import why_not_writable

from .fetch import answer_to_run, crumbs_to, round_to_run
from .writing import writer_of

page_or_form = require_http_methods(["GET", "HEAD", "POST"])


@page_or_form
@in_partnership
def answer_publication(request, access, pk):
    """For coordinators at any time, for those who lead while they can write it."""
    if access.runs_rounds:
        answer, back, section = answer_to_run(access, pk), "rounds:read", "rounds"
    else:
        writer = writer_of(access, pk)
        if not writer.leads:
            access.require(Permission.RUN_ROUNDS)
        answer, back, section = writer.answer, "rounds:answer", "home"
        closed = why_not_writable(answer, timezone.now(), on_behalf=False)
        if closed:
            messages.warning(request, str(closed))
            return redirect(back, access.partnership.slug, pk)
    round = answer.update.round
    sensitive = "It is marked OFFICIAL-SENSITIVE, so it is not published whatever is said here."
    subject = Subject(
        row=answer,
        name=answer.heading,
        prints="Where it is not published, the public edition says “Not published” under its "
        "heading: no text, rating, progress or date. The full edition prints it with the reason."
        + (" The figures above it are not shown either." if answer.is_figures else ""),
        back=reverse(back, args=[access.partnership.slug, answer.pk]),
        section=section,
        crumbs=crumbs_to(access, round) if access.runs_rounds else writer.frame()["crumbs"],
        always=sensitive if answer.is_sensitive else "",
    )
    return publication_page(request, subject)


@page_or_form
@in_partnership
def title_publication(request, access, pk):
    """For those who keep the plan and those who make its reports, in a closed plan too."""
    access.require(Permission.RUN_ROUNDS if access.runs_rounds else Permission.KEEP_PLAN)
    actions = Action.objects.visible_to(access).select_related("plan", "partnership")
    action = get_object_or_404(actions, pk=pk)
    slug = access.partnership.slug
    subject = Subject(
        row=action,
        name=f"Title of {action}",
        prints="Where it is not published, “Not published” stands in every public edition in "
        "place of the reference, the title, and all that is said of the action. The full edition "
        "prints them.",
        back=action.get_absolute_url(),
        section="plan",
        crumbs=[(str(action.plan), reverse("rounds:plan", args=[slug, action.plan_id]))],
        flag="title_is_withheld",
        why="title_withheld_reason",
    )
    return publication_page(request, subject)


@page_or_form
@in_partnership
def recommendations_publication(request, access, pk):
    round = round_to_run(access, pk)
    subject = Subject(
        row=round,
        name="Recommendations",
        prints="Where they are not published, the public edition says “Not published” under their "
        "heading. The full edition prints them.",
        back=reverse("rounds:recommendations", args=[access.partnership.slug, round.pk]),
        section="rounds",
        crumbs=crumbs_to(access, round),
        flag="recommendations_are_withheld",
        why="recommendations_withheld_reason",
    )
    return publication_page(request, subject)
