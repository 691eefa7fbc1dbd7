"""Where a lead's update stands as a whole: one rule, made of the states of its answers.

The board counts the answers it holds, the home page lets the database count.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from django.db.models import Count, Q, QuerySet, TextChoices

from .models import Answer, LeadUpdate

State = Answer.State

# The mark of each state of a section, as `partnerships/templatetags/marks.py` knows it.
MARKS = {
    State.NOT_STARTED: "todo",
    State.DRAFT: "draft",
    State.SUBMITTED: "submitted",
    State.RETURNED: "returned",
    State.ACCEPTED: "accepted",
}


class Standing(TextChoices):
    """The states of an update, each by its mark: those of a section, and one between two."""

    ACCEPTED = MARKS[State.ACCEPTED], State.ACCEPTED.label
    SUBMITTED = MARKS[State.SUBMITTED], State.SUBMITTED.label
    PARTLY_SENT = "partly", "Partly sent"
    RETURNED = MARKS[State.RETURNED], State.RETURNED.label
    DRAFT = MARKS[State.DRAFT], State.DRAFT.label
    NOT_STARTED = MARKS[State.NOT_STARTED], State.NOT_STARTED.label


@dataclass(frozen=True)
class Tally:
    """How many sections an update has, and how many of them are how far."""

    asked: int
    begun: int
    sent: int
    accepted: int
    returned: int

    @classmethod
    def of(cls, answers: Iterable[Answer]) -> Self:
        answers = list(answers)
        return cls(
            asked=len(answers),
            begun=sum(answer.state != State.NOT_STARTED for answer in answers),
            sent=sum(answer.is_sent for answer in answers),
            accepted=sum(answer.is_accepted for answer in answers),
            returned=sum(answer.is_awaiting_revision for answer in answers),
        )

    @property
    def standing(self) -> Standing:
        """What was sent back comes first: it is what somebody has to do."""
        if self.returned:
            return Standing.RETURNED
        if self.accepted and self.accepted == self.asked:
            return Standing.ACCEPTED
        if self.sent:
            return Standing.SUBMITTED if self.sent == self.asked else Standing.PARTLY_SENT
        return Standing.DRAFT if self.begun else Standing.NOT_STARTED


# As `Answer.is_awaiting_revision` says it of one answer.
_AWAITING_REVISION = Q(answers__state=State.RETURNED) | Q(
    answers__state=State.DRAFT, answers__returned_at__isnull=False
)


def with_tallies(updates: QuerySet[LeadUpdate]) -> QuerySet[LeadUpdate]:
    """The updates with what `tally_of` needs, counted in the database."""
    return updates.annotate(
        asked=Count("answers"),
        begun=Count("answers", filter=~Q(answers__state=State.NOT_STARTED)),
        sent=Count("answers", filter=Q(answers__state__in=Answer.SENT)),
        accepted=Count("answers", filter=Q(answers__state=State.ACCEPTED)),
        returned=Count("answers", filter=_AWAITING_REVISION),
    )


def tally_of(update: LeadUpdate) -> Tally:
    """What was counted by `with_tallies`."""
    return Tally(update.asked, update.begun, update.sent, update.accepted, update.returned)
