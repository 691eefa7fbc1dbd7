"""What a person finds on coming in: what is asked of them, what they sent, what they run."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet

from partnerships.permissions import Access
from priorities.models import PriorityLead

from .models import Answer, LeadUpdate, Round
from .standing import with_tallies
from .tasks import Task, TaskList
from .typed_figures import rows_of_answers

State = Answer.State


@dataclass(frozen=True)
class FiguresWanted:
    """A round's sections in which figures are missing, each with the names of those."""

    round: Round
    sections: list[tuple[Answer, list[str]]]


@dataclass(frozen=True)
class Home:
    """One person's home page over one partnership or several; a fixed number of queries."""

    accesses: Sequence[Access]
    asked: list[TaskList]
    running: list[Round]
    figures: list[FiguresWanted]
    coming: Round | None
    leads_anything: bool
    now: datetime

    @property
    def to_do(self) -> list[TaskList]:
        """Updates in which the lead still has something to write or to send, and may."""
        return [found for found in self.asked if not found.is_all_sent and self._takes(found)]

    @property
    def too_late(self) -> list[TaskList]:
        """The same where the closing moment has passed."""
        return [found for found in self.asked if not (found.is_all_sent or self._takes(found))]

    @property
    def all_sent(self) -> list[TaskList]:
        return [found for found in self.asked if found.is_all_sent]

    def _takes(self, found: TaskList) -> bool:
        return found.update.round.takes_answers(self.now)

    @property
    def dated(self) -> Round | None:
        """The round whose dates stand aside: the first that is due, else the next to open."""
        rounds = [found.update.round for found in self.asked] or self.running
        return min(rounds, key=_due, default=self.coming)


def _due(round: Round) -> date:
    return round.due_on or date.max


def home_of(accesses: Sequence[Access], today: date, now: datetime) -> Home:
    """The home of somebody with these accesses; `today` is theirs too."""
    led = _led_by(accesses, today)
    asked = _asked(led)
    return Home(
        accesses=accesses,
        asked=asked,
        running=_running(accesses),
        figures=_figures_wanted(accesses, led, now),
        coming=_coming(accesses, today),
        leads_anything=bool(asked) or led.exists(),
        now=now,
    )


def sent_by(accesses: Sequence[Access], today: date) -> QuerySet[LeadUpdate]:
    """Updates of the priorities a person leads that were sent, latest round first."""
    updates = LeadUpdate.objects.filter(
        priority__in=_led_by(accesses, today), submitted_at__isnull=False
    )
    return (
        with_tallies(updates)
        .select_related("round__plan", "partnership")
        .order_by("-round__period_ends_on", "order", "pk")
    )


def _led_by(accesses: Sequence[Access], today: date) -> QuerySet:
    memberships = [pk for access in accesses for pk in access.membership_ids]
    leads = PriorityLead.objects.filter(membership__in=memberships).current(today)
    return leads.values("priority")


def _asked(led: QuerySet) -> list[TaskList]:
    updates = list(
        LeadUpdate.objects.filter(priority__in=led, round__state=Round.State.OPEN)
        .select_related("round__plan", "partnership")
        .order_by("round__due_on", "partnership__name", "order", "pk")
    )
    answers = defaultdict(list)
    for answer in Answer.objects.filter(update__in=updates):
        answers[answer.update_id].append(Task(answer))
    return [TaskList(update, answers[update.pk]) for update in updates]


def _running(accesses: Sequence[Access]) -> list[Round]:
    """The open rounds of the partnerships in which the person runs rounds, with their counts."""
    partnerships = [access.partnership for access in accesses if access.runs_rounds]
    if not partnerships:
        return []
    of_answers = {
        "asked": None,
        "to_read": Q(updates__answers__state=State.SUBMITTED),
        "accepted": Q(updates__answers__state=State.ACCEPTED),
    }
    counts = {name: Count("updates__answers", filter=each) for name, each in of_answers.items()}
    return list(
        Round.objects.filter(partnership__in=partnerships, state=Round.State.OPEN)
        .select_related("plan", "partnership")
        .annotate(**counts)
        .order_by("due_on", "partnership__name")
    )


def _figures_wanted(
    accesses: Sequence[Access], led: QuerySet, now: datetime
) -> list[FiguresWanted]:
    """What those who enter figures, and neither lead the priority nor run the round, may add."""
    partnerships = [
        access.partnership
        for access in accesses
        if access.enters_figures and not access.runs_rounds
    ]
    if not partnerships:
        return []
    sections = (
        Answer.objects.filter(
            kind=Answer.Kind.FIGURES,
            partnership__in=partnerships,
            update__round__state=Round.State.OPEN,
        )
        .exclude(state=State.ACCEPTED)
        .exclude(update__priority__in=led)
        .select_related("update__round__plan", "update__round__partnership")
        .order_by("update__round__due_on", "update__order", "pk")
    )
    by_round = defaultdict(list)
    for answer in sections:
        if answer.update.round.takes_answers(now):
            by_round[answer.update.round].append(answer)
    # Three queries for each, and hardly ever more than one: rounds are open in turn.
    wanted = [_wanted(round, answers) for round, answers in by_round.items()]
    return [each for each in wanted if each.sections]


def _wanted(round: Round, answers: Sequence[Answer]) -> FiguresWanted:
    rows = rows_of_answers(answers, round, small_base=round.partnership.small_base)
    missing = [
        (answer, [row.indicator.name for row in rows[answer.pk] if not row.is_complete])
        for answer in answers
    ]
    return FiguresWanted(round, [(answer, names) for answer, names in missing if names])


def _coming(accesses: Sequence[Access], today: date) -> Round | None:
    """The next round that is planned to open."""
    return (
        Round.objects.filter(
            partnership__in=[access.partnership for access in accesses],
            state=Round.State.PLANNED,
            opens_on__gte=today,
        )
        .select_related("plan", "partnership")
        .order_by("opens_on")
        .first()
    )
