"""Who did not answer, and when each section was last answered."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Max, Q
from django.utils import timezone

from rounds.models import Answer, LeadUpdate, Round

from .past import Past
from .priority import NO_LEAD, RETURNED, printed_day

NEVER = "Not answered before"
COMPLETE_BEFORE = "Complete in an earlier round"


@dataclass(frozen=True)
class Silence:
    """A section without an answer, who was asked, and the round of its last answer."""

    section: str
    asked: str
    last_answered: str
    note: str
    action: int | None


@dataclass(frozen=True)
class Silences:
    heading: str
    rows: tuple[Silence, ...]
    spoken: str
    """Which sections will be spoken to at the meeting, in a sentence."""


@dataclass(frozen=True)
class Earlier:
    """What was sent of one section over all earlier rounds: the end of the last, how many moves."""

    ends_on: date
    moves: int
    sent_at: datetime | None
    """When anything was last sent of it."""


@dataclass(frozen=True)
class History:
    """What was sent in earlier rounds about the sections that are silent or have moved.

    Counted in the database: one row a section, however many years there are.
    """

    past: Past
    actions: dict[int, Earlier]
    sections: dict[tuple[str, str, int | str], Earlier]
    """By kind, heading and priority, both by its number and by its title."""
    labels: dict[date, str]
    """The names of the rounds in which they were last answered, by the end of their period."""

    @classmethod
    def of(cls, round: Round, answers: Iterable[Answer], past: Past) -> "History":
        """One query where there was a round before, and the one of `Past.labels`."""
        if past.last_round is None:
            return cls(past, {}, {}, {})
        actions, titles = set(), set()
        for answer in answers:
            if answer.is_action:
                if not answer.is_sent or answer.new_due_on:
                    actions |= past.lineage.of(answer.action_id)
            elif not answer.is_sent:
                titles.add(answer.title)
        others = Q(title__in=titles) & ~Q(kind=Answer.Kind.ACTION)
        counted = (
            Answer.objects.filter(Q(action__in=actions) | others, partnership=round.partnership_id)
            .sent()
            .of_rounds_before(round)
            .order_by()
            .values("action_id", "kind", "title", "update__priority_id", "update__title")
            .annotate(
                ends_on=Max("period_ends_on"),
                moves=Count("pk", filter=Q(new_due_on__isnull=False)),
                sent_at=Max("submitted_at"),
            )
        )
        by_action: dict[int, Earlier] = {}
        by_section: dict[tuple[str, str, int | str], Earlier] = {}
        for row in counted:
            if row["action_id"]:
                _add(by_action, row["action_id"], row)
            else:
                for priority in (row["update__priority_id"], row["update__title"]):
                    _add(by_section, (row["kind"], row["title"], priority), row)
        found = [*by_action.values(), *by_section.values()]
        return cls(past, by_action, by_section, past.labels({each.ends_on for each in found}))

    def _about(self, action: int) -> list[Earlier]:
        return [self.actions[each] for each in self.past.lineage.of(action) if each in self.actions]

    def moves(self, action: int) -> int:
        """How often the date of an action was moved before."""
        return sum(said.moves for said in self._about(action))

    def last_answered(self, answer: Answer) -> str:
        """The round of the last answer about a section: "Quarter 1, 2023/24"."""
        last = self._last_about(answer)
        return self.labels.get(last.ends_on, "") if last else ""

    def last_answered_and_when(self, answer: Answer) -> str:
        """The same with the day it was sent: "Quarter 1, 2023/24, sent on 14 July 2023"."""
        last, label = self._last_about(answer), self.last_answered(answer)
        if last is None or last.sent_at is None or not label:
            return label
        return f"{label}, sent on {printed_day(timezone.localdate(last.sent_at))}"

    def _last_about(self, answer: Answer) -> Earlier | None:
        """A section that is not an action is the same under the same priority, or in another
        plan under one of its title.
        """
        if answer.is_action:
            said = self._about(answer.action_id)
        else:
            priorities = (answer.update.priority_id, answer.update.title)
            keys = [(answer.kind, answer.title, priority) for priority in priorities]
            said = [self.sections[key] for key in keys if key in self.sections]
        return max(said, key=lambda each: each.ends_on, default=None)


def _add(found: dict[Any, Earlier], key: Any, row: dict[str, Any]) -> None:
    before = found.get(key)
    earlier = Earlier(row["ends_on"], row["moves"], row["sent_at"])
    if before:
        last = max(before, earlier, key=lambda each: each.ends_on)
        earlier = replace(last, moves=before.moves + earlier.moves)
    found[key] = earlier


def silences_of(
    updates: Iterable[tuple[LeadUpdate, list[Answer]]], *, round: Round, history: History
) -> Silences:
    rows, spoken = [], []
    for update, answers in updates:
        for answer in answers:
            if not answer.is_sent:
                rows.append(_silence(update, answer, history))
            elif answer.response == Answer.Response.VERBAL:
                spoken.append(section_name(update, answer))
    heading = "Who did not answer" if round.is_closed else "Who has not answered yet"
    return Silences(heading, tuple(rows), _spoken(spoken))


def _silence(update: LeadUpdate, answer: Answer, history: History) -> Silence:
    return Silence(
        section=section_name(update, answer),
        asked=update.lead_text or NO_LEAD,
        last_answered=history.last_answered_and_when(answer) or NEVER,
        note=_note(answer, history),
        action=answer.action_id,
    )


def _note(answer: Answer, history: History) -> str:
    if answer.is_awaiting_revision:
        return RETURNED
    return COMPLETE_BEFORE if history.past.was_complete(answer.action_id) else ""


def section_name(update: LeadUpdate, answer: Answer) -> str:
    """An action by itself, any other section with its priority."""
    if answer.is_action and answer.reference:
        return answer.heading
    return f"{update.label}, {answer.heading}"


def _spoken(names: list[str]) -> str:
    if not names:
        return ""
    if len(names) == 1:
        return f"{names[0]} will be spoken to at the meeting. That counts as an answer."
    named = "; ".join(names).rstrip(".")
    return f"Will be spoken to at the meeting, which counts as an answer: {named}."
