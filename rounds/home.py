"""What a person finds on coming in: what is asked of them, what they sent, what they run."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from actions.models import Action, ActionLead
from partnerships.models import Role
from partnerships.permissions import Access
from priorities.models import Plan, PriorityLead

from .given import Given
from .models import Answer, Delegation, Draft, LeadUpdate, Round, priorities_supplied_by
from .plan_years import still_to_open
from .standing import with_tallies
from .tasks import Task, TaskList
from .typed_figures import figures_of_updates, of_suppliers, rows_of_answers
from .unfinished import Progress, last_closed, progress_of, to_look_at

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

    @property
    def let_in_until(self) -> datetime | None:
        """Until when the last of them may come late, where the round takes no answers."""
        late = (task.answer.let_in_until for task, _ in self.sections if task.is_let_in)
        return max(late, default=None)

    @property
    def is_to_write(self) -> bool:
        """Whether any of them can still be written, which what is sent cannot."""
        return any(not task.answer.is_sent for task, _ in self.sections)


@dataclass(frozen=True)
class Unsent:
    """Sections of one update with words in them that were not sent before its round closed."""

    update: LeadUpdate
    round: Round
    """With what was issued of it."""
    answers: list[Answer]
    """Each with whether the person typed there what was never saved: `has_draft`."""


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
    running: list[Progress]
    """The open rounds that the person runs."""
    to_finish: list[Progress]
    """Closed rounds that they run, with answers to accept or a report to issue."""
    figures: list[FiguresWanted]
    given: list[GivenToWrite]
    unsent: list[Unsent]
    """What they lead or were given of the last closed rounds, and nobody sent."""
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
        """The same where the closing moment has passed, and nothing that was written waits."""
        told = {each.update.pk for each in self.unsent}
        over = (found for found in self.asked if not (found.is_all_sent or self._takes(found)))
        return [found for found in over if found.update.pk not in told]

    @property
    def all_sent(self) -> list[TaskList]:
        return [found for found in self.asked if found.is_all_sent]

    def _takes(self, found: TaskList) -> bool:
        return found.update.round.takes_answers(self.now) or bool(found.let_in)

    @property
    def is_quiet(self) -> bool:
        """Whether nothing else on the page says what there is to do."""
        if self.asked or self.figures or self.given or self.unsent:
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
        rounds = [found.update.round for found in asked] or [each.round for each in self.running]
        return min(rounds, key=_due, default=self.coming)


def _due(round: Round) -> date:
    return round.due_on or date.max


def home_of(accesses: Sequence[Access], today: date, now: datetime) -> Home:
    """The home of somebody with these accesses; `today` is theirs too."""
    led = _led_by(accesses, today)
    delegations = _delegations(accesses, led, today, now)
    rounds = _rounds(accesses)
    asked = _asked(led, delegations, rounds, now)
    starts = _starts(accesses, rounds, today, now)
    leads_anything = bool(asked) or led.exists()
    running, to_finish = _run(accesses, rounds)
    return Home(
        accesses=accesses,
        asked=asked,
        running=running,
        to_finish=to_finish,
        figures=_figures_wanted(accesses, led, now),
        given=_given(accesses, delegations, now),
        unsent=_unsent(accesses, led, rounds, now),
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


def _asked(
    led: QuerySet, delegations: Sequence[Given], rounds: Sequence[Round], now: datetime
) -> list[TaskList]:
    """What is asked in open rounds, and of a closed one the sections that were let in late."""
    given = defaultdict(list)
    for each in delegations:
        given[each.row.answer_id].append(each)
    of_number = {round.pk: round for round in rounds}
    answers = (
        Answer.objects.filter(
            Q(update__round__state=Round.State.OPEN) | Q(let_in_until__gt=now),
            update__round__in=of_number,
            update__priority__in=led,
        )
        .select_related("update")
        .order_by("update", "order", "pk")
    )
    sections: dict[LeadUpdate, list[Answer]] = defaultdict(list)
    for answer in answers:
        sections[answer.update].append(answer)
    for update, those in sections.items():
        update.round = of_number[update.round_id]
        update.partnership = update.round.partnership
        for answer in those:
            answer.update = update
    updates = sorted(sections, key=_when_due)
    # Only of these can figures be missing.
    in_writing = [
        answer
        for those in sections.values()
        for answer in those
        if answer.is_written and not answer.is_accepted
    ]
    figures = figures_of_updates(updates, in_writing)
    return [
        TaskList(
            update,
            [
                Task(
                    answer,
                    figures=tuple(figures.get(answer.pk, ())),
                    is_open=answer.can_be_answered(now),
                    is_let_in=answer.is_late(now),
                    given=tuple(given[answer.pk]),
                )
                for answer in sections[update]
            ],
        )
        for update in updates
    ]


def _when_due(update: LeadUpdate) -> tuple[date, str, int, int]:
    return _due(update.round), update.partnership.name, update.order, update.pk


def _delegations(
    accesses: Sequence[Access], led: QuerySet, today: date, now: datetime
) -> list[Given]:
    """What they were given, and what was given away of what they lead; one query.

    In open rounds, and of closed ones what was let in late.
    """
    rows = (
        Delegation.objects.standing()
        .filter(
            Q(membership__in=_memberships(accesses)) | Q(answer__update__priority__in=led),
            Q(answer__update__round__state=Round.State.OPEN) | Q(answer__let_in_until__gt=now),
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
            task = Task(answer, is_let_in=answer.is_late(now))
            found.setdefault(answer.update, []).append((task, given))
    return [GivenToWrite(update, sections) for update, sections in found.items()]


def _unsent(
    accesses: Sequence[Access], led: QuerySet, rounds: Sequence[Round], now: datetime
) -> list[Unsent]:
    """What stayed unsent in the last closed rounds and may not come late; one query.

    A round whose closing moment has passed is closed to those who write.
    """
    is_over = [round for round in rounds if round.is_open and not round.takes_answers(now)]
    closed = {round.pk: round for round in [*last_closed(rounds), *is_over]}
    if not closed:
        return []
    given = Delegation.objects.held_by(_memberships(accesses)).values("answer")
    typed = Draft.objects.filter(answer=OuterRef("pk"), person=accesses[0].user).live()
    answers = (
        Answer.objects.filter(update__round__in=closed, state__in=Answer.UNSENT)
        .annotate(has_draft=Exists(typed))
        .filter(Q(update__priority__in=led) | Q(pk__in=given))
        .exclude(Q(state=State.NOT_STARTED) & Q(has_draft=False))
        .exclude(let_in_until__gt=now)
        .defer("text")
        .select_related("update__partnership")
        .order_by("update__round", "update__order", "update", "order", "pk")
    )
    found: dict[LeadUpdate, list[Answer]] = defaultdict(list)
    for answer in answers:
        found[answer.update].append(answer)
    return [Unsent(update, closed[update.round_id], those) for update, those in found.items()]


def _run(
    accesses: Sequence[Access], rounds: Sequence[Round]
) -> tuple[list[Progress], list[Progress]]:
    """Of the rounds the person runs those that are open, and those to finish; one query."""
    runs = {access.partnership.pk for access in accesses if access.runs_rounds}
    theirs = [round for round in rounds if round.partnership_id in runs]
    is_open = [round for round in theirs if round.is_open]
    if not theirs:
        return [], []
    found = progress_of([*is_open, *to_look_at(theirs)])
    found.sort(key=lambda each: (_due(each.round), each.round.partnership.name))
    return (
        [each for each in found if each.round.is_open],
        [each for each in found if each.round.is_closed and not each.is_finished],
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
