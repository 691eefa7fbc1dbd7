"""How a round stands, for those who run it: who has answered, who has not, whom mail misses."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date

from priorities.leads import linked_to

from .given import given_in, holders_of
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
    given = given_in(round, today)
    writers: dict[int, Counter[str]] = defaultdict(Counter)
    answers = Answer.objects.filter(update__round=round)
    for pk, update, state in answers.values_list("pk", "update", "state"):
        counts[update][state in Answer.UNSENT] += 1
        writers[update].update(each.post for each in holders_of(given.get(pk, ())))
    linked = linked_to([update.priority_id for update in updates], today)
    return Digest(
        round,
        tuple(
            PriorityStanding(
                update,
                sent=counts[update.pk][False],
                missing=counts[update.pk][True],
                people=(
                    *linked[update.priority_id].people,
                    *(f"{post}, given {number}" for post, number in writers[update.pk].items()),
                ),
            )
            for update in updates
        ),
        tuple(told for told in told_in(round, today).values() if told.problem),
    )
