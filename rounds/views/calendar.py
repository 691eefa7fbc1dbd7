"""A person's due dates for the calendar that they use, without signing in."""

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from accounts.models import User
from partnerships.access import accesses_of
from rounds.calendar import calendar_of

NAME = "csp-portal.ics"


@require_safe
@cache_control(private=True, max_age=3600)
def calendar(request, key):
    """What is due, closes and is met on in every partnership of the person."""
    person = User.objects.filter(calendar_key=key, is_active=True).first()
    if person is None:
        raise Http404("No calendar has this address.")
    now = timezone.now()
    body = calendar_of(accesses_of(person, timezone.localdate(now)), now=now)
    return HttpResponse(
        body,
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'inline; filename="{NAME}"'},
    )
