"""What opening a round would ask, of whom: shown before it is opened."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from priorities.closed import PlanClosed
from priorities.leads import Linked, linked_to
from priorities.models import Priority

from .asking import Request, priorities_asked, unsent_of
from .models import Answer, LeadUpdate, Round
from .services import sections_to_ask
from .services.rounds import NOBODY_TO_ASK

Kind = Answer.Kind
WORDS = [
    (Kind.FIGURES, "figures", "figures"),
    (Kind.ACTION, "1 action", "{} actions"),
    (Kind.KEY_ISSUES, "key issues", "key issues"),
    (Kind.GROUP, "1 group", "{} groups"),
    (Kind.THEMES, "cross-cutting themes", "cross-cutting themes"),
]


@dataclass(frozen=True)
class Asked:
    """One priority or theme, who answers for it, and how many sections of which kind."""

    priority: Priority
    linked: Linked
    kinds: Counter

    @property
    def lead(self) -> str:
        return self.priority.lead_text or self.linked.in_words or "To be confirmed"

    @property
    def people(self) -> list[str]:
        return self.linked.people

    @property
    def sections(self) -> int:
        return self.kinds.total()

    @property
    def in_words(self) -> str:
        """As in "figures, 5 actions, key issues, 1 group"."""
        return ", ".join(
            (one if self.kinds[kind] == 1 else many).format(self.kinds[kind])
            for kind, one, many in WORDS
            if self.kinds[kind]
        )


def asked_of(round: Round, today) -> list[Asked]:
    """What the round would ask for if it were opened now, in the plan's order."""
    found = sections_to_ask(round)
    linked = linked_to([priority.pk for priority, _ in found], today)
    return [
        Asked(priority, linked[priority.pk], Counter(section.kind for section in sections))
        for priority, sections in found
    ]


def request_for_all(round: Round, person: User) -> Request:
    """Everything that the round asks for, or would if it were opened now, of one person."""
    unsent = unsent_of(round)
    if round.is_planned:
        for priority, answers in sections_to_ask(round):
            update = LeadUpdate(priority=priority, label=priority.label, title=priority.title)
            for answer in answers:
                answer.update = update
            unsent += answers
    return Request(person, priorities_asked(round, unsent))


def hindrance(round: Round, asked: list[Asked], now: datetime) -> str:
    """Why the round cannot be opened now and what to do about it; nothing where it can."""
    if round.plan.closed_at is not None:
        return str(PlanClosed(round.plan))
    if not asked:
        return NOBODY_TO_ASK
    if round.due_on is None or round.closes_at is None:
        lacking = [
            name
            for name, given in (("due date", round.due_on), ("closing time", round.closes_at))
            if given is None
        ]
        return f"Set the {' and the '.join(lacking)} before opening the round."
    if round.closes_at <= now:
        return "The closing time has passed: set a later one before opening the round."
    return ""
