"""A section from empty to sent: saved, answered in one click, submitted with its update."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction
from simple_history.utils import bulk_update_with_history

from accounts.models import User
from partnerships.models import Marking
from partnerships.permissions import Access
from priorities.closed import PlanClosed

from ..locks import sharing_round
from ..models import Answer, LeadUpdate, Rag
from ..sections import missing_parts
from ..typed_figures import KnownFigures, read_figures
from .figures import Figure, entries_of, keep_figures
from .milestones import Asked, keep_ticks, read_ticks, ticks_of
from .refusals import AnswerAccepted, Conflict, Refused, RoundClosed, why_closed
from .sending import (
    TOLD,
    check_complete,
    facts_of,
    held,
    locked,
    mark_sent,
    send,
    take_back_from_action,
    tell_actions,
)


@dataclass(frozen=True)
class Content:
    """What a person has written in a section."""

    response: str
    text: str = ""
    progress: str = ""
    rag: str = ""
    rag_reason: str = ""
    way_back: str = ""
    new_due_on: date | None = None
    date_reason: str = ""
    done: frozenset[int] = frozenset()
    """The milestones that were done, by number."""
    marking: str = Marking.OFFICIAL

    @classmethod
    def of(cls, answer: Answer) -> "Content":
        return cls(**{name: getattr(answer, name) for name in cls.__dataclass_fields__})

    @property
    def has_use_for_reasons(self) -> bool:
        """Red and amber are explained; a rating still to be chosen may yet be one of them."""
        is_to_be_rated = not self.rag and self.response == Answer.Response.WRITTEN
        return is_to_be_rated or self.rag in (Rag.RED, Rag.AMBER)

    @property
    def tells_the_plan(self) -> tuple[str, date | None]:
        """What an action takes over once the answer is sent."""
        return self.progress, self.new_due_on

    def settled(self) -> "Content":
        """Without what the chosen kind of answer and rating have no use for."""
        content = self
        if content.response != Answer.Response.WRITTEN:
            content = replace(content, text="")
        if not content.has_use_for_reasons:
            content = replace(content, rag_reason="", way_back="")
        if content.new_due_on is None:
            content = replace(content, date_reason="")
        return content


SAVED = [
    *(name for name in Content.__dataclass_fields__ if name != "done"),
    *("version", "saved_from", "state", "submitted_at", "taken_in_by", "given_for", *TOLD),
    *("saved_at", "saved_by", "saved_as", "edited_at", "edited_by", "edited_as"),
]
"""The columns of an answer that saving it may change."""


def why_not_writable(
    answer: Answer, now: datetime, *, on_behalf: bool, was_given: bool = False
) -> Refused | None:
    """Why a section cannot be written now, or None; a coordinator may also after closing.

    was_given: by somebody to whom its lead gave it, who does not change what has been sent.
    """
    round = answer.update.round
    if round.plan.closed_at is not None:
        return PlanClosed(round.plan)
    if round.is_planned or not (on_behalf or answer.can_be_answered(now)):
        return RoundClosed(why_closed(round, let_in_until=answer.let_in_until))
    if answer.is_sent and was_given:
        return Refused(
            "The lead has sent this section. If something in it should change, tell the lead."
        )
    if answer.is_accepted and not on_behalf:
        return AnswerAccepted(
            "The coordinator has accepted this answer. Ask them to return it to you to change it."
        )
    return None


@transaction.atomic
def save_answer(
    *,
    answer: Answer,
    content: Content,
    version: int,
    by: Access,
    now: datetime,
    figures: Iterable[Figure] = (),
    on_behalf: bool = False,
) -> Answer:
    """Save a section as it stands by now; what is given is that of save_held_answer."""
    return save_held_answer(
        answer=locked(answer),
        content=content,
        version=version,
        by=by,
        now=now,
        figures=figures,
        on_behalf=on_behalf,
    )


def save_held_answer(
    *,
    answer: Answer,
    content: Content,
    version: int,
    by: Access,
    now: datetime,
    figures: Iterable[Figure] = (),
    on_behalf: bool = False,
    was_given: bool = False,
    asked: Iterable[Asked] | None = None,
    known: KnownFigures | None = None,
    pages: Sequence[str] = (),
) -> Answer:
    """Save a section, as its lead or (on_behalf) as the coordinator for the lead.

    The caller holds the answer in its transaction. Where it has since read what is stored with
    it, it gives the milestones that are asked about, or what is known of figures. What is refused
    and when is said at change_held_answer.
    """
    if asked is None:
        asked = read_ticks(answer)
    change = change_held_answer(
        answer=answer,
        content=content,
        version=version,
        by=by,
        now=now,
        figures=figures,
        on_behalf=on_behalf,
        was_given=was_given,
        asked=asked,
        known=known,
        pages=pages,
    )
    tell_changes([change], by=by.user)
    answer.save()
    return answer


def save_changes(changes: Sequence["Changed"], *, by: User) -> None:
    """Save sections that were changed, all of them with as many queries as one."""
    tell_changes(changes, by=by)
    answers = [change.answer for change in changes]
    bulk_update_with_history(answers, Answer, SAVED, default_user=by)


@dataclass(frozen=True)
class Changed:
    """A section as it is to be saved."""

    answer: Answer
    tells: bool
    """Whether its action is to be told."""
    stored: Mapping[int, tuple[object, ...]]
    """What the plan stores of its action, where something was taken back from that."""


def tell_changes(changes: Sequence[Changed], *, by: User) -> None:
    """Tell the plan of progress and dates; the caller saves the answers."""
    told = [change.answer for change in changes if change.tells]
    stored = {pk: facts for change in changes for pk, facts in change.stored.items()}
    if told:
        tell_actions(told, by=by, stored=stored)


def change_held_answer(
    *,
    answer: Answer,
    content: Content,
    version: int,
    by: Access,
    now: datetime,
    figures: Iterable[Figure] = (),
    on_behalf: bool = False,
    was_given: bool = False,
    asked: Iterable[Asked],
    known: KnownFigures | None = None,
    pages: Sequence[str] = (),
) -> Changed:
    """What a save makes of a section, with its ticks and figures; the section is still to be saved.

    Somebody to whom the lead gave it (was_given) saves a draft, as the lead does.

    Whatever is refused is refused before anything is written.

    version is the one the person started from; a newer text that says something else raises
    Conflict. A lead's save of an unsent section is a draft; a section that was sent stays sent.
    A coordinator's save of an unsent section sends it, recorded as given for the lead; of a sent
    one it is an edit, and the author stays the author.

    pages are the key of the page it was written on, and the marks of the drafts in it.
    """
    content = content.settled()
    figures = list(figures)
    if known is None and answer.is_figures:
        known = read_figures(answer, holds=True)
    refusal = why_not_writable(answer, now, on_behalf=on_behalf, was_given=was_given)
    if refusal:
        raise refusal
    if answer.version != version and (Content.of(answer) != content or figures):
        raise Conflict(answer, by.user, now)

    was_sent = answer.is_sent
    is_told_anew = was_sent and content.tells_the_plan != Content.of(answer).tells_the_plan
    stored = {}
    if answer.action and is_told_anew:
        stored[answer.action.pk] = facts_of(answer.action)
        take_back_from_action(answer)
    for name in Content.__dataclass_fields__:
        setattr(answer, name, getattr(content, name))
    answer.version += 1
    answer.saved_from = " ".join(pages)
    if on_behalf and was_sent:
        answer.edited_at, answer.edited_by, answer.edited_as = now, by.user, by.post[:300]
    else:
        answer.saved_at, answer.saved_by, answer.saved_as = now, by.user, by.post[:300]
        answer.edited_at, answer.edited_by, answer.edited_as = None, None, ""
        answer.given_for = (answer.update.lead_text or "the lead") if on_behalf else ""
    sends = on_behalf and not was_sent
    if was_sent or sends:
        check_complete(answer)
    if sends:
        mark_sent(answer, now)
    elif not was_sent:
        answer.state = Answer.State.DRAFT
    told = {"was_sent": was_sent, "sends": sends, "by": by.user, "now": now}
    keep_ticks(answer, asked, content.done, **told)
    if known:
        keep_figures(answer, known, figures, **told)
    return Changed(answer, tells=is_told_anew or sends, stored=stored)


def answer_in_one_click(
    *,
    answer: Answer,
    response: str,
    version: int,
    by: Access,
    now: datetime,
    on_behalf: bool,
    was_given: bool = False,
) -> Answer:
    """ "Nothing to report" or "verbal at the meeting": it says nothing of the action's progress.

    The plan keeps the progress that it has; nothing is printed as said that nobody said. The
    caller holds the answer.
    """
    if response not in (Answer.Response.NOTHING, Answer.Response.VERBAL):
        raise Refused("Choose “Nothing to report” or “Verbal at the meeting”.")
    if answer.text:
        raise Refused("There is a text in this section. Open it to answer in another way.")
    return save_held_answer(
        answer=answer,
        content=Content(response=response, marking=answer.marking),
        version=version,
        by=by,
        now=now,
        on_behalf=on_behalf,
        was_given=was_given,
    )


@transaction.atomic
def submit_update(*, update: LeadUpdate, by: User, now: datetime) -> list[Answer]:
    """Send every complete section to the coordinator; return those now sent.

    Sections without an answer, and drafts that lack something, stay with the lead. Sent again
    with nothing new in it, an update stays as it was. Of a round that takes no answers any more
    it sends the sections that were let in late.
    """
    updates = LeadUpdate.objects.select_related("round__plan").select_for_update(of=("self",))
    update = sharing_round(updates).get(pk=update.pk)
    is_late = not update.round.takes_answers(now)
    if is_late and not update.answers.filter(let_in_until__gt=now).exists():
        raise RoundClosed(why_closed(update.round))
    drafts = held(update.answers.filter(state=Answer.State.DRAFT))
    ready = [each for each in drafts if each.can_be_answered(now) and not missing_parts(each)]
    if not ready:
        if update.submitted_at:
            return []
        raise Refused("Nothing is ready to be sent yet. Answer at least one section first.")
    send(ready, ticks=ticks_of(ready), entries=entries_of(ready), by=by, now=now)
    bulk_update_with_history(
        ready, Answer, ["state", "submitted_at", "taken_in_by", *TOLD], default_user=by
    )
    update.submitted_at = now
    update.submitted_by = by
    update.save()
    return ready
