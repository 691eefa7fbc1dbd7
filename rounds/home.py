"""What a person finds on coming in: what is asked of them, what they sent, what they run."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet

from actions.models import Action, ActionLead
from partnerships.models import Role
from partnerships.permissions import Access
from priorities.models import Plan, PriorityLead

from .given import Given
from .models import Answer, Delegation, LeadUpdate, Round, priorities_supplied_by
from .plan_years import still_to_open
from .standing import with_tallies
from .tasks import Task, TaskList
from .typed_figures import figures_of_updates, of_suppliers, rows_of_answers

State = Answer.State


@dataclass(frozen=True)
class FiguresWanted:
    """A round's sections in which figures are missing, each with the names of those."""

    round: Round
    sections: list[tuple[Answer, list[str]]]


@dataclass(frozen=True)
class GivenToWrite:
    """Sections of one update that a person was given by its lead."""

    update: LeadUpdate
    sections: list[tuple[Task, Given]]


@dataclass(frozen=True)
class Start:
    """A partnership in which no round is open, for somebody who runs or keeps it."""

    access: Access
    plan: Plan | None
    rounds: list[Round]
    next: Round | None
    """The round to open next."""

    @property
    def has_begun(self) -> bool:
        """Whether a round of the plan has been opened."""
        return self.plan is not None and any(
            round.plan_id == self.plan.pk and not round.is_planned for round in self.rounds
        )

    @property
    def last_closed(self) -> Round | None:
        """The latest that is closed, with what was issued of it."""
        closed = (round for round in self.rounds if round.is_closed)
        return max(closed, key=lambda round: round.period_ends_on, default=None)

    @property
    def lacks_rounds(self) -> bool:
        return self.plan is not None and not any(
            round.plan_id == self.plan.pk for round in self.rounds
        )


@dataclass(frozen=True)
class Home:
    """One person's home page over one partnership or several; a fixed number of queries."""

    accesses: Sequence[Access]
    asked: list[TaskList]
    running: list[Round]
    figures: list[FiguresWanted]
    given: list[GivenToWrite]
    to_start: list[Start]
    """Where the person runs the rounds."""
    administered: list[Start]
    """Where the person is an administrator, leads nothing and runs no rounds."""
    coming: Round | None
    led_actions: list[Action]
    """What the person leads beside whole priorities, in plans that are not closed."""
    leads_anything: bool
    today: date
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
        return found.update.round.takes_answers(self.now) or bool(found.let_in)

    @property
    def is_quiet(self) -> bool:
        """Whether nothing else on the page says what there is to do."""
        if self.asked or self.figures or self.given:
            return False
        return self.leads_anything or not (self.to_start or self.administered)

    @property
    def runs_rounds(self) -> bool:
        return bool(self.running or self.to_start)

    @property
    def is_coming_late(self) -> bool:
        """Whether the round to come could be open by now."""
        return self.coming is not None and self.coming.opens_on <= self.today

    @property
    def dated(self) -> Round | None:
        """The round whose dates stand aside: the first that is due, else the next to open."""
        asked = [*self.asked, *self.given]
        rounds = [found.update.round for found in asked] or self.running
        return min(rounds, key=_due, default=self.coming)


def _due(round: Round) -> date:
    return round.due_on or date.max


