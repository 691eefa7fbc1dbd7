"""What each person was told of a round, and when: the round's side of the outbox."""

from django.conf import settings
from django.db import models
from simple_history.models import HistoricalRecords

from mail.models import Message
from partnerships.models import Owned


class Notice(Owned):
    """Something that one person was told of one round; made once for a person, kind and day.

    One message may carry several notices, for a person has one message a day at most.
    """

    class Kind(models.TextChoices):
        ASKED = "asked", "Asked"
        REMINDED = "reminded", "Reminded"
        RETURNED = "returned", "Told that an answer came back"
        LET_IN = "let_in", "Told that a late answer is let in"
        GIVEN = "given", "Given a section to write"
        INVITED = "invited", "Invited to write a section"
        FINISHED = "finished", "Told that a section is ready to check"
        DIGEST = "digest", "Told how the round stands"

    owner = "round"

    round = models.ForeignKey("rounds.Round", on_delete=models.PROTECT, related_name="notices")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind)
    day = models.DateField()
    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="notices")
    about = models.JSONField(
        default=list, blank=True, help_text="The sections it asks for, by number."
    )
    token_hash = models.CharField(max_length=64, editable=False)
    entered_at = models.DateTimeField(
        null=True, blank=True, help_text="When its link let the person in, which it does once."
    )

    history = HistoricalRecords()

    class Meta:
        ordering = ["-day", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "person", "kind", "day"],
                # Of some there may be several on one day, each about another section.
                condition=~models.Q(
                    kind__in=["returned", "let_in", "given", "invited", "finished"]
                ),
                name="notice_once_a_day",
                violation_error_message="The person has been told this on that day already.",
            ),
            models.UniqueConstraint(
                fields=["token_hash"],
                name="notice_one_per_link",
                violation_error_message="This link belongs to another notice.",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.person}, {self.round}"
