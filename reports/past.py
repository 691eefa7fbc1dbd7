"""What was said of the actions in the last rounds, followed over the years of the plan."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import FilteredRelation, OuterRef, Q, QuerySet, Subquery

from actions.models import Action, ActionLink, Progress
from priorities.models import Plan
from rounds.models import Answer, Meeting, Rag, Round

ROUNDS_SHOWN = 4

ROUNDS_NAMED = 40
"""Ten years of quarters: what was last said longer ago costs a query more to name its round."""

# What is asked for of each earlier round with its meeting, and of an earlier answer.
ROUND = (
    *("pk", "label", "short_label", "period_ends_on", "plan_id", "plan__year_label"),
    *("meeting__pk", "meeting__held_on"),
)
SAID = ("pk", "action_id", "state", "response", "rag", "progress", "returned_at")

# Where several actions of an earlier plan were merged into one, the gravest rating stands.
GRAVEST_FIRST = (Rag.RED, Rag.AMBER, Rag.GREEN, Rag.NOT_RATED)


class Lineage:
    """Which actions of earlier plans an action comes from, directly or over several years."""

    def __init__(self, links: Iterable[tuple[int, int]]):
        self._earlier: dict[int, set[int]] = defaultdict(set)
        for earlier, later in links:
            self._earlier[later].add(earlier)

    @classmethod
    def in_partnership(cls, partnership: int) -> "Lineage":
        """All that is on record; one query."""
        links = ActionLink.objects.filter(partnership=partnership)
        return cls(links.values_list("earlier", "later"))

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
    before: list[Round]
    """The last rounds opened before this one, and older ones of which something is said here;
    latest first."""

    @classmethod
    def until(
        cls,
        round: Round,
        answers: Iterable[Answer],
        seen: Callable[[Answer], Answer] = lambda answer: answer,
    ) -> "Past":
        """Two queries, three where an action has no rating in them; none grows with the years.

        `answers` are those of the round itself; `seen` makes of each earlier answer what may be
        known of it.
        """
        before, told = _rounds_before(round)
        now = {(round.pk, answer.action_id): answer for answer in answers if answer.action_id}
        past = cls(
            rounds=[*reversed(before[: ROUNDS_SHOWN - 1]), round],
            lineage=Lineage.in_partnership(round.partnership_id),
            said=_by_round_and_action(told, seen) | now,
            before=before,
        )
        if len(before) < ROUNDS_SHOWN:
            return past
        unrated = {
            each
            for _, action in now
            if past.last_rating(action) is None
            for each in past.lineage.of(action)
        }
        if not unrated:
            return past
        older, rated = _rounds_and_what_they_hold(_last_rated(unrated, round))
        known = {each.pk for each in before}
        return replace(
            past,
            said=_by_round_and_action(rated, seen) | past.said,
            before=before + [each for each in older if each.pk not in known],
        )

    @property
    def last_round(self) -> Round | None:
        """The round before this one, if there was any."""
        return self.rounds[-2] if len(self.rounds) > 1 else None

    @property
    def last_meeting(self) -> Meeting | None:
        """The meeting on the last round before this one that had any, in ten years."""
        return next(
            (meeting for each in self.before if (meeting := getattr(each, "meeting", None))), None
        )

    def of(self, action: int, round: Round) -> list[Answer]:
        """What one round holds of the action, or of those of an earlier plan it comes from."""
        kin = self.lineage.of(action)
        return [self.said[round.pk, each] for each in sorted(kin) if (round.pk, each) in self.said]

    def last_rating(self, action: int) -> Rating | None:
        """The last one given of the action, or of those it comes from, in whichever round."""
        for round in self._spoken_of:
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
        """The names of the rounds before that have these ends of their periods.

        One query where one of them is not among the last rounds.
        """
        known = {round.period_ends_on: round.full_label for round in self.before}
        others = set(ends_on) - known.keys()
        if others:
            older = _opened_before(self.rounds[-1]).filter(period_ends_on__in=others)
            known |= {each.period_ends_on: each.full_label for each in older.select_related("plan")}
        return known

    @cached_property
    def _spoken_of(self) -> list[Round]:
        """The rounds before of which something is said here, latest first."""
        found = {round for round, _ in self.said}
        spoken_of = [round for round in self.before if round.pk in found]
        return sorted(spoken_of, key=lambda each: (each.period_ends_on, each.pk), reverse=True)


def _opened_before(round: Round) -> QuerySet[Round]:
    """The rounds before it of the same kind of plan, latest first."""
    rounds = Round.objects.filter(
        partnership=round.partnership_id,
        plan__kind=round.plan.kind,
        period_ends_on__lt=round.period_ends_on,
    )
    found: QuerySet[Round] = rounds.exclude(state=Round.State.PLANNED)
    return found.order_by("-period_ends_on", "-pk")


def _rounds_before(round: Round) -> tuple[list[Round], list[tuple[Any, ...]]]:
    """The last rounds before, latest first, and what the latest hold of actions; one query."""
    opened = _opened_before(round)
    last = Subquery(opened.values("pk")[: ROUNDS_SHOWN - 1])
    lately = FilteredRelation("updates", condition=Q(updates__round__in=last))
    named = Round.objects.filter(pk__in=Subquery(opened.values("pk")[:ROUNDS_NAMED]))
    columns = [*ROUND, *(f"lately__answers__{name}" for name in SAID)]
    rows = named.annotate(lately=lately).order_by("-period_ends_on", "-pk").values_list(*columns)
    return _rounds_and_what_they_hold(rows)


def _rounds_and_what_they_hold(
    rows: Iterable[tuple[Any, ...]],
) -> tuple[list[Round], list[tuple[Any, ...]]]:
    """Of rows of a round and what was said in it: each round once, and what was said by round."""
    rounds, told = {}, []
    for row in rows:
        (pk, label, short_label, ends_on, plan, year, meeting, held_on) = row[: len(ROUND)]
        if pk not in rounds:
            rounds[pk] = Round(
                pk=pk,
                label=label,
                short_label=short_label,
                period_ends_on=ends_on,
                plan=Plan(pk=plan, year_label=year),
            )
            held = Meeting(pk=meeting, held_on=held_on) if meeting else None
            Round.meeting.related.set_cached_value(rounds[pk], held)
        told.append((pk, *row[len(ROUND) :]))
    return list(rounds.values()), told


def _by_round_and_action(
    rows: Iterable[tuple[Any, ...]], seen: Callable[[Answer], Answer]
) -> dict[tuple[int, int], Answer]:
    """Of rows of a round and what was said in it; what is of no action is left aside."""
    found = {}
    for round, *row in rows:
        said = dict(zip(SAID, row, strict=True))
        if said["action_id"]:
            found[round, said["action_id"]] = seen(Answer(**said))
    return found


def _last_rated(actions: Collection[int], round: Round) -> QuerySet[Answer, tuple[Any, ...]]:
    """The last answer with a rating of each action, found by an index however many there are."""
    rated = (
        Answer.objects.sent()
        .of_rounds_before(round)
        .filter(action=OuterRef("pk"), update__round__plan__kind=round.plan.kind)
        .exclude(rag="")
        .latest_first()
    )
    last = Action.objects.filter(pk__in=actions).values(last=Subquery(rated.values("pk")[:1]))
    found = Answer.objects.filter(pk__in=last.order_by()).order_by()
    return found.values_list(*(f"update__round__{name}" for name in ROUND), *SAID)