def home_of(accesses: Sequence[Access], today: date, now: datetime) -> Home:
    """The home of somebody with these accesses; `today` is theirs too."""
    led = _led_by(accesses, today)
    delegations = _delegations(accesses, led, today)
    asked = _asked(led, delegations, now)
    rounds = _rounds(accesses)
    starts = _starts(accesses, rounds, today, now)
    leads_anything = bool(asked) or led.exists()
    return Home(
        accesses=accesses,
        asked=asked,
        running=_running(accesses),
        figures=_figures_wanted(accesses, led, now),
        given=_given(accesses, delegations, now),
        to_start=[start for start in starts if start.access.runs_rounds],
        administered=[
            start for start in starts if not (leads_anything or start.access.runs_rounds)
        ],
        coming=next((each for each in still_to_open(rounds, now) if each.opens_on), None),
        led_actions=_led_actions(accesses, today),
        leads_anything=leads_anything,
        today=today,
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


def _memberships(accesses: Sequence[Access]) -> list[int]:
    return [pk for access in accesses for pk in access.membership_ids]


def _led_by(accesses: Sequence[Access], today: date) -> QuerySet:
    leads = PriorityLead.objects.filter(membership__in=_memberships(accesses)).current(today)
    return leads.values("priority")


def _led_actions(accesses: Sequence[Access], today: date) -> list[Action]:
    """Actions that a person leads or deputises for today, and may read, in their plan's order."""
    memberships = [pk for access in accesses if access.reads_plan for pk in access.membership_ids]
    leads = ActionLead.objects.filter(membership__in=memberships).current(today)
    return list(
        Action.objects.in_plan()
        .filter(pk__in=leads.values("action"), plan__closed_at__isnull=True)
        .select_related("partnership")
        .order_by("partnership__name", "plan", "order", "pk")
    )


def _asked(led: QuerySet, delegations: Sequence[Given], now: datetime) -> list[TaskList]:
    """What is asked in open rounds, and of a closed one the sections that were let in late."""
    given = defaultdict(list)
    for each in delegations:
        given[each.row.answer_id].append(each)
    let_in = Answer.objects.filter(let_in_until__gt=now)
    updates = list(
        LeadUpdate.objects.filter(priority__in=led)
        .filter(Q(round__state=Round.State.OPEN) | Q(pk__in=let_in.values("update")))
        .select_related("round__plan", "partnership")
        .order_by("round__due_on", "partnership__name", "order", "pk")
    )
    asked = Q(update__round__state=Round.State.OPEN) | Q(let_in_until__gt=now)
    answers = list(Answer.objects.filter(asked, update__in=updates))
    # Only of these can figures be missing.
    in_writing = [answer for answer in answers if answer.is_written and not answer.is_accepted]
    figures = figures_of_updates(updates, in_writing)
    tasks = defaultdict(list)
    for answer in answers:
        rows = tuple(figures.get(answer.pk, ()))
        is_let_in = answer.is_let_in(now)
        of_answer = tuple(given[answer.pk])
        tasks[answer.update_id].append(
            Task(answer, figures=rows, is_let_in=is_let_in, given=of_answer)
        )
    return [TaskList(update, tasks[update.pk]) for update in updates]


def _delegations(accesses: Sequence[Access], led: QuerySet, today: date) -> list[Given]:
    """In open rounds what they were given, and what was given away of what they lead; one query."""
    rows = (
        Delegation.objects.standing()
        .filter(
            Q(membership__in=_memberships(accesses)) | Q(answer__update__priority__in=led),
            Q(answer__update__round__state=Round.State.OPEN)
            | Q(answer__let_in_until__isnull=False),
        )
        .select_related(
            "answer__update__round__plan",
            "answer__update__partnership",
            "membership__user",
            "membership__organisation",
        )
        .order_by("answer__update__round__due_on", "answer__update__order", "answer__order", "pk")
    )
    return [Given(row, today) for row in rows]


def _given(
    accesses: Sequence[Access], delegations: Sequence[Given], now: datetime
) -> list[GivenToWrite]:
    """What leads have given to these memberships, in rounds that take answers."""
    memberships = _memberships(accesses)
    found: dict[LeadUpdate, list[tuple[Task, Given]]] = {}
    for given in delegations:
        answer = given.row.answer
        if given.row.membership_id in memberships and answer.can_be_answered(now):
            found.setdefault(answer.update, []).append((Task(answer), given))
    return [GivenToWrite(update, sections) for update, sections in found.items()]


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
    """What those who enter or supply figures may add: who leads the priority or runs the round
    finds it elsewhere.
    """
    others = [access for access in accesses if not access.runs_rounds]
    if not others:
        return []
    entering = [access.partnership for access in others if access.enters_figures]
    supplying = [pk for access in others for pk in access.membership_ids]
    sections = (
        Answer.objects.filter(
            Q(partnership__in=entering) | Q(update__priority__in=priorities_supplied_by(supplying)),
            kind=Answer.Kind.FIGURES,
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
    all_of = {partnership.pk for partnership in entering}
    wanted = [
        _wanted(round, answers, supplying=None if round.partnership_id in all_of else supplying)
        for round, answers in by_round.items()
    ]
    return [each for each in wanted if each.sections]


def _wanted(
    round: Round, answers: Sequence[Answer], *, supplying: Collection[int] | None
) -> FiguresWanted:
    """The figures that are missing, of all or only of those that these memberships supply."""
    rows = rows_of_answers(answers, round, small_base=round.partnership.small_base)
    missing = [
        (
            answer,
            [
                row.indicator.name
                for row in of_suppliers(rows[answer.pk], supplying)
                if not row.is_complete
            ],
        )
        for answer in answers
    ]
    return FiguresWanted(round, [(answer, names) for answer, names in missing if names])


def _rounds(accesses: Sequence[Access]) -> list[Round]:
    """Every round of these partnerships."""
    return list(
        Round.objects.filter(partnership__in=[access.partnership for access in accesses])
        .with_issued()
        .latest_first()
        .select_related("plan", "partnership")
        .defer("recommendations", "plan__introduction")
    )


def _starts(
    accesses: Sequence[Access], rounds: list[Round], today: date, now: datetime
) -> list[Start]:
    """What comes first where the person runs the rounds and none is open, or administers."""
    open_in = {round.partnership_id for round in rounds if round.is_open}
    begun = [
        access
        for access in accesses
        if (access.runs_rounds and access.partnership.pk not in open_in)
        or (_is_administrator(access) and not access.runs_rounds)
    ]
    if not begun:
        return []
    plans = Plan.objects.filter(partnership__in=[access.partnership for access in begun])
    first = {}
    # A closed plan is spoken of only where no other has been made.
    for plan in sorted(plans.current_first(today), key=lambda plan: plan.closed_at is not None):
        first.setdefault(plan.partnership_id, plan)
    starts = []
    for access in begun:
        here = [round for round in rounds if round.partnership_id == access.partnership.pk]
        following = next(iter(still_to_open(here, now)), None)
        starts.append(Start(access, first.get(access.partnership.pk), here, following))
    return starts


def _is_administrator(access: Access) -> bool:
    return any(membership.role == Role.ADMINISTRATOR for membership in access.memberships)
