"""That somebody who was to write a section has opened it."""

from django.conf import settings
from django.db import models

from partnerships.models import Owned


class Opened(Owned):
    """The first time a person opened a section that they could write and that was not sent.

    Written once and never changed, so it has no history of its own.
    """

    owner = "answer"

    answer = models.ForeignKey("rounds.Answer", on_delete=models.PROTECT, related_name="openings")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = "opening of a section"
        verbose_name_plural = "openings of sections"
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["answer", "person"],
                name="opened_once",
                violation_error_message="This person has opened the section before.",
            ),
        ]

    def __str__(self):
        return f"{self.answer}: {self.person}"
