"""Sections that somebody else was given to write: who, by whom, and until when."""

from collections.abc import Sequence

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from partnerships.models import Membership, Owned, OwnedQuerySet


class DelegationQuerySet(OwnedQuerySet):
    def standing(self) -> "DelegationQuerySet":
        """Not taken back; whether its person is still here is another matter."""
        return self.filter(ended_at__isnull=True)

    def held_by(self, memberships: Sequence[int]) -> "DelegationQuerySet":
        """What stands with these posts, which the caller knows to be current."""
        return self.standing().filter(membership__in=memberships)


class Delegation(Owned):
    """A section that a person writes whom its lead gave it to; the lead still submits it."""

    owner = "answer"

    answer = models.ForeignKey("rounds.Answer", on_delete=models.PROTECT, related_name="given")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="given")
    note = models.TextField(blank=True, help_text="A line to the person, from who gives it.")
    given_at = models.DateTimeField()
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    given_as = models.CharField("post of who gave it", max_length=300, blank=True)
    finished_at = models.DateTimeField(
        null=True, blank=True, help_text="When the person said that it is ready to be checked."
    )
    ended_at = models.DateTimeField("taken back at", null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="taken back by",
    )

    objects = DelegationQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = "section given to somebody"
        verbose_name_plural = "sections given to somebody"
        ordering = ["given_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["answer", "membership"],
                condition=Q(ended_at__isnull=True),
                name="delegation_once_at_a_time",
                violation_error_message="This person has that section already.",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="delegation_end_whole",
                violation_error_message="What is taken back has a time and a person.",
            ),
        ]

    def __str__(self):
        return f"{self.answer}: {self.membership}"

    def clean(self):
        super().clean()
        self.refuse_foreign(membership="a person")

    @property
    def given_on(self):
        """The day in London on which it was given."""
        return timezone.localdate(self.given_at)

    @property
    def is_finished(self):
        return self.finished_at is not None
