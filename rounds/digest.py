"""How a round stands, for those who run it: who has answered, who has not, whom mail misses."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date

from priorities.leads import linked_to

from .models import Answer, LeadUpdate, Round
from .told import Told, told_in


@dataclass(frozen=True)
class PriorityStanding:
    """How many sections of one priority have come, and from whom the others are awaited."""

    update: LeadUpdate
    sent: int
    missing: int
    people: tuple[str, ...]

    @property
    def heading(self) -> str:
        return f"{self.update.label}: {self.update.title}"


@dataclass(frozen=True)
class Digest:
    round: Round
    priorities: tuple[PriorityStanding, ...]
    not_reached: tuple[Told, ...]

    @property
    def answered(self) -> list[PriorityStanding]:
        return [each for each in self.priorities if not each.missing]

    @property
    def awaited(self) -> list[PriorityStanding]:
        return [each for each in self.priorities if each.missing]

    @property
    def sent(self) -> int:
        return sum(each.sent for each in self.priorities)

    @property
    def missing(self) -> int:
        return sum(each.missing for each in self.priorities)


def digest_of(round: Round, today: date) -> Digest:
    """A fixed number of queries."""
    updates = list(round.updates.all())
    counts: dict[int, Counter[bool]] = defaultdict(Counter)
    for update, state in Answer.objects.filter(update__round=round).values_list("update", "state"):
        counts[update][state in Answer.UNSENT] += 1
    linked = linked_to([update.priority_id for update in updates], today)
    return Digest(
        round,
        tuple(
            PriorityStanding(
                update,
                sent=counts[update.pk][False],
                missing=counts[update.pk][True],
                people=tuple(linked[update.priority_id].people),
            )
            for update in updates
        ),
        tuple(told for told in told_in(round).values() if told.problem),
    )
