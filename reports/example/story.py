"""What happens in an example round, done by the same services that the pages call."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from accounts.models import User
from partnerships.access import accesses_of
from partnerships.permissions import Access
from priorities.models import Priority
from rounds.models import Answer, LeadUpdate, Meeting, MeetingItem, Round
from rounds.services import (
    Content,
    accept_answers,
    close_round,
    give_sections,
    open_round,
    return_answer,
    save_answer,
    submit_update,
)
from rounds.services.meetings import marker_of_item, record_item, record_meeting

from .past import happened

CONTENT = ("response", "progress", "rag", "rag_reason", "way_back", "date_reason")


@dataclass(frozen=True)
class Story:
    """A round and its coordinator; days are counted from its opening, at nine in the morning."""

    round: Round
    coordinator: User

    def play(self, facts: dict) -> None:
        """Open the round, let everybody answer, and close it where its file says so."""
        with self.happens(0, self.coordinator) as at:
            open_round(round=self.round, by=self.coordinator, now=at)
        self.round.refresh_from_db()
        for of_update in facts["updates"]:
            self.play_update(of_update)
        if "closed_after_days" in facts:
            with self.happens(facts["closed_after_days"], self.coordinator) as at:
                close_round(round=self.round, now=at)
        if "meeting" in facts:
            self.hold_meeting(**facts["meeting"])

    def play_update(self, facts: dict) -> None:
        """One lead's update: written, sent where it was, then read by the coordinator."""
        update = self.update_of(facts["priority"])
        lead = User.objects.get(email=facts["by"])
        if "gives" in facts:
            self.give(update, by=lead, **facts["gives"])
        self.write(update, facts, by=lead, on_behalf=False)
        self.write(update, facts, by=self.coordinator, on_behalf=True)
        if "submitted_after_days" in facts:
            with self.happens(facts["submitted_after_days"], lead) as at:
                submit_update(update=update, by=lead, now=at)
        if "accepted_after_days" in facts:
            self.read(update, facts)

    def give(
        self, update: LeadUpdate, *, by: User, section: str, to: str, note: str, after_days: int
    ) -> None:
        """Give a section to somebody else to write."""
        with self.happens(after_days, by) as at:
            give_sections(
                update=update,
                answers=[_by_section(update)[section].pk],
                to=self.round.partnership.memberships.get(user__email=to),
                note=note,
                by=self.access(by, at),
                now=at,
            )

    def write(self, update: LeadUpdate, facts: dict, *, by: User, on_behalf: bool) -> None:
        """Save what this person has answered: the lead, or the coordinator for them."""
        theirs = [
            (answer, fact)
            for answer, fact in _answers(update, facts)
            if fact.get("given_by_coordinator", False) == on_behalf
        ]
        if not theirs:
            return
        with self.happens(facts["written_after_days"], by) as at:
            access = self.access(by, at)
            for answer, fact in theirs:
                save_answer(
                    answer=answer,
                    content=_content(fact),
                    version=answer.version,
                    by=access,
                    now=at,
                    on_behalf=on_behalf,
                )

    def read(self, update: LeadUpdate, facts: dict) -> None:
        """Accept what its file says was accepted, and return what was returned."""
        with self.happens(facts["accepted_after_days"], self.coordinator) as at:
            answers = _answers(update, facts)
            accepted = [a for a, fact in answers if fact["becomes"] == Answer.State.ACCEPTED]
            accept_answers(answers=accepted, now=at)
            for answer, fact in answers:
                if fact["becomes"] == Answer.State.RETURNED:
                    return_answer(
                        answer=answer,
                        reason=fact["return_reason"],
                        version=answer.version,
                        by=self.coordinator,
                        now=at,
                    )

    def hold_meeting(self, *, recorded_after_days: int, items: list[dict], **facts) -> None:
        """Write down what came of the meeting; what was done of it is ticked on its own day."""
        held_on = date.fromisoformat(facts.pop("held_on"))
        with self.happens(recorded_after_days, self.coordinator):
            meeting = record_meeting(round=self.round, held_on=held_on, **facts, marker="")
        for fact in items:
            item = self.item(meeting, fact)
            with self.happens(recorded_after_days, self.coordinator):
                record_item(item=item, marker="")
            if "done_on" in fact:
                item.refresh_from_db()
                marker, item.done_on = marker_of_item(item), date.fromisoformat(fact["done_on"])
                after_days = (item.done_on - self.round.opens_on).days
                with self.happens(after_days, self.coordinator):
                    record_item(item=item, marker=marker)

    def item(self, meeting: Meeting, fact: dict) -> MeetingItem:
        """Of a section, of a priority, or of the meeting as a whole."""
        update = answer = None
        if "priority" in fact:
            update = self.update_of(fact["priority"])
            answer = _by_section(update).get(fact.get("section"))
        item = MeetingItem(
            partnership=meeting.partnership,
            meeting=meeting,
            kind=fact["kind"],
            update=update,
            answer=answer,
            text="".join(fact["text"]),
            assigned_to=fact.get("assigned_to", ""),
            due_on=date.fromisoformat(fact["due_on"]) if "due_on" in fact else None,
        )
        item.full_clean()
        return item

    def update_of(self, reference: str) -> LeadUpdate:
        return self.round.updates.get(
            priority__kind=Priority.Kind.PRIORITY, priority__reference=reference
        )

    def happens(self, days: int, by: User) -> AbstractContextManager[datetime]:
        day = self.round.opens_on + timedelta(days=days)
        at = timezone.make_aware(datetime.combine(day, time(9)))
        return happened(self.round.partnership, at, by)

    def access(self, user: User, at: datetime) -> Access:
        accesses = accesses_of(user, timezone.localdate(at))
        return next(a for a in accesses if a.partnership == self.round.partnership)


def _answers(update: LeadUpdate, facts: dict) -> list[tuple[Answer, dict]]:
    """The sections of which the file tells, as they stand now, each with what it says."""
    found = _by_section(update)
    return [(found[fact["section"]], fact) for fact in facts["answers"]]


def _by_section(update: LeadUpdate) -> dict[str, Answer]:
    return {_section(answer): answer for answer in update.answers.select_related("action")}


def _section(answer: Answer) -> str:
    """How the files name a section: an action by its reference, a group by its heading."""
    if answer.is_action:
        return answer.reference
    return answer.title if answer.kind == Answer.Kind.GROUP else answer.kind


def _content(fact: dict) -> Content:
    moved_to = fact.get("new_due_on")
    return Content(
        text="".join(fact.get("text", ())),
        new_due_on=date.fromisoformat(moved_to) if moved_to else None,
        **{name: fact[name] for name in CONTENT if name in fact},
    )
