"""A partnership's rounds by plan year, and which years still lack some."""

from collections.abc import Iterable
from dataclasses import dataclass

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
        """Whether a day of the plan is in no round; rounds made here never overlap."""
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


def next_to_open(rounds: Iterable[Round]) -> Round | None:
    """The first planned round after those that have been opened; None where there is none."""
    rounds = sorted(rounds, key=lambda round: round.period_ends_on)
    opened = [round.period_ends_on for round in rounds if not round.is_planned]
    for round in rounds:
        if round.is_planned and (not opened or round.period_ends_on > opened[-1]):
            return round
    return None


def _days(period) -> int:
    return (period.ends_on - period.starts_on + ONE_DAY).days
