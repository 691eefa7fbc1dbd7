"""A section of a lead's update: writing it, answering in one click, settling a conflict."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from documents.compare import marked
from partnerships.access import in_partnership
from rounds.earlier import last_answer
from rounds.forms import ActionForm, SectionForm, VersionField, VersionsForm
from rounds.matters import matters_for
from rounds.milestones import milestones_of
from rounds.models import Answer
from rounds.services import (
    Conflict,
    Content,
    Refused,
    answer_in_one_click,
    save_held_answer,
    why_not_writable,
)

from .figures import figures_page, save_figures
from .writing import KEEPS_A_PART, note_first_opening, writer_of


@require_http_methods(["GET", "HEAD", "POST"])
@in_partnership
def answer(request, access, pk):
    """The section page; a coordinator who does not lead the priority writes for its lead."""
    if request.method == "POST":
        return _posted(request, access, pk)
    writer = writer_of(access, pk)
    note_first_opening(request, writer)
    if writer.answer.is_figures:
        return figures_page(request, writer)
    return _page(request, writer, _form_of(writer))


@transaction.atomic
def _posted(request, access, pk):
    """Save the section; from reading it for the form until then nobody else writes it."""
    writer = writer_of(access, pk, saves=True)
    if writer.answer.is_figures:
        return save_figures(request, writer)
    # A part may be kept for later by its lead; what is or will be sent must be whole.
    is_part = request.POST.get("then") in KEEPS_A_PART
    whole = writer.on_behalf or writer.answer.is_sent or not is_part
    form = _form_of(writer, request.POST, whole=whole)
    if not form.is_valid():
        return _page(request, writer, form, status=422)
    return _save(request, writer, form, form.content())


@require_POST
@in_partnership
@transaction.atomic
def quick(request, access, pk):
    """“Nothing to report” or “Verbal at the meeting”, from the task list."""
    writer = writer_of(access, pk, saves=True)
    try:
        answer_in_one_click(
            answer=writer.answer,
            response=request.POST.get("response", ""),
            version=VersionField().clean(request.POST.get("version")),
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
    return redirect(f"{writer.list}#answer-{pk}")


@require_POST
@in_partnership
@transaction.atomic
def resolve(request, access, pk):
    """The choice on the conflict page: keep mine, keep the saved one, or put both in the box."""
    writer = writer_of(access, pk, saves=True)
    saved = writer.answer
    form = _form_of(writer, request.POST, whole=False)
    if not form.is_valid():
        return _page(request, writer, form, status=422)
    round = saved.update.round
    choice = VersionsForm(request.POST, mine=form.content(), saved=Content.of(saved), round=round)
    if not choice.is_valid():
        return _conflict(request, writer, saved, form, choice)
    content = choice.content()
    if choice.cleaned_data["keep"] == "both":
        return _page(request, writer, _form_of(writer, content=content))
    if content == choice.saved:
        messages.success(request, "The saved version was kept")
        return redirect(writer.after_saving("list"))
    return _save(request, writer, form, content)


def _form_of(writer, *posted, **given):
    if writer.answer.is_action:
        return ActionForm(*posted, answer=writer.answer, steps=writer.steps, **given)
    return SectionForm(*posted, answer=writer.answer, **given)


def _save(request, writer, form, content):
    try:
        saved = save_held_answer(
            answer=writer.answer,
            asked=writer.asked,
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
    for sentence in form.left_out:
        messages.warning(request, sentence)
    return redirect(writer.after_saving(request.POST.get("then")))


def _page(request, writer, form, refusal=None, status=200):
    """The section with its form, or to be read only where nothing can be written now."""
    closed = why_not_writable(writer.answer, timezone.now(), on_behalf=writer.on_behalf)
    last = last_answer(writer.answer)
    shown = {
        "form": form if request.method == "POST" or not closed else None,
        "can_withhold": writer.access.runs_rounds or (writer.leads and not closed),
        "closed": closed,
        "refusal": refusal,
        "last": last,
        "last_heading": writer.heading_of(last),
        "matters": matters_for(writer.answer, writer.access.today),
        "steps": writer.steps,
        "milestones": _milestones(writer.answer) if closed else None,
    }
    return render(request, "rounds/answer.html", writer.frame() | shown, status=status)


def _milestones(answer):
    found = milestones_of(answer.update.round, [answer], printing={answer.pk})
    return found.get(answer.pk)


def _conflict(request, writer, saved, form, choice=None):
    """Both versions beside each other, and what was posted in the form once more."""
    mine, theirs = form.content(), Content.of(saved)
    both = marked(mine.text, theirs.text)
    mine_marked, theirs_marked = both or (mine.text, theirs.text)
    shown = {
        "saved": saved,
        "mine": Answer(kind=saved.kind, **vars(mine)),
        "mine_marked": mine_marked,
        "theirs_marked": theirs_marked,
        "mine_done": _titles(writer, mine.done),
        "theirs_done": _titles(writer, theirs.done),
        "is_marked": both is not None,
        "choice": choice or VersionsForm(mine=mine, saved=theirs, round=saved.update.round),
        "posted": [
            (name, value)
            for name, values in request.POST.lists()
            if name not in _CHOSEN_ANEW
            for value in values
        ],
    }
    status = 422 if choice else 409
    return render(request, "rounds/conflict.html", writer.frame() | shown, status=status)


def _titles(writer, done):
    return [step.milestone.title for step in writer.steps if step.milestone.pk in done]


_CHOSEN_ANEW = frozenset({"csrfmiddlewaretoken", "version", "keep", "rating"})
