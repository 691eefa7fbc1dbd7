"""What each person was told of a round by email and whether it arrived, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from accounts.models import User

from .models import Notice, Round

Kind = Notice.Kind


@dataclass(frozen=True)
class Told:
    """What one person was told: the last notice tells whether messages reach them."""

    person: User
    last: Notice
    asked_on: date | None = None
    reminded_on: date | None = None

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
    """By the number of each person who was asked or reminded; one query."""
    found: dict[int, Told] = {}
    notices = round.notices.exclude(kind=Kind.DIGEST).select_related("person", "message")
    notices = notices.defer("message__text", "message__html", "message__calendar")
    for notice in notices.order_by("day", "pk"):
        told = found.get(notice.person_id) or Told(notice.person, notice)
        changes = {Kind.ASKED: {"asked_on": notice.day}, Kind.REMINDED: {"reminded_on": notice.day}}
        changed = changes.get(notice.kind, {})
        found[notice.person_id] = replace(told, last=notice, **changed)
    return found
