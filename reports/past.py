"""What was said of the actions in the last rounds, followed over the years of the plan."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from actions.models import ActionLink
from rounds.models import Answer, Round

ROUNDS_SHOWN = 4
ROUNDS_NAMED = 40
"""Ten years of quarters: an older round is not named as that of a last answer."""


class Lineage:
    """Which actions of earlier plans an action comes from, directly or over several years."""

    def __init__(self, links: Iterable[tuple[int, int]]):
        self._earlier: dict[int, set[int]] = defaultdict(set)
        for earlier, later in links:
            self._earlier[later].add(earlier)

    def of(self, action: int) -> set[int]:
        """The action itself and all that it comes from."""
        found, to_follow = {action}, [action]
        while to_follow:
            new = self._earlier.get(to_follow.pop(), set()) - found
            found |= new
            to_follow += new
        return found


@dataclass(frozen=True)
class Past:
    """The last four opened rounds up to one of them, oldest first, and what each action got."""

    rounds: list[Round]
    lineage: Lineage
    said: dict[tuple[int, int], Answer]
    labels: dict[date, str]
    """The names of earlier rounds, by the end of their period."""

    @classmethod
    def until(cls, round: Round, answers: Iterable[Answer]) -> "Past":
        """Three queries; `answers` are those of the round itself."""
        earlier = list(
            Round.objects.filter(
                partnership=round.partnership_id,
                plan__kind=round.plan.kind,
                period_ends_on__lt=round.period_ends_on,
            )
            .exclude(state=Round.State.PLANNED)
            .select_related("plan")
            .latest_first()[:ROUNDS_NAMED]
        )
        rounds = [*reversed(earlier[: ROUNDS_SHOWN - 1]), round]
        before = (
            Answer.objects.filter(update__round__in=rounds[:-1], kind=Answer.Kind.ACTION)
            .select_related("update")
            .only("action", "state", "response", "rag", "progress", "returned_at", "update__round")
        )
        links = ActionLink.objects.filter(partnership=round.partnership_id)
        return cls(
            rounds,
            Lineage(links.values_list("earlier", "later")),
            {
                (answer.update.round_id, answer.action_id): answer
                for answer in (*before, *answers)
                if answer.action_id
            },
            {each.period_ends_on: each.full_label for each in earlier},
        )

    @property
    def last_round(self) -> Round | None:
        """The round before this one, if there was any."""
        return self.rounds[-2] if len(self.rounds) > 1 else None

    def of(self, action: int, round: Round) -> list[Answer]:
        """What one round holds of the action, or of those of an earlier plan it comes from."""
        kin = self.lineage.of(action)
        return [self.said[round.pk, each] for each in sorted(kin) if (round.pk, each) in self.said]
