"""Who did not answer, and when each section was last answered."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q

from rounds.models import Answer, LeadUpdate, Round

from .past import Lineage
from .priority import NO_LEAD, RETURNED

NEVER = "Not answered before"


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
class History:
    """What was sent in earlier rounds about the sections that are silent or have moved."""

    lineage: Lineage
    sent: list[Answer]
    """The latest first."""

    @classmethod
    def of(cls, round: Round, answers: Iterable[Answer], lineage: Lineage) -> "History":
        """One query."""
        actions, titles = set(), set()
        for answer in answers:
            if answer.is_action:
                if not answer.is_sent or answer.new_due_on:
                    actions |= lineage.of(answer.action_id)
            elif not answer.is_sent:
                titles.add(answer.title)
        others = Q(title__in=titles) & ~Q(kind=Answer.Kind.ACTION)
        sent = (
            Answer.objects.filter(Q(action__in=actions) | others, partnership=round.partnership_id)
            .sent()
            .of_rounds_before(round)
            .select_related("update__round__plan")
            .only(
                *("action", "kind", "title", "new_due_on", "update__priority", "update__title"),
                *("update__round__label", "update__round__period_ends_on"),
                *("update__round__plan__year_label",),
            )
            .order_by("-update__round__period_ends_on", "-pk")
        )
        return cls(lineage, list(sent))

    @cached_property
    def _by_action(self) -> dict[int, list[Answer]]:
        found: dict[int, list[Answer]] = {}
        for answer in self.sent:
            found.setdefault(answer.action_id, []).append(answer)
        return found

    def _about(self, action: int) -> list[Answer]:
        kin = self.lineage.of(action)
        return [said for each in kin for said in self._by_action.get(each, [])]

    def moves(self, action: int) -> int:
        """How often the date of an action was moved before."""
        return sum(said.new_due_on is not None for said in self._about(action))

    def last_answered(self, answer: Answer) -> str:
        """The round of the last answer about a section: "Quarter 1, 2023/24"."""
        if answer.is_action:
            said = self._about(answer.action_id)
        else:
            said = [each for each in self.sent if _is_same_section(each, answer)]
        last = max(said, key=lambda each: each.update.round.period_ends_on, default=None)
        return last.update.round.full_label if last else ""


def _is_same_section(earlier: Answer, answer: Answer) -> bool:
    """The same heading under the same priority, or in another plan under one of its title."""
    return (earlier.kind, earlier.title) == (answer.kind, answer.title) and (
        earlier.update.priority_id == answer.update.priority_id
        or earlier.update.title == answer.update.title
    )


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
        last_answered=history.last_answered(answer) or NEVER,
        note=RETURNED if answer.is_awaiting_revision else "",
        action=answer.action_id,
    )


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
    return f"Will be spoken to at the meeting, which counts as an answer: {'; '.join(names)}."
