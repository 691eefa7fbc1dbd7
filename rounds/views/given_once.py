"""What somebody finds at a section that they were given once and cannot write any more."""

from functools import wraps

from django.shortcuts import render

from partnerships.kept import shown_words
from rounds.milestones import milestones_of
from rounds.typed_figures import missing_figures, rows_of_answers

from .unsaved import unsaved_by
from .writing import NoLongerGiven

GONE = 410


def for_writers(view):
    """Tell somebody whose section went back to its lead so; what they typed comes back to them.

    Where answers have closed and nobody took it back, they read what they had written.
    """

    @wraps(view)
    def inner(request, access, pk):
        try:
            return view(request, access, pk)
        except NoLongerGiven as gone:
            found = {"section": "home", "words": shown_words(request), **_kept(gone.writer)}
            has_words = found.get("answer") or found.get("unsaved")
            status = 200 if has_words and request.method in ("GET", "HEAD") else GONE
            return render(request, "rounds/no_longer_given.html", found, status=status)

    return inner


def _kept(writer):
    """What the person wrote there themselves, saved and not saved, with its section."""
    if writer is None:
        return {}
    answer, round = writer.answer, writer.answer.update.round
    found = {
        "kept": answer,
        "update": answer.update,
        "round": round,
        "unsaved": [] if answer.is_figures else unsaved_by(writer),
    }
    is_theirs = answer.saved_by_id == writer.access.user.pk and answer.edited_at is None
    if answer.is_answered and is_theirs:
        figures = rows_of_answers([answer], round, small_base=answer.partnership.small_base)
        found |= {
            "answer": answer,
            "figures": figures.get(answer.pk),
            "lacks": missing_figures(answer, figures.get(answer.pk, ())),
            "milestones": milestones_of(round, [answer], printing={answer.pk}).get(answer.pk),
        }
    return found
