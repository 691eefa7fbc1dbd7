"""A section of a lead's update: writing it, answering in one click, settling a conflict."""

from dataclasses import replace

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from documents.compare import marked
from partnerships.access import in_partnership
from rounds.earlier import last_answer
from rounds.forms import ActionForm, SectionForm
from rounds.models import Answer
from rounds.services import (
    Conflict,
    Content,
    Refused,
    answer_in_one_click,
    save_answer,
    why_not_writable,
)

from .figures import figures_page
from .writing import writer_of


@require_http_methods(["GET", "HEAD", "POST"])
@in_partnership
def answer(request, access, pk):
    """The section page; a coordinator who does not lead the priority writes for its lead."""
    writer = writer_of(access, pk)
    if writer.answer.is_figures:
        return figures_page(request, writer)
    if request.method != "POST":
        return _page(request, writer, _form_of(writer.answer))
    # A part may be kept for later by its lead; what is or will be sent must be whole.
    whole = writer.on_behalf or writer.answer.is_sent or request.POST.get("then") != "list"
    form = _form_of(writer.answer, request.POST, whole=whole)
    if not form.is_valid():
        return _page(request, writer, form, status=422)
    return _save(request, writer, form, form.content())


@require_POST
@in_partnership
def quick(request, access, pk):
    """“Nothing to report” or “Verbal at the meeting”, from the task list."""
    writer = writer_of(access, pk)
    try:
        answer_in_one_click(
            answer=writer.answer,
            response=request.POST.get("response", ""),
            version=_number(request.POST.get("version")),
            by=access,
            now=timezone.now(),
            on_behalf=writer.on_behalf,
        )
    except Conflict:
        said = f"Someone else has just answered “{writer.answer.heading}”. Their answer was kept."
        messages.warning(request, said)
    except Refused as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, f"Saved: {writer.answer.heading}")
    return redirect(f"{writer.back}#answer-{pk}")


@require_POST
@in_partnership
def resolve(request, access, pk):
    """The choice on the conflict page: keep mine, keep the saved one, or put both in the box."""
    writer = writer_of(access, pk)
    saved, keep = writer.answer, request.POST.get("keep")
    if keep == "theirs":
        messages.success(request, "The saved version was kept.")
        return redirect(writer.back)
    form = _form_of(saved, request.POST, whole=False)
    if not form.is_valid():
        return _page(request, writer, form, status=422)
    mine = form.content()
    if request.POST.get("rating") == "theirs":
        mine = _with_rating_of(saved, mine)
    if keep == "mine":
        return _save(request, writer, form, mine)
    if keep != "both":
        return _conflict(request, writer, saved, form, unchosen=True)
    both = replace(mine, response=Answer.Response.WRITTEN, text=saved.text + mine.text)
    return _page(request, writer, _form_of(saved, content=both))


def _form_of(answer, *posted, **given):
    form_class = ActionForm if answer.is_action else SectionForm
    return form_class(*posted, answer=answer, **given)


def _save(request, writer, form, content):
    try:
        saved = save_answer(
            answer=writer.answer,
            content=content,
            version=form.cleaned_data["version"],
            by=writer.access,
            now=timezone.now(),
            on_behalf=writer.on_behalf,
        )
    except Conflict as conflict:
        return _conflict(request, writer, conflict.saved, form)
    except Refused as refusal:
        return _page(request, writer, form, refusal=refusal, status=409)
    messages.success(request, f"{'Sent' if saved.is_sent else 'Saved'}: {saved.heading}")
    if form.dropped:
        messages.warning(request, f"Left out of your text: {', '.join(form.dropped)}.")
    return redirect(writer.after_saving(request.POST.get("then") == "list"))


def _page(request, writer, form, refusal=None, status=200):
    """The section with its form, or to be read only where nothing can be written now."""
    closed = why_not_writable(writer.answer, timezone.now(), on_behalf=writer.on_behalf)
    shown = {
        "form": form if request.method == "POST" or not closed else None,
        "closed": closed,
        "refusal": refusal,
        "last": last_answer(writer.answer),
    }
    return render(request, "rounds/answer.html", writer.frame() | shown, status=status)


def _conflict(request, writer, saved, form, unchosen=False):
    """Both versions beside each other, and what was posted in the form once more."""
    mine, theirs = form.content(), Content.of(saved)
    shown = {
        "saved": saved,
        "mine": Answer(kind=saved.kind, **vars(mine)),
        "mine_marked": marked(mine.text, theirs.text),
        "theirs_marked": marked(theirs.text, mine.text),
        "ratings_differ": (mine.rag, mine.progress) != (theirs.rag, theirs.progress),
        "posted": [
            (name, value) for name, value in request.POST.items() if name not in _CHOSEN_ANEW
        ],
        "unchosen": unchosen,
    }
    return render(request, "rounds/conflict.html", writer.frame() | shown, status=409)


_CHOSEN_ANEW = frozenset({"csrfmiddlewaretoken", "version", "keep", "rating"})


def _with_rating_of(answer, content):
    rating = ("progress", "rag", "rag_reason", "way_back")
    return replace(content, **{name: getattr(answer, name) for name in rating})


def _number(text):
    """A version as a form posts it; -1, which no answer has, for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else -1
