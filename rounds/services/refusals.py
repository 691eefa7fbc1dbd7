"""What cannot be done now, each with its reason in plain English."""

from partnerships.changes import moment_in_full
from partnerships.refusals import Refused

from ..models import Answer, Round

__all__ = ["AnswerAccepted", "Conflict", "RecommendationsChanged", "Refused", "RoundClosed"]


class RoundClosed(Refused):
    """The round takes no answers: not yet, or no longer."""


class AnswerAccepted(Refused):
    """The coordinator has accepted the answer; it can only be changed by them."""


class Conflict(Refused):
    """Somebody saved the same section since this person opened it."""

    def __init__(self, saved: Answer) -> None:
        super().__init__("Someone else saved this section while you were writing.")
        self.saved = saved


class RecommendationsChanged(Refused):
    """Somebody wrote other recommendations since this person opened them."""

    def __init__(self, saved: Round) -> None:
        super().__init__("Someone else changed the recommendations while you were writing.")
        self.saved = saved


def why_closed(round: Round) -> str:
    if round.is_planned:
        return f"{round.full_label} has not been opened yet."
    when = round.closed_at or round.closes_at
    moment = f" on {moment_in_full(when)}" if when else ""
    return f"{round.full_label} closed{moment}. The coordinator can still add an answer for you."
