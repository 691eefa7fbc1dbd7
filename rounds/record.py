"""The record of a round: what became of each section, when, and by whom, as plain values.

It is put together from what is kept anyway: the history of the answers, the notices sent by
email, who first opened a section, and to whom it was given. A fixed number of queries, however
many sections there are; texts of answers are not read.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

from mail.models import Message
from partnerships.changes import moment_in_full
from partnerships.models import Invitation, Marking
from partnerships.posts import posts_of

from .models import Answer, Delegation, Notice, Opened, Round, priorities_led_by

State = Answer.State
Kind = Notice.Kind

_TOLD = {
    Kind.ASKED: "Asked by email",
    Kind.REMINDED: "Reminded by email",
    Kind.RETURNED: "Told by email that it came back",
    Kind.LET_IN: "Told by email that it may come late",
    Kind.GIVEN: "Told by email that it was given to them",
    Kind.INVITED: "Invited by email",
    Kind.FINISHED: "Told by email that it is ready to be checked",
}
_BECAME = {Message.State.WAITING: ", not sent yet", Message.State.FAILED: ", not delivered"}

_KEPT = (
    "id",
    "history_date",
    "history_user",
    "history_user__full_name",
    "history_user__email",
    "state",
    "version",
    "submitted_at",
    "returned_at",
    "return_reason",
    "given_for",
    "taken_in_by",
    "edited_at",
    "marking",
    "is_withheld",
    "withheld_reason",
    "let_in_until",
    "let_in_reason",
)


@dataclass(frozen=True)
class Event:
    """One thing that happened to a section; who is empty where the portal did it by itself."""

    at: datetime
    answer: int
    what: str
    why: str = ""
    person: int | None = None
    name: str = ""
    post: str = ""

    @property
    def when(self) -> str:
        """As in "18 October 2023 at 14:32", in London."""
        return moment_in_full(self.at)

    @property
    def who(self) -> str:
        return f"{self.name} ({self.post})" if self.post else self.name


def may_see_record(access: Any) -> Any:
    """A query for the sections whose record is open to a person.

    All to those who run the rounds, those of their priorities to leads and deputies, and none
    to others, who may have written one.
    """
    here = Answer.objects.of(access.partnership)
    if access.runs_rounds:
        return here
    return here.filter(update__priority__in=priorities_led_by(access))


def record_of(round: Round, answers: Collection[int]) -> list[Event]:
    """What happened to these sections of the round, by number, the earliest first."""
    events = [
        *_from_history(round, answers),
        *_from_delegations(answers),
        *_from_notices(round, answers),
        *_from_openings(answers),
    ]
    held = {
        (each.person, timezone.localdate(each.at)) for each in events if each.person is not None
    }
    posts = posts_of(held, round.partnership)
    events = [
        replace(each, post=posts[each.person, timezone.localdate(each.at)])
        if each.person is not None
        else each
        for each in events
    ]
    return sorted(events, key=lambda each: each.at)


def is_late(sent_at: datetime, round: Round) -> bool:
    """Whether it was sent after the day, in London, on which updates were due."""
    return round.due_on is not None and timezone.localdate(sent_at) > round.due_on


def _from_history(round: Round, answers: Collection[int]) -> Iterator[Event]:
    rows = Answer.history.filter(id__in=answers).order_by("history_date", "history_id")
    before: dict[int, Mapping[str, Any]] = {}
    for row in rows.values(*_KEPT):
        for what, why in _said(row, before.get(row["id"]), round):
            yield Event(
                row["history_date"],
                row["id"],
                what,
                why,
                row["history_user"],
                row["history_user__full_name"] or row["history_user__email"] or "",
            )
        before[row["id"]] = row


def _said(
    row: Mapping[str, Any], before: Mapping[str, Any] | None, round: Round
) -> Iterator[tuple[str, str]]:
    """What a row of history tells, and why where somebody said so."""
    if before is None:
        yield "Asked for", ""
        return
    if row["state"] != before["state"]:
        yield _moved(row, before, round)
    elif row["version"] != before["version"]:
        yield _written(row, before), ""
    if row["marking"] != before["marking"]:
        yield f"Marked {Marking(row['marking']).label}", ""
    if row["is_withheld"] != before["is_withheld"]:
        if row["is_withheld"]:
            yield "Marked as not for publication", row["withheld_reason"]
        else:
            yield "Marked as for publication again", ""
    if row["let_in_until"] != before["let_in_until"]:
        if row["let_in_until"]:
            yield f"Let in late, until {moment_in_full(row['let_in_until'])}", row["let_in_reason"]
        else:
            yield "Not let in late any more", ""


def _moved(row: Mapping[str, Any], before: Mapping[str, Any], round: Round) -> tuple[str, str]:
    if row["state"] == State.RETURNED:
        return "Returned", row["return_reason"]
    if row["state"] == State.SUBMITTED:
        late = ", after the day it was due" if is_late(row["submitted_at"], round) else ""
        if row["taken_in_by"]:
            return f"Draft taken in: it had not been sent{late}", ""
        if row["given_for"] and row["version"] != before["version"]:
            return f"Answered for {row['given_for']}{late}", ""
        again = " again" if row["returned_at"] else ""
        return f"Sent to the coordinator{again}{late}", ""
    return {
        State.DRAFT: "Saved as a draft",
        State.ACCEPTED: "Accepted",
    }.get(row["state"], "Emptied"), ""


def _written(row: Mapping[str, Any], before: Mapping[str, Any]) -> str:
    if row["edited_at"] != before["edited_at"] and row["edited_at"]:
        return "Edited by the coordinator"
    return "Saved again" if row["state"] in Answer.UNSENT else "Changed after it was sent"


def _from_notices(round: Round, answers: Collection[int]) -> Iterator[Event]:
    """What was told by email; what was called off told nobody anything."""
    wanted = set(answers)
    told = round.notices.exclude(
        Q(kind=Kind.DIGEST) | Q(message__state=Message.State.CALLED_OFF)
    ).select_related("person", "message")
    told = told.defer("message__text", "message__html", "message__calendar").order_by("pk")
    for notice in told:
        at = notice.message.ended_at or notice.message.made_at
        what = _TOLD[Kind(notice.kind)] + _BECAME.get(notice.message.state, "")
        for answer in wanted.intersection(notice.about):
            yield Event(at, answer, what, "", notice.person_id, str(notice.person))


def _from_openings(answers: Collection[int]) -> Iterable[Event]:
    for opened in Opened.objects.filter(answer__in=answers).select_related("person"):
        person = opened.person
        yield Event(
            opened.at, opened.answer_id, "Opened for the first time", "", person.pk, str(person)
        )


def _from_delegations(answers: Collection[int]) -> Iterator[Event]:
    accepted = Invitation.objects.filter(
        membership=OuterRef("membership"), accepted_at__gte=OuterRef("given_at")
    )
    given = (
        Delegation.history.filter(answer__in=answers)
        .annotate(accepted_at=Subquery(accepted.values("accepted_at")[:1]))
        .select_related("membership__user", "membership__organisation", "given_by", "ended_by")
        .order_by("history_id")
    )
    # As it stands now; who finished, and has to again since it was returned, finished all the same.
    latest, finished = {}, defaultdict(set)
    for row in given:
        latest[row.id] = row
        if row.finished_at:
            finished[row.id].add(row.finished_at)
    for each in latest.values():
        answer, holder = each.answer_id, each.membership.user
        to = f"{holder} ({each.membership})"
        by = each.given_by
        yield Event(each.given_at, answer, f"Given to {to}", each.note, by.pk, str(by))
        if each.accepted_at and not (each.ended_at and each.ended_at < each.accepted_at):
            what = "Accepted the invitation"
            yield Event(each.accepted_at, answer, what, "", holder.pk, str(holder))
        for at in sorted(finished[each.id]):
            what = "Said to be ready for the lead to check"
            yield Event(at, answer, what, "", holder.pk, str(holder))
        if each.ended_at:
            by = each.ended_by
            yield Event(each.ended_at, answer, f"Taken back from {to}", "", by.pk, str(by))


# The whole round -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One event of a round with the section that it is about."""

    event: Event
    answer: Answer

    @property
    def section(self) -> str:
        return f"{self.answer.heading}, {self.answer.update.label}"


def record_of_round(round: Round) -> list[Line]:
    """Every event of every section, the earliest first."""
    answers = (
        Answer.objects.filter(update__round=round)
        .select_related("update")
        .only("reference", "title", "marking", "update__label")
        .in_bulk()
    )
    return [Line(each, answers[each.answer]) for each in record_of(round, list(answers))]
