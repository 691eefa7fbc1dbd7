"""Two versions of one section beside each other, of which a person chooses what is kept."""

from django.shortcuts import render
from django.utils import timezone

from documents.compare import marked
from rounds.forms import VersionsForm
from rounds.models import Answer
from rounds.services import Conflict, Content


def choice_of(writer, form, *posted, other=None):
    """The choice between what is in the form and what is saved, or an `other` draft."""
    return VersionsForm(
        *posted,
        mine=form.content(),
        saved=other.content if other else Content.of(writer.answer),
        round=writer.answer.update.round,
        two_drafts=other is not None,
    )


def conflict_page(request, writer, form, posted, *, draft=None, other=None, choice=None):
    """Both versions, and what is in the form once more, to be sent with the choice.

    draft is what the form was opened with, where it was not sent just now. The other version is
    what is saved, or an `other` draft of the same person.
    """
    choice = choice or choice_of(writer, form, other=other)
    mine, theirs = choice.mine, choice.saved
    both = marked(mine.text, theirs.text)
    mine_marked, theirs_marked = both or (mine.text, theirs.text)
    conflict = Conflict(writer.answer, writer.access.user, timezone.now())
    shown = {
        "saved": writer.answer,
        "saved_by": "You" if conflict.is_own else writer.answer.last_saved_as,
        "conflict": conflict,
        "draft": draft,
        "other": other,
        "mine": Answer(kind=writer.answer.kind, **vars(mine)),
        "theirs": other.as_answer if other else writer.answer,
        "mine_marked": mine_marked,
        "theirs_marked": theirs_marked,
        "mine_done": writer.titles_of(mine.done),
        "theirs_done": writer.titles_of(theirs.done),
        "is_marked": both is not None,
        "choice": choice,
        "version": form.cleaned_data["version"] if other else writer.answer.version,
        "posted": [
            (name, value)
            for name, values in posted.lists()
            if name not in _CHOSEN_ANEW
            for value in values
        ],
    }
    status = 422 if choice.errors else 200 if draft else 409
    return render(request, "rounds/conflict.html", writer.frame() | shown, status=status)


_CHOSEN_ANEW = frozenset({"csrfmiddlewaretoken", "version", "keep", "rating", "other"})
