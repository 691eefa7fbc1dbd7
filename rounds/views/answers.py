"""A section of a lead's update: writing it, answering in one click, settling a conflict."""

from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from partnerships.access import in_partnership
from rounds.forms import VersionField
from rounds.milestones import milestones_of
from rounds.services import (
    Conflict,
    Refused,
    answer_in_one_click,
    drop_drafts,
    save_held_answer,
)

from .conflict import choice_of, conflict_page
from .figures import figures_page, save_figures
from .given_once import for_writers
from .unsaved import keep_posted, unsaved_by
from .writing import KEEPS_A_PART, form_of, note_first_opening, writer_of


@require_http_methods(["GET", "HEAD", "POST"])
@in_partnership
@for_writers
def answer(request, access, pk):
    """The section page; a coordinator who does not lead the priority writes for its lead."""
    if request.method == "POST":
        return _posted(request, access, pk)
    writer = writer_of(access, pk)
    note_first_opening(request, writer)
    if writer.answer.is_figures:
        return figures_page(request, writer)
    unsaved = unsaved_by(writer)
    if unsaved and not writer.why_not():
        return _opened_with(request, writer, *unsaved[:2])
    return _page(request, writer, form_of(writer), unsaved=unsaved)


def _opened_with(request, writer, latest, other=None):
    """The section with what the person had not saved; beside it what else they have to choose from.

    That is another draft of theirs, or what was saved after the draft was begun.
    """
    if other or latest.is_overtaken:
        found = {"draft": latest.draft, "other": other}
        return conflict_page(request, writer, latest.form, latest.posted, **found)
    return _page(request, writer, latest.form.as_left(), draft=latest.draft)


@transaction.atomic
def _posted(request, access, pk):
    """Save the section; from reading it for the form until then nobody else writes it."""
    writer = writer_of(access, pk, saves=True)
    if writer.answer.is_figures:
        return save_figures(request, writer)
    # A part may be kept for later by its lead; what is or will be sent must be whole.
    is_part = request.POST.get("then") in KEEPS_A_PART
    whole = writer.on_behalf or writer.answer.is_sent or not is_part
    form = form_of(writer, request.POST, whole=whole)
    if not form.is_valid():
        return _page(request, writer, form, status=422)
    return _save(request, writer, form, form.content())


@require_POST
@in_partnership
@for_writers
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
            was_given=writer.was_given_it,
        )
    except Conflict as conflict:
        kept = f"What was saved in “{writer.answer.heading}” was kept."
        messages.warning(request, f"{conflict} {kept}")
    except Refused as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, f"Saved: {writer.answer.heading}")
        if writer.was_given_it:
            return redirect(writer.after_saving("next"))
    return redirect(f"{writer.list}#answer-{pk}")


@require_POST
@in_partnership
@for_writers
@transaction.atomic
def resolve(request, access, pk):
    """The choice on the conflict page: keep mine, keep the saved one, or put both in the box."""
    writer = writer_of(access, pk, saves=True)
    form = form_of(writer, request.POST, whole=False)
    if not form.is_valid():
        return _page(request, writer, form, status=422)
    if "other" in request.POST:
        return _one_of_two_drafts(request, writer, form)
    choice = choice_of(writer, form, request.POST)
    if not choice.is_valid():
        return conflict_page(request, writer, form, request.POST, choice=choice)
    content = choice.content()
    if choice.cleaned_data["keep"] == "both":
        both = form_of(writer, content=content, pages=form.pages)
        return _page(request, writer, both, is_unsaved=True)
    if content == choice.saved:
        drop_drafts(writer.answer, form.pages, by=access)
        messages.success(request, "The saved version was kept")
        return redirect(writer.after_saving("list"))
    return _save(request, writer, form, content)


def _one_of_two_drafts(request, writer, form):
    """What was chosen of two drafts, in the form: neither was saved, and nor is this yet."""
    drafts = {each.draft.mark: each for each in unsaved_by(writer)}
    other = drafts.get(request.POST["other"])
    if other is None:  # It was thrown away, or has been written on since.
        return redirect("rounds:answer", writer.access.partnership.slug, writer.answer.pk)
    choice = choice_of(writer, form, request.POST, other=other)
    if not choice.is_valid():
        return conflict_page(request, writer, form, request.POST, other=other, choice=choice)
    version, pages = form.cleaned_data["version"], [*form.pages, other.draft.mark]
    chosen = form_of(writer, content=choice.content(), pages=pages, version=version)
    return _page(request, writer, chosen, is_unsaved=True)


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
            was_given=writer.was_given_it,
            pages=form.pages,
        )
    except Conflict:
        keep_posted(request, writer, form)
        return conflict_page(request, writer, form, request.POST)
    except Refused as refusal:
        keep_posted(request, writer, form)
        return _page(request, writer, form, refusal=refusal, status=409)
    messages.success(request, f"{'Sent' if saved.is_sent else 'Saved'}: {saved.heading}")
    for sentence in form.left_out:
        messages.warning(request, sentence)
    return redirect(writer.after_saving(request.POST.get("then")))


def _page(request, writer, form, refusal=None, status=200, **shown):
    """The section with its form, or to be read only where nothing can be written now.

    Also shown may be the `draft` that the form holds, or what is `unsaved` where there is none.
    """
    closed = writer.why_not()
    if form.is_bound:
        shown["kept"] = writer.kept(form)
    shown |= {
        "form": form if request.method == "POST" or not closed else None,
        "can_withhold": writer.access.runs_rounds or (writer.leads and not closed),
        "closed": closed,
        "refusal": refusal,
        "last": writer.last,
        "last_heading": writer.heading_of(writer.last),
        "matters": writer.matters,
        "steps": writer.steps,
        "milestones": _milestones(writer.answer) if closed else None,
    }
    return render(request, "rounds/answer.html", writer.frame() | shown, status=status)


def _milestones(answer):
    found = milestones_of(answer.update.round, [answer], printing={answer.pk})
    return found.get(answer.pk)
