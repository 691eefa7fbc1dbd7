"""What was said of the actions in the last rounds, followed over the years of the plan."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from actions.models import ActionLink, Progress
from rounds.models import Answer, Rag, Round

ROUNDS_SHOWN = 4
ROUNDS_NAMED = 40
"""Ten years of quarters: an older round is not named as that of a last answer or rating."""

# Where several actions of an earlier plan were merged into one, the gravest rating stands.
GRAVEST_FIRST = (Rag.RED, Rag.AMBER, Rag.GREEN, Rag.NOT_RATED)


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
class Rating:
    """A rating that was sent, and the round it was given in."""

    round: Round
    rag: Rag


@dataclass(frozen=True)
class Past:
    """The last four opened rounds up to one of them, oldest first, and what each action got."""

    rounds: list[Round]
    lineage: Lineage
    said: dict[tuple[int, int], Answer]
    """By round and action; of rounds longer ago, only the last rating of each action."""
    earlier: list[Round]
    """All before this one that are named, latest first."""

    @classmethod
    def until(
        cls,
        round: Round,
        answers: Iterable[Answer],
        seen: Callable[[Answer], Answer] = lambda answer: answer,
    ) -> "Past":
        """Three queries; `answers` are those of the round itself.

        `seen` makes of each earlier answer what may be known of it.
        """
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
        # Both are of these rounds; said once more, so that no other partnership's are gone through.
        before = (
            Answer.objects.filter(update__round__in=earlier, kind=Answer.Kind.ACTION)
            .filter(Q(update__round__in=rounds[:-1]) | Q(pk__in=_last_rated(earlier)))
            .select_related("update")
            .only("action", "state", "response", "rag", "progress", "returned_at", "update__round")
        )
        links = ActionLink.objects.filter(partnership=round.partnership_id)
        return cls(
            rounds,
            Lineage(links.values_list("earlier", "later")),
            {
                (answer.update.round_id, answer.action_id): answer
                for answer in (*map(seen, before), *answers)
                if answer.action_id
            },
            earlier,
        )

    @property
    def last_round(self) -> Round | None:
        """The round before this one, if there was any."""
        return self.rounds[-2] if len(self.rounds) > 1 else None

    def of(self, action: int, round: Round) -> list[Answer]:
        """What one round holds of the action, or of those of an earlier plan it comes from."""
        kin = self.lineage.of(action)
        return [self.said[round.pk, each] for each in sorted(kin) if (round.pk, each) in self.said]

    def last_rating(self, action: int) -> Rating | None:
        """The last one given of the action, or of those it comes from, in whichever round."""
        for round in self.earlier:
            given = {answer.rag for answer in self.of(action, round) if answer.is_sent}
            for rag in GRAVEST_FIRST:
                if rag in given:
                    return Rating(round, rag)
        return None

    def was_complete(self, action: int) -> bool:
        """Whether the last that was sent of it before this round says that it is complete."""
        before = [self.said.get((round.pk, action)) for round in reversed(self.rounds[:-1])]
        said = (each.progress for each in before if each and each.is_sent and each.progress)
        return next(said, "") == Progress.COMPLETE

    def name_of(self, round: Round) -> str:
        """As in "Quarter 1"; with its year where that is another than the last round's."""
        return round.label if round.plan_id == self.rounds[-1].plan_id else round.full_label

    @cached_property
    def labels(self) -> dict[date, str]:
        """The names of earlier rounds, by the end of their period."""
        return {round.period_ends_on: round.full_label for round in self.earlier}


def _last_rated(rounds: list[Round]) -> QuerySet[Answer]:
    """The last answer with a rating of each action; one row an action, however many rounds."""
    return (
        Answer.objects.sent()
        .filter(update__round__in=rounds, kind=Answer.Kind.ACTION)
        .exclude(rag="")
        .annotate(
            from_last=Window(
                RowNumber(),
                partition_by="action",
                order_by=F("period_ends_on").desc(),
            )
        )
        .filter(from_last=1)
        .order_by()
        .values("pk")
    )
