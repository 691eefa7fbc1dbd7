"""The figures section: what is known, computed, and the years that are still to be typed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.contrib import messages
from django.http import QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone

from rounds.draft_models import new_key
from rounds.figure_forms import (
    FigureForm,
    FiguresForm,
    ask_about_doubts,
    figure_forms,
    with_saved_figures,
)
from rounds.models import Answer
from rounds.services import (
    Conflict,
    Content,
    Refused,
    save_held_answer,
)
from rounds.typed_figures import of_suppliers, read_figures

from .unsaved import keep_posted, posted_of
from .writing import KEEPS_A_PART


def figures_page(request, writer):
    """Show the figures, with a box for each that is missing."""
    known = _known(writer)
    version = {"version": writer.answer.version}
    left = _left_by(writer, known)
    if left is None:
        return _page(request, writer, known, FiguresForm(initial=version), figure_forms(known))
    form = FiguresForm(initial=version, pages=[new_key(), *left.marks])
    typed = [each.as_left() for each in figure_forms(known, left.boxes)]
    return _page(request, writer, known, form, typed, left=left)


@dataclass(frozen=True)
class Left:
    """What the person typed on all pages that they did not save."""

    kept_at: datetime
    marks: Sequence[str]
    boxes: QueryDict
    """Each figure as it was typed last."""
    earlier: Sequence[tuple[FigureForm, datetime]]
    """What was typed otherwise before, and when it was kept."""


def _left_by(writer, known):
    """The figures in the drafts of the person together; None where nothing is in them."""
    drafts, boxes, last, earlier = [], None, {}, []
    for draft in writer.drafts:
        typed = _typed_in(draft, writer.answer, known)
        changed = [each for each in typed if each.has_changed()]
        if not changed:
            continue
        drafts.append(draft)
        boxes = boxes or typed[0].data.copy()
        for each in changed:
            newer = last.setdefault(each.prefix, each)
            if newer is each:
                each.put_into(boxes)
            elif newer["value"].value() != each["value"].value():
                earlier.append((each, draft.kept_at))
    if not drafts:
        return None
    return Left(drafts[0].kept_at, [each.mark for each in drafts], boxes, earlier)


def _typed_in(draft, answer, known):
    posted = posted_of(draft)
    typed = [each.as_left() for each in figure_forms(known, posted)]
    if draft.version != answer.version:
        typed = [each.as_left() for each in with_saved_figures(known, typed, posted)]
    return typed


def says_more(writer, posted):
    """Whether any figure is typed there otherwise than it is saved."""
    return any(each.has_changed() for each in figure_forms(_known(writer), posted))


def save_figures(request, writer):
    """Take the figures that were typed; the change is computed, never typed."""
    known = _known(writer, holds=True)
    small_base = writer.access.partnership.small_base
    form, typed = FiguresForm(request.POST), figure_forms(known, request.POST)
    then = request.POST.get("then")
    are_valid = all([form.is_valid(), *[each.is_valid() for each in typed]])
    if ask_about_doubts(typed, small_base=small_base) or not are_valid:
        return _page(request, writer, known, form, typed, status=422)
    if then in KEEPS_A_PART and not any(each.has_changed() for each in typed):
        return redirect(writer.after_saving(then))
    if not _is_any_known(known, typed):
        typed[0].ask_for_any()
        return _page(request, writer, known, form, typed, status=422)
    return _saved(request, writer, known, form, typed)


def _known(writer, **holds):
    """What is known of the figures that this person may see here."""
    known = read_figures(writer.answer, **holds)
    return replace(known, rows=of_suppliers(known.rows, writer.supplies))


def _is_any_known(known, typed):
    """Whether a figure was typed now, or stands there from elsewhere."""
    asked = {(each.row.indicator.pk, each.year) for each in typed}
    return any(each.is_filled for each in typed) or any(
        year.value is not None and (row.indicator.pk, year.year) not in asked
        for row in known.rows
        for year in (row.previous, row.current)
    )


def _saved(request, writer, known, form, typed):
    try:
        saved = save_held_answer(
            answer=writer.answer,
            known=known,
            content=Content(response=Answer.Response.WRITTEN, marking=writer.answer.marking),
            version=form.cleaned_data["version"],
            by=writer.access,
            now=timezone.now(),
            figures=[each.figure() for each in typed],
            on_behalf=writer.on_behalf,
            was_given=writer.was_given_it,
            pages=form.pages,
        )
    except Conflict as conflict:
        keep_posted(request, writer, form)
        fresh = FiguresForm(initial={"version": conflict.saved.version}, pages=form.pages)
        both = with_saved_figures(known, typed, request.POST)
        said = f"{conflict} What was saved is in the table, what you typed here in the boxes. "
        said += "Put right what differs, then save again."
        return _page(request, writer, known, fresh, both, refusal=said, status=409)
    except Refused as refusal:
        keep_posted(request, writer, form)
        return _page(request, writer, known, form, typed, refusal=refusal, status=409)
    messages.success(request, f"{'Sent' if saved.is_sent else 'Saved'}: {saved.heading}")
    return redirect(writer.after_saving(request.POST.get("then")))


def _page(request, writer, known, form, typed, refusal=None, status=200, left=None):
    closed = writer.why_not()
    shown = {
        "rows": known.rows,
        "form": form,
        "draft": left,
        "not_saved": [each for each in typed if left and each["value"].value()],
        "earlier": left.earlier if left else (),
        "typed": typed if request.method == "POST" or not closed else [],
        "has_errors": any(each.errors for each in typed),
        "closed": closed,
        "refusal": refusal,
        "supplies": writer.supplies is not None,
        "matters": writer.matters,
    }
    return render(request, "rounds/figures.html", writer.frame() | shown, status=status)
