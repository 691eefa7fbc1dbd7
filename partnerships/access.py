"""How a page learns who is looking: the person, the partnership of the address, their posts."""

from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone

from .kept import kept_text
from .models import Membership
from .permissions import Access


def accesses_of(user, today):
    """One Access for every partnership in which the person has a current membership."""
    memberships = (
        Membership.objects.filter(user=user)
        .current(today)
        .select_related("partnership", "organisation")
        .order_by()
    )
    by_partnership = {}
    # Sorted here: to have rows so wide sorted takes Django half as long again to ask for them.
    for membership in sorted(memberships, key=lambda each: (each.partnership.name, each.pk)):
        by_partnership.setdefault(membership.partnership, []).append(membership)
    return [
        Access(user, partnership, found, today) for partnership, found in by_partnership.items()
    ]


def signed_in(view):
    """Ask for the sign-in first; what was posted by somebody signed out comes back to them."""

    @wraps(view)
    def inner(request, *args, **kwargs):
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if request.method == "POST":
            return kept_text(request, status=403, reason="signed_out")
        return redirect_to_login(request.get_full_path())

    return inner


def for_site_administrators(view):
    """Let in those who keep the whole portal; everybody else who is signed in is refused."""

    @wraps(view)
    @signed_in
    def inner(request, *args, **kwargs):
        if not request.user.is_superuser:
            raise PermissionDenied("Only a site administrator may do this.")
        return view(request, *args, **kwargs)

    return inner


def in_partnership(view):
    """Give the view the person's Access to the partnership of the address, or answer 404.

    A stranger learns nothing, not even that the partnership exists.
    """

    @wraps(view)
    @signed_in
    def inner(request, partnership, *args, **kwargs):
        request.accesses = accesses_of(request.user, timezone.localdate())
        for access in request.accesses:
            if access.partnership.slug == partnership:
                request.access = access
                return view(request, access, *args, **kwargs)
        raise Http404("No partnership of yours has this address.")

    return inner
