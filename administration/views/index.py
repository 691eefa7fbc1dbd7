"""What an administrator can keep in order, and where."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.views.decorators.http import require_safe

from partnerships.access import in_partnership


@require_safe
@in_partnership
def index(request, access):
    """Everything that is kept on pages of the administration."""
    if not access.administers:
        raise PermissionDenied("You may not administer this partnership.")
    return render(request, "administration/index.html", {"section": "administration"})
