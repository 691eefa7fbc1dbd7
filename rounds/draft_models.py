"""Drafts: what somebody has typed in a section and not saved, kept so that it is not lost."""

from __future__ import annotations

from secrets import token_urlsafe
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from partnerships.models import Owned, OwnedQuerySet


class DraftQuerySet(OwnedQuerySet):
    def visible_to(self, access: Any) -> DraftQuerySet:
        """A draft is its writer's alone, whatever anybody else may read."""
        return self.of(access.partnership).filter(person=access.user)

    def used_up(self) -> DraftQuerySet:
        """Drafts whose words went into a save."""
        return self.filter(_was_saved())

    def live(self) -> DraftQuerySet:
        """Drafts that hold what was never saved."""
        return self.exclude(_was_saved())


def _was_saved() -> Exists:
    """Whether a save was made on the draft's page, or of a page that was opened with the draft.

    Asked of the history of the answer, so that a save need not touch drafts, and a draft that
    arrives after the save of its page is used up from the beginning.
    """
    answers: Any = Draft.answer.field.related_model  # type: ignore[attr-defined]
    saves = answers.history.filter(id=OuterRef("answer"))
    return Exists(
        saves.filter(
            Q(saved_from__startswith=OuterRef("page")) | Q(saved_from__contains=OuterRef("mark"))
        )
    )


def new_key() -> str:
    """22 characters that nobody else has."""
    return token_urlsafe(16)


class Draft(Owned):
    """The boxes of one open page as its writer last left them. It is never an answer.

    It keeps no history: it is written over every few seconds, and thrown away.
    """

    owner = "answer"

    answer = models.ForeignKey("rounds.Answer", on_delete=models.PROTECT, related_name="drafts")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    page = models.CharField(max_length=40, help_text="The random key of the open page.")
    mark = models.CharField(
        max_length=40, default=new_key, help_text="Random, and another each time it is kept."
    )
    version = models.IntegerField(help_text="Of the answer, as the page was opened.")
    boxes = models.JSONField(help_text="What was in each box, by its name.")
    kept_at = models.DateTimeField()

    objects = DraftQuerySet.as_manager()

    class Meta:
        ordering = ["-kept_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["answer", "person", "page"],
                name="draft_one_per_page",
                violation_error_message="This page has a draft already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.answer}, not saved"
