"""Nothing typed is ever lost: a page that gives back what was posted when it cannot be saved.

It needs neither the database nor a session, and stores nothing (design, section 5).
"""

from django.middleware.csrf import get_token
from django.shortcuts import render

# What a browser posts beside what a person typed.
_NOT_TYPED = frozenset({"csrfmiddlewaretoken", "password", "code"})


def kept_text(request, *, status, reason):
    """The posted fields, escaped, in a form that sends them again to the same address.

    reason is one of: signed_out, csrf, database, error.
    """
    posted = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in _NOT_TYPED
        for value in values
    ]
    typed = [(name, value) for name, value in posted if len(value) > 20 or "\n" in value]
    return render(
        request,
        "kept.html",
        {
            "reason": reason,
            "path": request.get_full_path(),
            "posted": posted,
            "typed": typed,
            "token": get_token(request),
        },
        status=status,
    )
