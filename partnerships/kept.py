"""Nothing typed is ever lost: a page that gives back what was posted when it cannot be saved.

It needs neither the database nor a session, and stores nothing (design, section 5).
"""

import re
from typing import NamedTuple

from django.core.exceptions import SuspiciousOperation
from django.middleware.csrf import get_token
from django.shortcuts import render

from documents.richtext import to_plain

from .forms import PortalForm, PortalModelForm

# The rich-text editor sends its box under this ending, as HTML; the box itself takes lines.
_OF_EDITOR = "_html"
_OF_ROW = re.compile(r"\A.*-(?=[a-z_]+\Z)")


class Posted(NamedTuple):
    """One field of what was sent."""

    name: str
    value: str

    @property
    def is_text(self):
        """The main text of a form, under the name that all of them give it."""
        return self.name in ("text", "text_html")

    @property
    def is_shown(self):
        """Written words are shown; choices, dates and numbers are only carried along."""
        return self.is_text or len(self.value.split()) > 1

    @property
    def label(self):
        """As its form calls it, or its name in words; "m-51-title" in a row is the title."""
        name = _OF_ROW.sub("", self.name)
        return _label_of(name) or name.replace("_", " ")


def _label_of(name):
    """What the portal's forms call a box of this name; nothing where they differ, or have none."""
    labels = {form.base_fields[name].label for form in _forms() if name in form.base_fields}
    return labels.pop() if len(labels) == 1 else None


def _forms():
    found = [PortalForm, PortalModelForm]
    for form in found:
        found += form.__subclasses__()
    return found


def shown_words(request):
    """The written words of what was sent, for a page that can only give them back."""
    try:
        posted = _posted(request)
    except SuspiciousOperation:
        # Too much to be read at an address that has no page: nothing was written here.
        return []
    return [field for field in map(_readable, posted) if field.is_shown]


def kept_text(request, *, status, reason):
    """The posted fields, escaped, in a form that sends them again to the same address.

    reason is one of: signed_out, csrf, busy, database, error. Passwords and codes are not given
    back.
    """
    posted = _posted(request)
    if reason != "error":
        # After a fault of ours the text is not touched: reading it may be what failed.
        posted = [_readable(field) for field in posted]
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


def _posted(request):
    """What was sent, but nothing at all of a form that asks for something secret."""
    posted = [
        Posted(name, value)
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken"
        for value in values
    ]
    return [] if any(_is_secret(field.name) for field in posted) else posted


def _is_secret(name):
    return "password" in name or "token" in name or name == "code"


def _readable(field):
    """What the editor sent as HTML as plain lines, which the same form takes as well."""
    if not field.name.endswith(_OF_EDITOR):
        return field
    return Posted(field.name.removesuffix(_OF_EDITOR), to_plain(field.value))
