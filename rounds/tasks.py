"""The task list of a lead's update as plain values: each section with its tag and what it needs."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, Q

from .board import MARKS
from .models import Answer, LeadUpdate, Rag, Round
from .sections import missing_parts
from .typed_figures import rows_of_answers

State = Answer.State
Kind = Answer.Kind
Response = Answer.Response

SPOKEN = {Response.NOTHING: "Nothing to report", Response.VERBAL: "Verbal at the meeting"}


@dataclass(frozen=True)
class Task:
    """One section on the list."""

    answer: Answer
    last_rag: str = ""
    figures_hint: str = ""

    @property
    def is_done(self) -> bool:
        """Whether it says enough to be sent, or has been sent and not come back."""
        if self.answer.state in (State.NOT_STARTED, State.RETURNED):
            return False
        return self.answer.is_sent or not missing_parts(self.answer)

    @property
    def mark(self) -> str:
        finished = self.answer.state == State.DRAFT and self.is_done
        return "done" if finished else MARKS[self.answer.state]

    @property
    def label(self) -> str:
        if self.answer.state != State.DRAFT:
            return self.answer.get_state_display()
        if not self.is_done:
            return "Draft"
        return SPOKEN.get(self.answer.response, "Done")

    @property
    def last_rag_label(self) -> str:
        return Rag(self.last_rag).label if self.last_rag else ""

    @property
    def takes_one_click(self) -> bool:
        return self.answer.state == State.NOT_STARTED

    @property
    def returned_reason(self) -> str:
        return self.answer.return_reason if self.answer.is_awaiting_revision else ""


@dataclass(frozen=True)
class TaskList:
    """Everything one update asks for."""

    update: LeadUpdate
    tasks: list[Task]

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
        return sum(task.is_done for task in self.tasks)

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
    def gaps(self) -> list[Task]:
        return [task for task in self.tasks if not task.is_done]


def task_list(update: LeadUpdate) -> TaskList:
    """The list of one update; a fixed number of queries."""
    answers = list(update.answers.all())
    ratings = ratings_of_last_round(update)
    hints = _figures_hints(answers, update)
    return TaskList(
        update,
        [
            Task(answer, ratings.get(answer.action_id, ""), hints.get(answer.pk, ""))
            for answer in answers
        ],
    )


def ratings_of_last_round(update: LeadUpdate) -> dict[int, str]:
    """By action, the rating that was sent in the round before, here or in an earlier plan."""
    last = (
        Round.objects.filter(
            partnership_id=update.partnership_id,
            period_ends_on__lt=update.round.period_ends_on,
        )
        .exclude(state=Round.State.PLANNED)
        .order_by("-period_ends_on")
        .values("pk")[:1]
    )
    asked = update.answers.filter(kind=Kind.ACTION).values("action")
    rated = (
        Answer.objects.sent()
        .filter(Q(action__in=asked) | Q(action__became__later__in=asked), update__round__in=last)
        .annotate(later=F("action__became__later"))
        .values_list("action", "later", "rag")
    )
    ratings = {}
    for action, later, rag in rated:
        ratings[action] = rag
        if later:
            ratings[later] = rag
    return ratings


def _figures_hints(answers: Iterable[Answer], update: LeadUpdate) -> dict[int, str]:
    """Which figures are still missing, in words."""
    figures = [answer for answer in answers if answer.is_figures]
    for answer in figures:
        answer.update = update
    rows = rows_of_answers(figures, update.round, small_base=update.partnership.small_base)
    hints = {}
    for pk, found in rows.items():
        missing = [row.indicator.name for row in found if not row.is_complete]
        if not missing:
            hints[pk] = f"{'Both' if len(found) == 2 else 'All'} {len(found)} are in"
            if len(found) == 1:
                hints[pk] = "It is in"
        elif len(missing) <= 2:
            are = "is" if len(missing) == 1 else "are"
            hints[pk] = f"{' and '.join(missing)} {are} still missing"
        else:
            hints[pk] = f"{len(missing)} of {len(found)} are still missing"
    return hints
