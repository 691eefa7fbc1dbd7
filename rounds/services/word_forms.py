"""Word forms: that one was made, the file that came back, and what of it is saved.

What a file says is found out elsewhere (rounds/word_forms); here it is kept as one row, saved
section by section as on the pages, and emptied when nobody needs it any more.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction
from django.db.models import Q
from simple_history.utils import bulk_update_with_history

from accounts.models import User
from partnerships.permissions import Access

from ..models import Answer, LeadUpdate, WordForm, WordUpload
from .answers import Changed, Content, change_held_answer, save_changes
from .figures import Figure
from .milestones import Asked, read_ticks_of
from .refusals import Conflict, Refused

KEPT_FOR = timedelta(days=90)
"""After the closing of its round."""
SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Of a key: none that looks like another one, for it is also typed."""


@dataclass(frozen=True)
class Chosen:
    """A section of a file that is to be saved, as it was shown beside this version."""

    answer: Answer
    content: Content
    figures: Sequence[Figure]
    version: int | None
    on_behalf: bool
    was_given: bool = False


def new_key() -> str:
    """A form's key, such as K7QM-4X9D-TR2P; nobody can guess another one's."""
    return "-".join("".join(secrets.choice(SIGNS) for _ in range(4)) for _ in range(3))


@transaction.atomic
def keep_form(
    *, update: LeadUpdate, key: str, answers: Iterable[Answer], by: User, now: datetime
) -> WordForm:
    """Keep that a form was made of these answers, each in its version."""
    return WordForm.objects.create(
        partnership_id=update.partnership_id,
        update=update,
        key=key,
        versions={str(answer.pk): answer.version for answer in answers},
        made_at=now,
        made_by=by,
    )


@transaction.atomic
def keep_upload(
    *,
    update: LeadUpdate,
    form: WordForm | None,
    name: str,
    content: bytes,
    by: User,
    now: datetime,
) -> WordUpload:
    """Keep a file that came back, as it came; nothing of it is saved in the update by that."""
    return WordUpload.objects.create(
        partnership_id=update.partnership_id,
        update=update,
        form=form,
        name=name[-200:],
        content=content,
        sha256=sha256(content).hexdigest(),
        size=len(content),
        uploaded_at=now,
        uploaded_by=by,
    )


@transaction.atomic
def take_in_word(
    *, upload: WordUpload, chosen: Iterable[Chosen], by: Access, now: datetime
) -> tuple[list[Answer], list[tuple[Answer, Refused]]]:
    """Save these sections of a file, each as a whole or not at all, in a bounded number of queries.

    The caller holds the answers.

    Returns those saved, and those refused with the reason: a section in which somebody has
    written since it was shown is a Conflict, and stays as it is.
    """
    chosen = list(chosen)
    asked = read_ticks_of([each.answer for each in chosen])
    changes: list[Changed] = []
    refused: list[tuple[Answer, Refused]] = []
    for each in chosen:
        try:
            changes.append(_changed(each, asked[each.answer.pk], by, now))
        except Refused as refusal:
            refused.append((each.answer, refusal))
    if changes:
        save_changes(changes, by=by.user)
        upload.taken_in_at = now
        upload.save(update_fields=["taken_in_at"])
    return [change.answer for change in changes], refused


def _changed(chosen: Chosen, asked: Iterable[Asked], by: Access, now: datetime) -> Changed:
    answer = chosen.answer
    if answer.version != chosen.version:
        raise Conflict(answer, by.user, now)
    return change_held_answer(
        answer=answer,
        asked=asked,
        # A Word form does not ask for milestones: those that are ticked stay so.
        content=replace(chosen.content, done=answer.done),
        version=answer.version,
        by=by,
        now=now,
        figures=chosen.figures,
        on_behalf=chosen.on_behalf,
        was_given=chosen.was_given,
    )


@transaction.atomic
def empty_word_uploads(*, now: datetime) -> int:
    """Take away the bytes of files whose round closed long ago; return how many."""
    closed = Q(update__round__closed_at__lt=now - KEPT_FOR)
    old = WordUpload.objects.filter(closed, emptied_at=None).defer("content")
    uploads = list(old.select_for_update(of=("self",)))
    for upload in uploads:
        upload.content, upload.emptied_at = b"", now
    bulk_update_with_history(uploads, WordUpload, ["content", "emptied_at"])
    return len(uploads)
