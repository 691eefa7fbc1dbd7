"""The outbox: every message that the portal has for somebody, until it is delivered or given up."""

from datetime import timedelta
from email.utils import make_msgid, parseaddr
from typing import Self

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

GIVE_UP_AFTER = timedelta(hours=4)
"""How long after its first try a message is tried again."""

KEPT_FOR = timedelta(days=90)
"""How long the words of a message are kept after it was sent, given up or called off."""

one_line = RegexValidator(r"[\r\n]", "A line break has no place here.", inverse_match=True)


def new_message_id() -> str:
    """Of the domain that mail comes from, so that it tells nothing of the machine."""
    _, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return make_msgid(domain=address.rpartition("@")[2])


class MessageQuerySet(models.QuerySet):
    def waiting(self) -> Self:
        return self.filter(state=Message.State.WAITING)

    def failed(self) -> Self:
        return self.filter(state=Message.State.FAILED)


class Message(models.Model):
    """One message to one address, made once: its key says what it is about."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting to be sent"
        SENT = "sent", "Sent"
        FAILED = "failed", "Not delivered"
        CALLED_OFF = "called_off", "No longer needed"

    key = models.CharField(max_length=200, unique=True, help_text="Made by who asks for it.")
    message_id = models.CharField("Message-ID", max_length=200, unique=True, default=new_message_id)
    sender = models.SlugField(
        "partnership", max_length=60, blank=True, help_text="The slug of the one that writes."
    )
    to = models.EmailField("address", max_length=254)
    reply_to = models.EmailField("replies go to", max_length=254, blank=True)
    subject = models.CharField(max_length=300, validators=[one_line])
    text = models.TextField("as plain text", blank=True)
    html = models.TextField("as a web page", blank=True)
    calendar = models.TextField("calendar entry", blank=True, help_text="An iCalendar file.")
    state = models.CharField(max_length=20, choices=State, default=State.WAITING)
    made_at = models.DateTimeField()
    next_try_at = models.DateTimeField(help_text="Not before; a worker that has it moves it on.")
    first_tried_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveIntegerField(default=0)
    tries_in_doubt = models.PositiveIntegerField(
        default=0, help_text="Tries of which it is not known whether the message got through."
    )
    ended_at = models.DateTimeField("sent, given up or called off", null=True, blank=True)
    problem = models.TextField(blank=True, help_text="Why it was not delivered at the last try.")

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        indexes = [
            models.Index(
                fields=["next_try_at"], condition=Q(state="waiting"), name="messages_waiting"
            ),
            models.Index(fields=["-made_at", "-id"], name="messages_latest_first"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="waiting", ended_at__isnull=True)
                | (~Q(state="waiting") & Q(ended_at__isnull=False)),
                name="message_ended_when_not_waiting",
                violation_error_message="A message that waits has not ended; any other has.",
            ),
        ]

    def __str__(self):
        return f"{self.subject} → {self.to}"

    @property
    def is_waiting(self) -> bool:
        return self.state == self.State.WAITING

    @property
    def is_sent(self) -> bool:
        return self.state == self.State.SENT

    @property
    def is_failed(self) -> bool:
        return self.state == self.State.FAILED
