"""A partnership's rounds by plan year, and which years still lack some."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from partnerships.quarters import ONE_DAY
from priorities.models import Plan

from .models import Round


@dataclass(frozen=True)
class PlanYear:
    """One plan and its rounds, in the order of their periods."""

    plan: Plan
    rounds: list[Round]

    @property
    def lacks_rounds(self) -> bool:
        """Whether a day of the plan is in no round; rounds made here never overlap.

        A closed plan lacks none: no more are made for it.
        """
        if self.plan.closed_at is not None:
            return False
        covered = sum(_days(round.period) for round in self.rounds)
        return covered < _days(self.plan.period)


def plan_years(plans: Iterable[Plan]) -> list[PlanYear]:
    """One query for the rounds of all these plans."""
    plans = list(plans)
    rounds = {plan.pk: [] for plan in plans}
    for round in Round.objects.filter(plan__in=plans).order_by("period_starts_on", "pk"):
        rounds[round.plan_id].append(round)
    years = [PlanYear(plan, rounds[plan.pk]) for plan in plans]
    for year in years:
        for round in year.rounds:
            round.plan = year.plan
    return years


def still_to_open(rounds: Iterable[Round], now: datetime) -> list[Round]:
    """The planned rounds that can still be opened in their turn, the first to open first.

    A planned round has been passed over once its plan was closed, or once one that ends no
    earlier was opened, of a plan of the same kind. It is still to open when only its opening day
    has gone by; when its closing time has too, it stands last, since it needs other dates.
    """
    rounds = list(rounds)
    opened = defaultdict(lambda: date.min)
    for round in rounds:
        if not round.is_planned:
            opened[_line(round)] = max(opened[_line(round)], round.period_ends_on)
    return sorted(
        (
            round
            for round in rounds
            if round.is_planned
            and round.plan.closed_at is None
            and round.period_ends_on > opened[_line(round)]
        ),
        key=lambda round: (
            round.closes_at is not None and round.closes_at <= now,
            round.opens_on or date.max,
            round.period_ends_on,
        ),
    )


def _line(round: Round) -> tuple[int, str]:
    """What a round follows on: those of plans of its kind in its partnership."""
    return round.partnership_id, round.plan.kind


def _days(period) -> int:
    return (period.ends_on - period.starts_on + ONE_DAY).days
