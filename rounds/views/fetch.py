"""What the coordinator's pages fetch: 403 without the right, 404 for what is elsewhere."""

import re

from django.shortcuts import get_object_or_404
from django.urls import reverse

from partnerships.permissions import Permission
from rounds.models import Answer, Round
from rounds.services import held


def round_to_run(access, pk, *, with_issued=False):
    access.require(Permission.RUN_ROUNDS)
    rounds = Round.objects.visible_to(access).select_related("plan", "partnership")
    return get_object_or_404(rounds.with_issued() if with_issued else rounds, pk=pk)


def answer_to_run(access, pk, *, holds=False):
    """An answer; who writes it holds it from here until the transaction ends."""
    access.require(Permission.RUN_ROUNDS)
    answers = Answer.objects.visible_to(access).select_related(
        "update__round__plan", "action", "saved_by", "edited_by", "taken_in_by"
    )
    return get_object_or_404(held(answers) if holds else answers, pk=pk)


def posted_number(text):
    """The number of a row or a version that a form posted, or None for anything else."""
    return int(text) if re.fullmatch(r"[0-9]{1,18}", text) else None


def crumbs_to(access, round=None):
    """The way back from a page of a round: its board, and the list of rounds."""
    slug = access.partnership.slug
    crumbs = [("Rounds", reverse("rounds:rounds", args=[slug]))]
    if round is not None:
        crumbs.append((round.full_label, reverse("rounds:board", args=[slug, round.pk])))
    return crumbs
