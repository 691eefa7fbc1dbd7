"""Pages that tell about the portal itself, and the style sheet of a partnership's colour."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from .models import refuse_pale_colour


@require_safe
def accessibility(request):
    return render(request, "partnerships/accessibility.html")


@require_safe
def privacy(request):
    return render(request, "partnerships/privacy.html")


@require_safe
def cookies(request):
    return render(
        request,
        "partnerships/cookies.html",
        {
            "session": settings.SESSION_COOKIE_NAME,
            "session_hours": settings.SESSION_COOKIE_AGE // 3600,
            "csrf": settings.CSRF_COOKIE_NAME,
            "csrf_weeks": settings.CSRF_COOKIE_AGE // (7 * 24 * 3600),
        },
    )


@require_safe
@cache_control(public=True, max_age=365 * 24 * 60 * 60, immutable=True)
def brand(request, colour):
    """The four brand properties of static/site.css for a colour on which white text is readable."""
    try:
        refuse_pale_colour(f"#{colour}")
    except ValidationError as error:
        raise Http404("White text could not be read on this colour.") from error
    css = (
        f":root {{ --brand: #{colour}; --brand-dark: {_mixed(colour, 0, 0.32)}; "
        f"--brand-tint: {_mixed(colour, 255, 0.91)}; --brand-on: #ffffff; }}\n"
    )
    return HttpResponse(css, content_type="text/css; charset=utf-8")


def _mixed(colour, other, share):
    """The colour with a share of black (0) or white (255) mixed in."""
    channels = (int(colour[at : at + 2], 16) for at in (0, 2, 4))
    return "#" + "".join(f"{round(c * (1 - share) + other * share):02x}" for c in channels)
