"""Matters arising: what was said, decided and agreed at the meeting before a round.

They stand beside the boxes of the round and print in its report. Of a closed round they are as
they were when it closed (docs/adr/0013).
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, OuterRef, Q, Subquery, Value
from django.utils import timezone

from partnerships.models import Marking
from partnerships.quarters import MONTH_NAMES

from .as_closed import rows_at_closing
from .earlier import said_before
from .models import Answer, LeadUpdate, Meeting, MeetingItem, Round

Kind = MeetingItem.Kind

WHOLE_MEETING = "The meeting as a whole"
WHOLE_PRIORITY = "The priority as a whole"


@dataclass(frozen=True)
class Matter:
    """One thing that was said, decided or agreed, as it stands on a day."""

    pk: int
    kind: str
    is_action: bool
    held_on: date
    update: LeadUpdate | None
    answer: Answer | None
    text: str
    is_sensitive: bool
    owner: str
    due_on: date | None
    state: str
    """Of an action: done and when, overdue, or not done yet."""
    is_done: bool

    @property
    def about(self) -> str:
        """What under its priority it is about."""
        if self.answer is not None:
            return self.answer.heading
        return WHOLE_PRIORITY if self.update is not None else WHOLE_MEETING

    @property
    def about_in_full(self) -> str:
        """The same, with the priority."""
        if self.update is None:
            return WHOLE_MEETING
        return f"{self.update}, {self.answer.heading}" if self.answer else str(self.update)

    @property
    def by_when(self) -> str:
        """As in "by 1 December 2023"."""
        return f"by {full_day(self.due_on)}" if self.due_on else ""


@dataclass(frozen=True)
class Matters:
    """What came of the last meeting before a round, and what is still open of earlier ones."""

    held_on: date
    """The day of the last one."""
    matters: tuple[Matter, ...]

    @property
    def open_actions(self) -> tuple[Matter, ...]:
        return tuple(each for each in self.matters if each.is_action and not each.is_done)


def matters_before(
    round: Round,
    today: date,
    about: Q | None = None,
    *,
    as_closed: bool = True,
    last: Meeting | None = None,
) -> Matters | None:
    """The matters arising for a round, or of them what `about` says; None where there are none.

    One query, and one before it unless the last meeting is known or the round is closed. What is
    overdue is so today, or on the day a closed round closed; of a page on which they are kept,
    today's hold for a closed round too (`as_closed=False`). An action of a meeting longer ago is
    among them unless it was done by the day of the last one.
    """
    is_past = as_closed and round.is_closed
    meetings = (
        _rows(Meeting, round, is_past=is_past)
        .filter(
            partnership_id=round.partnership_id,
            round__plan__kind=round.plan.kind,
            round__period_ends_on__lt=round.period_ends_on,
        )
        .order_by("-round__period_ends_on", "-round_id")
    )
    if is_past:
        last_pk, last_held_on = (Subquery(meetings.values(each)[:1]) for each in ("id", "held_on"))
    else:
        # Most sections have none to tell of, and to ask for both at once takes longer.
        last = last or meetings.first()
        if last is None:
            return None
        last_pk, last_held_on = last.pk, Value(last.held_on)
    of_item = meetings.filter(id=OuterRef("meeting_id"))
    was_open = Q(done_on__isnull=True) | Q(done_on__gt=F("last_held_on"))
    found = (
        _rows(MeetingItem, round, is_past=is_past)
        .filter(about or Q(), partnership_id=round.partnership_id)
        .annotate(held_on=Subquery(of_item.values("held_on")[:1]), last_held_on=last_held_on)
        .filter(Q(meeting_id=last_pk) | was_open & Q(kind=Kind.ACTION))
        .select_related("update__priority", "answer")
        .order_by("meeting__round__period_ends_on", "id")
    )
    # Those of other meetings fall out here: asked of the database, it takes longer.
    items = [item for item in found if item.held_on]
    if not items:
        return None
    day = timezone.localdate(round.closed_at) if is_past else today
    matters = tuple(_matter(item, item.held_on, day) for item in items)
    return Matters(items[0].last_held_on, matters)


def matters_for(answer: Answer, today: date) -> Matters | None:
    """Those that stand beside a box: of the same section, and of its priority as a whole."""
    update = answer.update
    priority = Q(update__priority=update.priority_id) | Q(update__title=update.title)
    about = Q(answer__in=said_before(answer)) | Q(answer__isnull=True) & priority
    return matters_before(update.round, today, about)


def matters_of(meeting: Meeting, today: date) -> tuple[Matter, ...]:
    """What was recorded of one meeting, as it stands today; one query."""
    items = meeting.items.select_related("update__priority", "answer")
    return tuple(_matter(item, meeting.held_on, today) for item in items.order_by("pk"))


def _rows(model: Any, round: Round, *, is_past: bool) -> Any:
    return rows_at_closing(model, round) if is_past else model.objects.all()


def _matter(item: Any, held_on: date, day: date) -> Matter:
    """`item` is a row of the table or of its history, which have the same fields."""
    return Matter(
        pk=item.id,
        kind=item.get_kind_display(),
        is_action=item.kind == Kind.ACTION,
        held_on=held_on,
        update=item.update,
        answer=item.answer,
        text=item.text,
        is_sensitive=item.marking == Marking.SENSITIVE,
        owner=item.assigned_to,
        due_on=item.due_on,
        state=_state(item, day) if item.kind == Kind.ACTION else "",
        is_done=_is_done(item, day),
    )


def _is_done(item: Any, day: date) -> bool:
    return item.done_on is not None and item.done_on <= day


def _state(item: Any, day: date) -> str:
    if _is_done(item, day):
        return f"Done on {full_day(item.done_on)}"
    return "Overdue" if item.due_on < day else "Not done yet"


def full_day(day: date) -> str:
    return f"{day.day} {MONTH_NAMES[day.month - 1]} {day.year}"
