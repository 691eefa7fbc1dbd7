"""What an invitation's link shows: a button that accepts, or why it cannot be used."""

from allauth.account.utils import perform_login
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from .people import Link, accept_invitation, invitation_of, standing_of

# What a link that opens nothing says: its heading, and what to do.
DEAD = {
    Link.EXPIRED: (
        "This invitation has expired",
        "It was good for 14 days. Ask whoever invited you to send it again: that takes them one "
        "click. The new email has a new link.",
    ),
    Link.WITHDRAWN: (
        "This link no longer works",
        "A newer invitation has taken its place, or it was withdrawn. Look for a later email from "
        "the CSP Portal. If there is none, ask whoever invited you.",
    ),
    Link.USED: (
        "This invitation has been accepted already",
        "Sign in with your email address: you can have a code sent to it, and need no password.",
    ),
    Link.SWITCHED_OFF: (
        "Your account has been switched off",
        "This is done when somebody leaves a post. Ask whoever invited you to have it switched on.",
    ),
    Link.UNKNOWN: (
        "We do not know this link",
        "Check that the whole link was copied from the email: it can break at the end of a line. "
        "If it still does not work, ask whoever invited you to send it again.",
    ),
}
NOT_FOUND, CONFLICT, GONE = 404, 409, 410


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request, token):
    """Looking changes nothing, since mail scanners look too; the button accepts."""
    now = timezone.now()
    found = invitation_of(token)
    standing = standing_of(found, now)
    if standing == Link.WAITING and _is_somebody_else(request, found):
        return _page(request, "partnerships/invitation_other.html", found, status=CONFLICT)
    if standing == Link.WAITING and request.method == "POST":
        standing, let_in = accept_invitation(token=token, now=now)
        if standing == Link.WAITING:
            return _enter(request, found, let_in)
    if standing == Link.WAITING:
        return _page(request, "partnerships/invitation.html", found, today=timezone.localdate(now))
    return dead_link(
        request,
        *DEAD[standing],
        partnership=found and found.membership.partnership,
        status=NOT_FOUND if standing == Link.UNKNOWN else GONE,
    )


def dead_link(request, title, text, *, partnership, status):
    """Why a link that was sent opens nothing, and what to do; partnership: whose, where known."""
    found = {
        "title": title,
        "text": text,
        "help_email": partnership.help_email if partnership else "",
    }
    return render(request, "partnerships/dead_link.html", found, status=status)


def _is_somebody_else(request, found):
    return request.user.is_authenticated and request.user.pk != found.membership.user_id


def _enter(request, found, let_in):
    """The account's own way of signing in, where the link has let the person in; else theirs."""
    if let_in is not None:
        messages.success(
            request,
            f"Welcome to {found.membership.partnership}. You can set a password under “Your "
            "details” above, or have a code emailed to you each time you sign in.",
        )
        return perform_login(request, let_in, email_verification="none", redirect_url="/")
    messages.success(
        request, f"You have accepted the invitation to {found.membership.partnership}."
    )
    return redirect("home")


def _page(request, template, found, *, status=200, **more):
    return render(request, template, {"invitation": found, **more}, status=status)
