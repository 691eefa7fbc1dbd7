"""What was said of the actions in the last rounds, followed over the years of the plan."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import OuterRef, QuerySet, Subquery

from actions.models import Action, ActionLink, Progress
from rounds.models import Answer, Rag, Round

ROUNDS_SHOWN = 4

# What is asked for of an earlier answer, and of a round longer ago.
SAID = ("action", "state", "response", "rag", "progress", "returned_at")
ROUND = (
    *("update__round__label", "update__round__period_ends_on"),
    "update__round__plan__year_label",
)

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
    """By round and action; of rounds longer ago, only the last ratings."""
    earlier: list[Round]
    """Those before this one of which something is said here, latest first."""

    @classmethod
    def until(
        cls,
        round: Round,
        answers: Iterable[Answer],
        seen: Callable[[Answer], Answer] = lambda answer: answer,
    ) -> "Past":
        """Three queries, four where an action has no rating in them; none grows with the years.

        `answers` are those of the round itself; `seen` makes of each earlier answer what may be
        known of it.
        """
        before = list(_opened_before(round)[: ROUNDS_SHOWN - 1])
        told = Answer.objects.filter(update__round__in=before, kind=Answer.Kind.ACTION)
        told = told.select_related("update").only(*SAID, "update__round").order_by()
        links = ActionLink.objects.filter(partnership=round.partnership_id)
        now = {(round.pk, answer.action_id): answer for answer in answers if answer.action_id}
        past = cls(
            rounds=[*reversed(before), round],
            lineage=Lineage(links.values_list("earlier", "later")),
            said=_by_round_and_action(told, seen) | now,
            earlier=before,
        )
        unrated = {
            each
            for _, action in now
            if past.last_rating(action) is None
            for each in past.lineage.of(action)
        }
        if not unrated or len(before) < ROUNDS_SHOWN - 1:
            return past
        rated = list(_last_rated(unrated, round))
        rounds = {*before, *(answer.update.round for answer in rated)}
        return replace(
            past,
            said=_by_round_and_action(rated, seen) | past.said,
            earlier=sorted(rounds, key=lambda each: (each.period_ends_on, each.pk), reverse=True),
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

    def labels(self, ends_on: Collection[date]) -> dict[date, str]:
        """The names of earlier rounds, by these ends of their periods.

        One query where one of them is longer ago.
        """
        known = {round.period_ends_on: round.full_label for round in self.earlier}
        others = set(ends_on) - known.keys()
        longer_ago = _opened_before(self.rounds[-1]).filter(period_ends_on__in=others)
        return known | {round.period_ends_on: round.full_label for round in longer_ago}


def _opened_before(round: Round) -> QuerySet[Round]:
    """The rounds before it of the same kind of plan, latest first."""
    rounds = Round.objects.filter(
        partnership=round.partnership_id,
        plan__kind=round.plan.kind,
        period_ends_on__lt=round.period_ends_on,
    )
    found: QuerySet[Round] = rounds.exclude(state=Round.State.PLANNED).select_related("plan")
    return found.order_by("-period_ends_on", "-pk")


def _by_round_and_action(
    answers: Iterable[Answer], seen: Callable[[Answer], Answer]
) -> dict[tuple[int, int], Answer]:
    return {(answer.update.round_id, answer.action_id): seen(answer) for answer in answers}


def _last_rated(actions: Collection[int], round: Round) -> QuerySet[Answer]:
    """The last answer with a rating of each action, found by an index however many there are."""
    rated = (
        Answer.objects.sent()
        .of_rounds_before(round)
        .filter(action=OuterRef("pk"), update__round__plan__kind=round.plan.kind)
        .exclude(rag="")
        .latest_first()
    )
    last = Action.objects.filter(pk__in=actions).values(last=Subquery(rated.values("pk")[:1]))
    found: QuerySet[Answer] = Answer.objects.filter(pk__in=last.order_by()).order_by()
    return found.select_related("update__round__plan").only(*SAID, *ROUND)
