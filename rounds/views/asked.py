"""What the link in a message about a round shows: a button that lets its person in."""

from allauth.account.utils import perform_login
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.codes import masked, send_code
from partnerships.invitation_views import dead_link
from rounds.services import Standing, notice_of, standing_of, use_link

DEAD = {
    Standing.OVER: (
        "This round takes no answers any more",
        "It has closed. If you still have something to say, tell the coordinator. "
        "You can sign in to read what was sent.",
    ),
    Standing.NOT_THEIRS: (
        "This link no longer works",
        "The person it was made for has another email address now, or no post here any more. "
        "If that is you, sign in with your address, or ask the coordinator.",
    ),
    Standing.UNKNOWN: (
        "We do not know this link",
        "Check that the whole link was copied from the email: it can break at the end of a line. "
        "You can also sign in with your email address.",
    ),
}
NOT_FOUND, CONFLICT, GONE = 404, 409, 410


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def asked(request, token):
    """Looking changes nothing, since mail scanners look too; the button lets the person in."""
    now = timezone.now()
    notice = notice_of(token)
    standing = standing_of(notice, now)
    if standing in DEAD:
        return dead_link(
            request,
            *DEAD[standing],
            partnership=notice and notice.round.partnership,
            status=NOT_FOUND if standing == Standing.UNKNOWN else GONE,
        )
    if request.user.is_authenticated:
        if request.user.pk == notice.person_id:
            return redirect(_inside(notice))
        return _page(request, "asked_other", notice, status=CONFLICT)
    if request.method == "POST":
        return _enter(request, token, now)
    return _page(request, "asked", notice, by_code=standing == Standing.BY_CODE)


def _enter(request, token, now):
    """Straight in while the link is fresh, once; afterwards by a code to the person's address."""
    standing, notice = use_link(token=token, now=now)
    inside = _inside(notice)
    if standing == Standing.FRESH:
        return perform_login(request, notice.person, email_verification="none", redirect_url=inside)
    if standing == Standing.BY_CODE:
        problems = send_code(request, notice.person)
        if not problems:
            return redirect(f"{reverse('account_confirm_login_code')}?next={inside}")
        return _page(request, "asked", notice, by_code=True, problems=problems, status=429)
    return redirect(request.path)


def _inside(notice):
    return notice.round.partnership.get_absolute_url()


def _page(request, name, notice, *, status=200, **more):
    whom = masked(notice.message.to)
    found = {
        "notice": notice,
        "whom": whom,
        "continue_as": f"Continue as {whom}",
        "today": timezone.localdate(),
        **more,
    }
    return render(request, f"rounds/{name}.html", found, status=status)
