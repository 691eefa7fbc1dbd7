"""The task list of a lead's update as plain values: each section with its tag and what it needs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from accounts.models import User
from partnerships.quarters import MONTH_NAMES, Period
from performance.figures import FigureRow

from .as_closed import themes_of
from .earlier import when_before
from .given import Given, read_given, with_given
from .models import Answer, Draft, LeadUpdate, Rag, Round
from .sections import missing_parts
from .standing import MARKS
from .typed_figures import figures_of_updates, missing_figures

State = Answer.State
Kind = Answer.Kind
Response = Answer.Response

SPOKEN = {Response.NOTHING: "Nothing to report", Response.VERBAL: "Verbal at the meeting"}


@dataclass(frozen=True)
class LastRating:
    """How an action was rated in the round before, and when that was: "Last quarter: Red"."""

    rag: str
    when: str
    is_public: bool = True
    """Neither withheld nor marked, so that it may be told by email too."""

    @property
    def in_words(self) -> str:
        return f"{self.when}: {Rag(self.rag).label}"


@dataclass(frozen=True)
class Task:
    """One section on the list."""

    answer: Answer
    last: LastRating | None = None
    figures: tuple[FigureRow, ...] = ()
    themes: str = ""
    is_open: bool = True
    """Whether its writers can still answer it."""
    is_let_in: bool = False
    """Whether it may be answered late."""
    given: tuple[Given, ...] = ()
    """Who was given it to write."""

    @property
    def heading(self) -> str:
        """As on the plan; of the figures, how many and for which months."""
        if not self.figures:
            return self.answer.heading
        return f"{_counted(self.figures)} for {_months_of(self.figures[0].current.year)}"

    @property
    def hint(self) -> str:
        """What to know before opening it, such as "Shoplifting is still missing"."""
        return _missing_in_words(self.figures) if self.figures else self.themes

    @property
    def missing(self) -> tuple[str, ...]:
        """The indicators that its figures lack; they can be sent without them."""
        return missing_figures(self.answer, self.figures)

    @property
    def is_done(self) -> bool:
        """Whether it says enough to be sent, or has been sent and not come back.

        Figures are done when all of them are in, or the coordinator has accepted them as they are.
        """
        if self.answer.state in (State.NOT_STARTED, State.RETURNED):
            return False
        if self.answer.is_accepted:
            return True
        return not self.missing and (self.answer.is_sent or not missing_parts(self.answer))

    @property
    def is_to_check(self) -> bool:
        """Whether somebody who was given it has said that they have finished it."""
        is_sent = self.answer.is_sent
        return self.is_done and not is_sent and any(each.is_finished for each in self.given)

    @property
    def is_left_out(self) -> bool:
        """Whether it was saved, not sent, and cannot be sent any more."""
        return self.answer.is_draft and not self.is_open

    @property
    def mark(self) -> str:
        finished = self.answer.is_draft and self.is_done and not self.is_left_out
        return "done" if finished else MARKS[self.answer.state]

    @property
    def label(self) -> str:
        if self.is_left_out:
            return "Not sent"
        if self.missing and self.answer.state != State.RETURNED:
            missing = f"{len(self.missing)} missing"
            if self.answer.is_draft:
                return missing
            return f"{self.answer.get_state_display()}, {missing}"
        if self.answer.state != State.DRAFT:
            return self.answer.get_state_display()
        if self.is_to_check:
            return "Ready for you to check"
        if not self.is_done:
            return "Draft"
        return SPOKEN.get(self.answer.response, "Done")

    @property
    def notes(self) -> list[str]:
        """What stands below it on the list, besides when it was saved."""
        last = self.last.in_words if self.last else ""
        return [note for note in (last, self.hint) if note]

    @property
    def takes_one_click(self) -> bool:
        return self.is_open and self.answer.state == State.NOT_STARTED

    @property
    def is_unsaved(self) -> bool:
        """Whether its reader has typed here what was never saved."""
        return getattr(self.answer, "has_draft", False)

    @property
    def returned_reason(self) -> str:
        return self.answer.return_reason if self.answer.is_awaiting_revision else ""


@dataclass(frozen=True)
class TaskList:
    """Everything one update asks for."""

    update: LeadUpdate
    tasks: list[Task]

    @property
    def is_open(self) -> bool:
        """Whether anything of it can still be answered."""
        return any(task.is_open for task in self.tasks)

    @property
    def let_in(self) -> list[Task]:
        """What waits for an answer that may come late."""
        return [task for task in self.tasks if task.is_let_in and not task.answer.is_sent]

    @property
    def asked(self) -> list[Task]:
        """What is counted as asked for: once answers have closed, what was let in late alone."""
        return [task for task in self.tasks if task.is_open] or self.tasks

    @property
    def asked_in_words(self) -> str:
        """As in "7 sections", or "2 sections let in late"."""
        asked = self.asked
        late = " let in late" if all(task.is_let_in for task in asked) else ""
        return f"{len(asked)} section{'' if len(asked) == 1 else 's'}{late}"

    @property
    def actions(self) -> list[Task]:
        return [task for task in self.tasks if task.answer.is_action]

    @property
    def figures(self) -> list[Task]:
        return [task for task in self.tasks if task.answer.is_figures]

    @property
    def others(self) -> list[Task]:
        others = (Kind.KEY_ISSUES, Kind.GROUP, Kind.THEMES)
        return [task for task in self.tasks if task.answer.kind in others]

    @property
    def done(self) -> int:
        """How many of those that are asked for are done."""
        return sum(task.is_done for task in self.asked)

    @property
    def is_begun(self) -> bool:
        return any(task.answer.state != State.NOT_STARTED for task in self.tasks)

    @property
    def sent(self) -> list[Task]:
        return [task for task in self.tasks if task.answer.is_sent]

    @property
    def is_all_sent(self) -> bool:
        return all(task.answer.is_sent for task in self.tasks)

    @property
    def returned(self) -> list[Task]:
        return [task for task in self.tasks if task.answer.state == State.RETURNED]

    @property
    def to_check(self) -> list[Task]:
        return [task for task in self.tasks if task.is_to_check]

    @property
    def gaps(self) -> list[Task]:
        return [task for task in self.tasks if not task.is_done]


def task_list(update: LeadUpdate, now: datetime, reader: User | None = None) -> TaskList:
    """The list of one update, with what its reader has not saved; a fixed number of queries."""
    own = Draft.objects.filter(answer=OuterRef("pk"), person=reader).live()
    sections = with_given(update.answers.annotate(has_draft=Exists(own)))
    sections = sections.order_by("order", "pk", "given_pk")
    answers, given = read_given(sections, timezone.localdate(now))
    ratings = ratings_before(update.round, answers)
    figures = figures_of_updates([update], answers)
    asks_themes = any(answer.kind == Kind.THEMES for answer in answers)
    themes = ", ".join(themes_of(update.round)) if asks_themes else ""
    return TaskList(
        update,
        [
            Task(
                answer,
                last=ratings.get(answer.action_id),
                figures=tuple(figures.get(answer.pk, ())),
                themes=themes if answer.kind == Kind.THEMES else "",
                is_open=answer.can_be_answered(now),
                is_let_in=answer.is_late(now),
                given=() if update.round.is_closed else given.get(answer.pk, ()),
            )
            for answer in answers
        ],
    )


def ratings_before(round: Round, answers: Iterable[Answer]) -> dict[int, LastRating]:
    """By action of these answers, the rating sent in the round before, here or in an earlier plan.

    One query.
    """
    asked = [answer.action_id for answer in answers if answer.is_action]
    last = (
        Round.objects.filter(
            partnership_id=round.partnership_id, period_ends_on__lt=round.period_ends_on
        )
        .exclude(state=Round.State.PLANNED)
        .order_by("-period_ends_on")
        .values("pk")[:1]
    )
    rated = (
        Answer.objects.sent()
        .filter(Q(action__in=asked) | Q(action__became__later__in=asked), update__round__in=last)
        .exclude(rag="")
        .annotate(later=F("action__became__later"))
        .select_related("update__round__plan")
    )
    ratings = {}
    for answer in rated:
        is_public = not (answer.is_withheld or answer.is_sensitive)
        when = when_before(answer.update.round, round)
        rating = LastRating(answer.rag, when, is_public)
        ratings[answer.action_id] = rating
        if answer.later:
            ratings[answer.later] = rating
    return ratings


def _counted(figures: Sequence[FigureRow]) -> str:
    return f"{len(figures)} figure{'' if len(figures) == 1 else 's'}"


def _months_of(year: Period) -> str:
    ends_on = year.ends_on
    month = MONTH_NAMES[ends_on.month - 1]
    return f"the twelve months to {ends_on.day} {month} {ends_on.year}"


def _missing_in_words(figures: Sequence[FigureRow]) -> str:
    missing = [row.indicator.name for row in figures if not row.is_complete]
    if len(missing) > 2:
        return f"{len(missing)} of {len(figures)} are still missing"
    if missing:
        return f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} still missing"
    if len(figures) == 1:
        return "It is in"
    return f"{'Both' if len(figures) == 2 else f'All {len(figures)}'} are in"
