"""What an administrator can keep in order, and what a round still needs before it can open."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from administration.checklist import checklist_of
from partnerships.access import in_partnership


@require_safe
@in_partnership
def index(request, access):
    """The set-up step by step, and everything that is kept on pages of the administration.

    A coordinator sees how far the set-up is, and whom to tell.
    """
    if not (access.administers or access.runs_rounds):
        raise PermissionDenied("You may not administer this partnership.")
    plan = request.GET.get("plan", "")
    chosen = int(plan) if plan.isascii() and plan.isdecimal() and len(plan) < 19 else None
    checklist = checklist_of(access, timezone.now(), chosen)
    found = {"section": "administration", "checklist": checklist}
    return render(request, "administration/index.html", found)
