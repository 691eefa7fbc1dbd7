"""A lead's update: the list of what is asked, sending it, and what happens next."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from partnerships.access import in_partnership
from rounds.as_closed import linked_in
from rounds.models import LeadUpdate, priorities_led_by
from rounds.services import Refused, submit_update
from rounds.tasks import task_list


def update_to_write(access, pk):
    """An update this person may answer, as its lead or deputy (`is_led`) or for them."""
    led = priorities_led_by(access).filter(priority=OuterRef("priority"))
    updates = LeadUpdate.objects.visible_to(access).annotate(is_led=Exists(led))
    return get_object_or_404(updates.select_related("round__plan", "partnership"), pk=pk)


def update_before(update):
    """The last update on the same priority of the plan."""
    return (
        LeadUpdate.objects.filter(
            priority=update.priority_id, round__period_ends_on__lt=update.round.period_ends_on
        )
        .select_related("round__plan", "partnership")
        .order_by("-round__period_ends_on")
        .first()
    )


@require_safe
@in_partnership
def update(request, access, pk):
    update = update_to_write(access, pk)
    tasks = task_list(update, timezone.now(), access.user)
    linked = linked_in(update.round, [update], access.today)[update.priority_id]
    return render(
        request,
        "rounds/update.html",
        {
            "section": "home",
            "crumbs": [("Home", reverse("rounds:home", args=[access.partnership.slug]))],
            "update": update,
            "list": tasks,
            "takes_answers": tasks.is_open,
            "may_give": update.round.takes_answers(timezone.now()),
            "for_the_lead": not update.is_led,
            "before": update_before(update),
            "lead": update.lead_text or linked.in_words or "the lead",
            "people": linked.people,
        },
    )


@require_POST
@in_partnership
def submit(request, access, pk):
    update = LeadUpdate.objects.led_by(access).filter(pk=pk).first()
    if update is None:
        update_to_write(access, pk)
        raise PermissionDenied("A lead's update is submitted by its lead or deputy.")
    try:
        submit_update(update=update, by=request.user, now=timezone.now())
    except Refused as refusal:
        messages.warning(request, str(refusal))
        return redirect("rounds:update", access.partnership.slug, pk)
    return redirect("rounds:sent", access.partnership.slug, pk)


@require_safe
@in_partnership
def sent(request, access, pk):
    update = update_to_write(access, pk)
    if update.submitted_at is None:
        return redirect(update)
    now = timezone.now()
    tasks = task_list(update, now)
    return render(
        request,
        "rounds/sent.html",
        {
            "section": "home",
            "update": update,
            "list": tasks,
            "takes_answers": update.round.takes_answers(now),
            "spoken": [
                task.answer
                for task in tasks.tasks
                if task.answer.is_sent and task.answer.response == task.answer.Response.VERBAL
            ],
        },
    )
