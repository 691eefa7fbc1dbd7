"""Keeping what was typed in a section and not saved. A draft is never an answer."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from partnerships.permissions import Access

from ..models import Answer, Draft, Round
from .refusals import Refused

MOST_OF_A_DRAFT = 200_000
"""Characters in all boxes of one page together."""
MOST_PAGES = 5
"""So many pages of one section hold drafts of one person at once; the latest stay."""
KEPT_FOR = timedelta(days=90)
"""After its round was closed, and at least since it was typed."""


class TooLong(Refused):
    """More was typed than is kept as a draft."""


@transaction.atomic
def keep_draft(
    *,
    answer: Answer,
    pages: Sequence[str],
    version: int,
    boxes: Mapping[str, Sequence[str]],
    by: Access,
    now: datetime,
) -> None:
    """Keep the boxes of an open page as they are now, in place of what was kept of it before.

    pages are its key, and the marks of the drafts it was opened with: those are in it now.
    Without a key nothing can be kept. Raises TooLong, and Refused where the page was saved.
    """
    if not pages:
        return
    if sum(len(name) + sum(map(len, values)) for name, values in boxes.items()) > MOST_OF_A_DRAFT:
        raise TooLong(f"It is longer than {MOST_OF_A_DRAFT:,} characters.")
    page, *taken_over = pages
    if Answer.history.filter(id=answer.pk, saved_from__startswith=page).exists():
        raise Refused("This page was saved. Open the section again to change it.")
    draft = Draft(
        partnership_id=answer.partnership_id,
        answer=answer,
        person=by.user,
        page=page,
        version=version,
        # What PostgreSQL cannot hold in JSON, nobody can see either.
        boxes={
            name.replace("\0", ""): [value.replace("\0", "") for value in values]
            for name, values in boxes.items()
        },
        kept_at=now,
    )
    Draft.objects.bulk_create(
        [draft],
        update_conflicts=True,
        unique_fields=["answer", "person", "page"],
        update_fields=["mark", "version", "boxes", "kept_at"],
    )
    own = Draft.objects.filter(answer=answer, person=by.user)
    drop_drafts(answer, taken_over, by=by)
    own.filter(pk__in=own.order_by("-kept_at", "-pk").values("pk")[MOST_PAGES:]).delete()


def drop_drafts(answer: Answer, keys: Sequence[str] | None = None, *, by: Access) -> None:
    """Throw a person's drafts of a section away: those of these pages or marks, or all."""
    own = Draft.objects.visible_to(by).filter(answer=answer)
    (own if keys is None else own.filter(Q(page__in=keys) | Q(mark__in=keys))).delete()


def remove_old_drafts(*, now: datetime) -> int:
    """Remove what was saved since, and what is left 90 days after its round was closed."""
    before = now - KEPT_FOR
    old = Q(kept_at__lt=before, answer__update__round__closed_at__lt=before)
    count, _ = Draft.objects.filter(old | Q(pk__in=Draft.objects.used_up().values("pk"))).delete()
    return count


def live_drafts(answer: Answer, access: Access) -> list[Any]:
    """What this person has typed in a section and not saved, the latest first."""
    return list(Draft.objects.visible_to(access).filter(answer=answer).live())


def unsaved_sections(round: Round) -> QuerySet[Answer]:
    """The sections of a round in which somebody has words that are not saved, whoever it is."""
    drafts = Draft.objects.filter(answer=OuterRef("pk")).live()
    found = Answer.objects.filter(Exists(drafts), update__round=round).select_related("update")
    return found.order_by("update__order", "order", "pk")
