"""What of a round is not for publication: an answer, the title of an action, recommendations."""

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from actions.models import Action
from partnerships.access import in_partnership
from partnerships.permissions import Permission
from partnerships.publication_page import Subject, publication_page

from .fetch import answer_to_run, crumbs_to, round_to_run

page_or_form = require_http_methods(["GET", "HEAD", "POST"])


@page_or_form
@in_partnership
def answer_publication(request, access, pk):
    answer = answer_to_run(access, pk)
    round = answer.update.round
    sensitive = "It is marked OFFICIAL-SENSITIVE, so it is not published whatever is said here."
    subject = Subject(
        row=answer,
        name=answer.heading,
        prints="Where it is not published, the public edition says “Not published” under its "
        "heading: no text, rating, progress or date. The full edition prints it with the reason."
        + (" The figures above it are not shown either." if answer.is_figures else ""),
        back=reverse("rounds:read", args=[access.partnership.slug, answer.pk]),
        section="rounds",
        crumbs=crumbs_to(access, round),
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
