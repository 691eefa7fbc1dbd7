"""What each person was told of a round by email and whether it arrived, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Q

from accounts.models import User
from mail.models import Message

from .models import Notice, Round

Kind = Notice.Kind


@dataclass(frozen=True)
class Told:
    """What one person was told: the last notice tells whether messages reach them."""

    person: User
    last: Notice
    asked_on: date | None = None
    reminded_on: date | None = None
    days: tuple[tuple[str, date], ...] = ()
    """Everything they were told, such as "asked", each with its day."""

    @property
    def problem(self) -> str:
        """What the mail server said of the last message, if that was not delivered."""
        message = self.last.message
        return " ".join(message.problem.split()) if message.is_failed else ""

    @property
    def is_waiting(self) -> bool:
        return self.last.message.is_waiting

    @property
    def address(self) -> str:
        return self.last.message.to


def told_in(round: Round) -> Mapping[int, Told]:
    """By the number of each person who was told something; one query.

    What was called off told nobody anything.
    """
    found: dict[int, Told] = {}
    notices = round.notices.exclude(
        Q(kind=Kind.DIGEST) | Q(message__state=Message.State.CALLED_OFF)
    ).select_related("person", "message")
    notices = notices.defer("message__text", "message__html", "message__calendar")
    for notice in notices.order_by("day", "pk"):
        told = found.get(notice.person_id) or Told(notice.person, notice)
        label = Kind(notice.kind).label
        days = (*told.days, (f"{label[0].lower()}{label[1:]}", notice.day))
        changes = {Kind.ASKED: {"asked_on": notice.day}, Kind.REMINDED: {"reminded_on": notice.day}}
        changed = changes.get(notice.kind, {})
        found[notice.person_id] = replace(told, last=notice, days=days, **changed)
    return found
