"""Nothing typed is ever lost: a page that gives back what was posted when it cannot be saved.

It needs neither the database nor a session, and stores nothing (design, section 5).
"""

from typing import NamedTuple

from django.middleware.csrf import get_token
from django.shortcuts import render

# What a browser posts beside what a person typed, and what must not be shown again.
_NOT_GIVEN_BACK = frozenset(
    {"csrfmiddlewaretoken", "code", "password", "password1", "password2", "oldpassword", "then"}
)
# Longer than this, or of several lines, a value is shown and not only carried along.
_SHORT = 30


class Posted(NamedTuple):
    """One field of what was sent."""

    name: str
    value: str

    @property
    def is_long(self):
        return len(self.value) > _SHORT or "\n" in self.value

    @property
    def is_text(self):
        return self.name in ("text", "text_html")


def kept_text(request, *, status, reason):
    """The posted fields, escaped, in a form that sends them again to the same address.

    reason is one of: signed_out, csrf, database, error. Passwords and codes are not given back.
    """
    posted = [
        Posted(name, value)
        for name, values in request.POST.lists()
        if name not in _NOT_GIVEN_BACK
        for value in values
    ]
    if any(name in _NOT_GIVEN_BACK - {"csrfmiddlewaretoken", "then"} for name in request.POST):
        posted = []
    return render(
        request,
        "kept.html",
        {
            "reason": reason,
            "path": request.get_full_path(),
            "posted": posted,
            "token": get_token(request),
        },
        status=status,
    )
