"""How the public pages answer: for everybody alike, and never out of date.

Nothing of who asks is looked at: no session, no cookie is read or set, and no page varies by one.
Any browser or proxy may keep an answer, and has to ask before it shows it again, which costs a
304 without a body: so a withdrawal takes effect with the next visit, wherever a copy lies.
"""

from functools import wraps
from hashlib import sha256

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils.cache import get_conditional_response
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from partnerships.models import Partnership

CACHE = "public, no-cache"


def for_everybody(view):
    """Give the view the partnership of the address; 404 unless its public pages are turned on."""

    @csrf_exempt
    @require_safe
    @wraps(view)
    def inner(request, partnership, *args, **kwargs):
        shown = Partnership.objects.filter(slug=partnership, publishes_reports=True).first()
        try:
            if shown is None:
                raise Http404
            return view(request, shown, *args, **kwargs)
        except Http404:
            # The portal's own page for this looks at who is signed in.
            return page(request, "reports/public_unknown.html", {"partnership": shown}, status=404)

    return inner


def page(
    request: HttpRequest, template: str, found: dict[str, object], *, status: int = 200
) -> HttpResponseBase:
    """A page made without the request, so that nothing of it can get in."""
    return kept(request, HttpResponse(render_to_string(template, found), status=status))


def kept(request: HttpRequest, response: HttpResponse) -> HttpResponseBase:
    """The answer, or a 304 where whoever asks has it already; known by the hash of its bytes."""
    etag = f'"{sha256(response.content).hexdigest()}"'
    not_modified = (
        get_conditional_response(request, etag=etag) if response.status_code == 200 else None
    )
    answer = response if not_modified is None else not_modified
    answer["ETag"] = etag
    answer["Cache-Control"] = CACHE
    return answer
