"""What cannot be done now, each with its reason in plain English."""

from datetime import datetime

from django.utils import timezone

from accounts.models import User
from partnerships.changes import moment_in_full
from partnerships.days import moment
from partnerships.refusals import Refused

from ..models import Answer, Round

__all__ = ["AnswerAccepted", "Conflict", "RecommendationsChanged", "Refused", "RoundClosed"]


SAVED_BY_OTHERS = "Someone else saved this section while you were writing"


class RoundClosed(Refused):
    """The round takes no answers: not yet, or no longer."""


class AnswerAccepted(Refused):
    """The coordinator has accepted the answer; it can only be changed by them."""


class Conflict(Refused):
    """The section was saved since this person opened it: by others, or by them in another tab."""

    def __init__(self, saved: Answer, by: User, now: datetime) -> None:
        self.saved = saved
        self.is_own = saved.last_saved_by_id == by.pk
        self.heading = _saved_by_them(saved, now) if self.is_own else SAVED_BY_OTHERS
        super().__init__(f"{self.heading}.")


class RecommendationsChanged(Refused):
    """Somebody wrote other recommendations since this person opened them."""

    def __init__(self, saved: Round) -> None:
        super().__init__("Someone else changed the recommendations while you were writing.")
        self.saved = saved


def _saved_by_them(saved: Answer, now: datetime) -> str:
    when = moment(timezone.localtime(saved.last_saved_at), timezone.localdate(now))
    return f"You saved this section in another window {when}"


def why_closed(round: Round, *, let_in_until: datetime | None = None) -> str:
    """Why a round takes no answers, or no more that of a section which was let in late."""
    if round.is_planned:
        return f"{round.full_label} has not been opened yet."
    when = round.closed_at or round.closes_at
    if when and let_in_until and let_in_until > when:
        return (
            f"This section could be answered late until {moment_in_full(let_in_until)}. "
            "The coordinator can let it in again, or add an answer for you."
        )
    moment = f" on {moment_in_full(when)}" if when else ""
    return f"{round.full_label} closed{moment}. The coordinator can still add an answer for you."
