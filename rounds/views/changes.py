"""What changed about a plan, a priority, an action and an answer, and putting a text back."""

from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from actions.models import Action
from partnerships.access import in_partnership
from partnerships.former_texts import Thing, changes_page, former_page, restore_text
from priorities.models import Plan, Priority
from rounds.changes import (
    story_of_action,
    story_of_answer,
    story_of_plan,
    story_of_priority,
)
from rounds.models import Answer
from rounds.services import restore_answer_text, why_not_writable

from .fetch import crumbs_to
from .writing import writer_of

page_or_restore = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@in_partnership
def plan_changes(request, access, pk):
    return changes_page(request, _plan(access, pk))


@page_or_restore
@in_partnership
def plan_former(request, access, pk, key, row, field):
    return _former(request, _plan(access, pk), key, row, field)


@require_safe
@in_partnership
def priority_changes(request, access, pk):
    return changes_page(request, _priority(access, pk))


@page_or_restore
@in_partnership
def priority_former(request, access, pk, key, row, field):
    return _former(request, _priority(access, pk), key, row, field)


@require_safe
@in_partnership
def action_changes(request, access, pk):
    return changes_page(request, _action(access, pk))


@page_or_restore
@in_partnership
def action_former(request, access, pk, key, row, field):
    return _former(request, _action(access, pk), key, row, field)


@require_safe
@in_partnership
def answer_changes(request, access, pk):
    return changes_page(request, _answer(access, pk)[0])


@page_or_restore
@in_partnership
@transaction.atomic
def answer_former(request, access, pk, key, row, field):
    thing, writer = _answer(access, pk, saves=request.method == "POST")

    def restore(found, marker):
        restore_answer_text(
            answer=writer.answer,
            field=found.field,
            before=found.before,
            marker=marker,
            by=access,
            now=timezone.now(),
            on_behalf=writer.on_behalf,
        )

    return former_page(request, thing, thing.story.find(key, row, field), restore)


def _former(request, thing, key, row, field):
    def restore(found, marker):
        restore_text(found=found, marker=marker)

    return former_page(request, thing, thing.story.find(key, row, field), restore)


def _plan(access, pk):
    plan = get_object_or_404(Plan.objects.visible_to(access).select_related("partnership"), pk=pk)
    return Thing(
        story_of_plan(plan, access),
        plan.title,
        plan.get_absolute_url(),
        pk,
        "rounds:plan_changes",
        _keeps(access, plan),
        "plan",
        [],
    )


def _priority(access, pk):
    priorities = Priority.objects.visible_to(access).select_related("plan__partnership")
    priority = get_object_or_404(priorities, pk=pk)
    return Thing(
        story_of_priority(priority, access),
        str(priority),
        priority.get_absolute_url(),
        pk,
        "rounds:priority_changes",
        _keeps(access, priority.plan),
        "plan",
        [_crumb(priority.plan)],
    )


def _action(access, pk):
    actions = Action.objects.visible_to(access).select_related("plan__partnership", "partnership")
    action = get_object_or_404(actions, pk=pk)
    return Thing(
        story_of_action(action, access),
        str(action),
        action.get_absolute_url(),
        pk,
        "rounds:action_changes",
        _keeps(access, action.plan),
        "plan",
        [_crumb(action.plan)],
    )


def _answer(access, pk, *, saves=False):
    """The answer with all of its history for those who write it, for readers with theirs."""
    writer = _writer(access, pk, saves)
    if writer is None:
        answers = Answer.objects.visible_to(access).select_related("update__round__plan", "action")
        answer = get_object_or_404(answers, pk=pk)
        return _answer_to_read(access, answer), None
    answer, round = writer.answer, writer.answer.update.round
    refused = why_not_writable(answer, timezone.now(), on_behalf=writer.on_behalf)
    page = "rounds:read" if access.runs_rounds else "rounds:answer"
    crumbs = [("Home", access.partnership.get_absolute_url()), (answer.update.label, writer.list)]
    if access.runs_rounds:
        crumbs = crumbs_to(access, round)
    thing = Thing(
        story_of_answer(answer, access, writes=True),
        _name_of(answer),
        reverse(page, args=[access.partnership.slug, pk]),
        pk,
        "rounds:answer_changes",
        refused is None,
        "rounds" if access.runs_rounds else "home",
        crumbs,
        warning=_what_it_does(writer),
    )
    return thing, writer


def _writer(access, pk, saves):
    try:
        writer = writer_of(access, pk, saves=saves)
    except Http404:
        return None
    # Who supplies a figure of a section, or was given it, has its page, and not what others
    # wrote there before.
    return None if writer.supplies is not None or writer.was_given_it else writer


def _what_it_does(writer):
    """What restoring a text does to the answer beside."""
    if writer.answer.is_sent:
        return "This answer has been sent. What you restore replaces the text in it at once."
    if writer.on_behalf:
        return "Restoring the text sends the answer at once, recorded as given for its lead."
    return ""


def _answer_to_read(access, answer):
    slug, round = access.partnership.slug, answer.update.round
    back = (
        answer.action.get_absolute_url()
        if answer.action
        else reverse("rounds:plan", args=[slug, round.plan_id])
    )
    return Thing(
        story_of_answer(answer, access, writes=False),
        _name_of(answer),
        back,
        answer.pk,
        "rounds:answer_changes",
        False,
        "plan",
        [_crumb(round.plan)],
        only_since="Shown is what was changed since the answer was accepted and its round closed.",
    )


def _name_of(answer):
    """With its round: the action that it is about has a page of its own that says what changed."""
    return f"{answer.heading}, {answer.update.round.full_label}"


def _keeps(access, plan):
    return access.keeps_plan and plan.closed_at is None


def _crumb(plan):
    return f"Plan {plan.year_label}", plan.get_absolute_url()
