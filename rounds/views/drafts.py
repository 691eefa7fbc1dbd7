"""Drafts of a section: kept while it is written, and thrown away when its writer says so."""

from functools import wraps

from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from partnerships.access import in_partnership
from rounds.forms import PageForm
from rounds.services import Refused, TooLong, drop_drafts, keep_draft

from . import figures
from .given_once import GONE, for_writers
from .unsaved import boxes_of, unsaved_by
from .writing import NoLongerGiven, form_of, writer_of

SIGNED_OUT = "You are signed out."
SOMEBODY_ELSE = "Somebody else has signed in in this browser."
TAKEN_BACK = "The lead has taken this section back. Copy your words before you leave."
NO_KEY = "This page is too old. Open the section again in another tab."


def told_when_signed_out(view):
    """A script asks: where a page would ask for the sign-in, the answer is 401."""

    @wraps(view)
    def inner(request, *args, **kwargs):
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        return _not_kept(SIGNED_OUT, status=401)

    return inner


@require_POST
@told_when_signed_out
@in_partnership
def keep(request, access, pk):
    """Keep what is in the boxes; answers with the time, or with why it was not kept.

    Where it can be saved no more it is kept all the same, and the answer says why it is not sent.
    """
    try:
        writer = writer_of(access, pk)
    except NoLongerGiven as gone:
        if gone.writer is None:
            return _not_kept(TAKEN_BACK, status=GONE)
        writer = gone.writer
    if request.POST.get("person") != str(access.user.pk):
        return _not_kept(SOMEBODY_ELSE, status=409)
    form = PageForm(request.POST)
    form.full_clean()
    if not form.pages:
        return _not_kept(NO_KEY, status=409)
    version, now = form.cleaned_data["version"], timezone.now()
    if version == writer.answer.version and not _says_more(writer, request.POST):
        drop_drafts(writer.answer, form.pages, by=access)
        return _kept(writer, None)
    boxes = boxes_of(request.POST)
    try:
        keep_draft(
            answer=writer.answer, pages=form.pages, version=version, boxes=boxes, by=access, now=now
        )
    except Refused as refused:
        return _not_kept(str(refused), status=413 if isinstance(refused, TooLong) else 409)
    return _kept(writer, f"{timezone.localtime(now):%H:%M}")


def _kept(writer, at):
    why = writer.why_not()
    return JsonResponse({"kept_at": at} | ({"not_sent": str(why)} if why else {}))


def _says_more(writer, posted):
    if writer.answer.is_figures:
        return figures.says_more(writer, posted)
    return form_of(writer, posted, whole=False).has_changed()


def _not_kept(why, *, status):
    return JsonResponse({"why": why}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@in_partnership
@for_writers
def throw_away(request, access, pk):
    """Show once more what was not saved, and throw it away."""
    writer = writer_of(access, pk)
    if request.method == "POST":
        drop_drafts(writer.answer, by=access)
        messages.success(request, "What you had not saved was thrown away")
        return redirect("rounds:answer", access.partnership.slug, pk)
    drafts = writer.drafts
    if not drafts:
        return redirect("rounds:answer", access.partnership.slug, pk)
    words = [] if writer.answer.is_figures else unsaved_by(writer)
    found = {"drafts": drafts, "unsaved": words}
    return render(request, "rounds/throw_away.html", writer.frame() | found)
