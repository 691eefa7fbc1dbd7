"""The sheet a meeting is held by, and the sections that something is to be said of."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from partnerships.models import Marking

from .as_closed import linked_in
from .matters import Matter, matters_before
from .models import Answer, LeadUpdate, Rag, Round

NO_LEAD = "Lead to be confirmed"
AT_RISK = (Rag.RED, Rag.AMBER)


@dataclass
class Part:
    """One priority: what its lead says at the meeting, what is missing, what is at risk."""

    update: LeadUpdate
    asked: str
    answers: list[Answer] = field(default_factory=list)
    verbal: list[Answer] = field(default_factory=list)
    missing: list[Answer] = field(default_factory=list)
    at_risk: list[Answer] = field(default_factory=list)

    @property
    def to_be_said(self) -> list[Answer]:
        return [*self.verbal, *self.missing]

    def take(self, answer: Answer) -> None:
        self.answers.append(answer)
        if not answer.is_sent:
            self.missing.append(answer)
        elif answer.response == Answer.Response.VERBAL:
            self.verbal.append(answer)
        if answer.is_sent and answer.rag in AT_RISK:
            self.at_risk.append(answer)


@dataclass(frozen=True)
class Sheet:
    """Everything on the sheet of one round."""

    marking: Marking
    parts: list[Part]
    open_actions: tuple[Matter, ...]
    """Of the meetings before."""

    @property
    def is_sensitive(self) -> bool:
        return self.marking == Marking.SENSITIVE

    @property
    def is_bare(self) -> bool:
        """Whether every section was answered in writing and nothing is at risk."""
        return not any(part.to_be_said or part.at_risk for part in self.parts)


def sheet_of(round: Round, today: date) -> Sheet:
    """Three queries at most."""
    parts = parts_of(round, today)
    before = matters_before(round, today, as_closed=False)
    open_actions = before.open_actions if before else ()
    return Sheet(_marking(round, parts, open_actions), parts, open_actions)


def parts_of(round: Round, today: date) -> list[Part]:
    """Every priority of the round in order; one query, and one more while it is open."""
    answers = list(
        Answer.objects.filter(update__round=round)
        .select_related("update__priority")
        .order_by("update__order", "update", "order", "pk")
    )
    updates = {answer.update_id: answer.update for answer in answers}
    linked = linked_in(round, updates.values(), today)
    parts = {
        pk: Part(update, update.lead_text or ", ".join(linked[update.priority_id].names) or NO_LEAD)
        for pk, update in updates.items()
    }
    for answer in answers:
        parts[answer.update_id].take(answer)
    return list(parts.values())


def _marking(round: Round, parts: Iterable[Part], matters: Iterable[Matter]) -> Marking:
    """The highest of anything on the sheet."""
    shown = [answer for part in parts for answer in (*part.to_be_said, *part.at_risk)]
    is_sensitive = (
        round.plan.marking == Marking.SENSITIVE
        or any(answer.is_sensitive for answer in shown)
        or any(matter.is_sensitive for matter in matters)
    )
    return Marking.SENSITIVE if is_sensitive else Marking.OFFICIAL
