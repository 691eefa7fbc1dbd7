"""A lead's update as it will print once it is sent, and what it still lacks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils import timezone

from performance.figures import FigureRow
from rounds.as_closed import themes_of
from rounds.given import Given, given_unsent
from rounds.matters import matters_before
from rounds.milestones import milestones_of
from rounds.models import Answer, LeadUpdate
from rounds.sections import missing_parts
from rounds.tasks import LastRating, ratings_before
from rounds.typed_figures import missing_figures, rows_of_answers

from .as_printed import AsNumber, as_printed, not_printable
from .content import figures_of, updates_of
from .matters import MattersTable, placed
from .past import Lineage
from .priority import NOT_KNOWN, RETURNED, PrioritySection, section_of


@dataclass(frozen=True)
class Gap:
    """A section that would print without an answer or with figures missing, and what it lacks."""

    answer: int
    heading: str
    missing: tuple[str, ...]
    prints: str
    may_be_filled: bool
    """Whether it can still be answered; not so once its round has closed without it."""


@dataclass(frozen=True)
class StillWritten:
    """A section that submitting would send while somebody else has it to write."""

    answer: int
    heading: str
    given: tuple[Given, ...]


@dataclass(frozen=True)
class Check:
    """The priority as it will print, and its gaps."""

    section: PrioritySection
    gaps: tuple[Gap, ...]
    takes_answers: bool
    """Whether any of it can still be answered and sent."""
    to_send: int
    """Complete drafts that submitting would send."""
    still_written: tuple[StillWritten, ...]
    """Those of them that were given away and of which nobody has said that they are finished."""
    is_begun: bool
    """Whether anything prints at all."""
    not_printable: tuple[AsNumber, ...]
    """The characters that stand as their numbers."""

    @property
    def named_gaps(self) -> tuple[Gap, ...]:
        """Those that can still be filled; all, once nothing of it can be answered."""
        return tuple(gap for gap in self.gaps if gap.may_be_filled or not self.takes_answers)

    @property
    def too_late(self) -> int:
        """How many others can no longer be filled, though something else was let in late."""
        return len(self.gaps) - len(self.named_gaps)

    @property
    def button(self) -> str:
        """As in "Submit", "Submit with 2 gaps": of those that whoever submits could fill."""
        count = sum(gap.may_be_filled for gap in self.gaps)
        return f"Submit with {count} gap{'s' if count > 1 else ''}" if count else "Submit"

    @property
    def gaps_print(self) -> str:
        """What stands in the report where the gaps are."""
        return " or ".join(f"“{words}”" for words in dict.fromkeys(gap.prints for gap in self.gaps))


def check_of(update: LeadUpdate, *, now: datetime) -> Check:
    """One update, with its complete drafts and typed figures as if they had been sent.

    Once answers have closed nothing more is sent but what was let in late: then it is as the
    report prints it.
    """
    answers = list(update.answers.select_related("action"))
    missing = {answer.pk: _missing(answer) for answer in answers}
    printing = {
        answer.pk
        for answer in answers
        if answer.is_sent or (answer.can_be_answered(now) and not missing[answer.pk])
    }
    figures = _figures(update, answers, printing)
    section = section_of(
        update,
        answers,
        round=update.round,
        figures=figures,
        themes=themes_of(update.round),
        milestones=milestones_of(update.round, answers, printing=printing),
        printing=printing,
        matters=_matters(update, timezone.localdate(now)),
        tells_giver=update.partnership.prints_on_behalf,
    )
    to_send = [answer for answer in answers if answer.is_draft and answer.pk in printing]
    gaps = (
        _incomplete(answer, figures, now)
        if answer.pk in printing
        else _unsaid(answer, missing, now)
        for answer in answers
    )
    section = _with_last_ratings(section, ratings_before(update.round, answers))
    return Check(
        section=as_printed(section),
        gaps=tuple(gap for gap in gaps if gap),
        takes_answers=any(answer.can_be_answered(now) for answer in answers),
        to_send=len(to_send),
        still_written=_still_written(update, to_send, timezone.localdate(now)),
        is_begun=bool(printing),
        not_printable=not_printable(section),
    )


def _matters(update: LeadUpdate, today: date) -> MattersTable | None:
    """What came of the meeting before and prints here; two queries more where there is any."""
    found = matters_before(update.round, today)
    if found is None:
        return None
    lineage = Lineage.in_partnership(update.partnership_id)
    return placed(found, updates_of(update.round), lineage).under.get(update.pk)


def _still_written(
    update: LeadUpdate, to_send: Sequence[Answer], today: date
) -> tuple[StillWritten, ...]:
    given = given_unsent(update, to_send, today)
    theirs = {
        answer.pk: tuple(
            each for each in given.get(answer.pk, ()) if each.is_here and not each.is_finished
        )
        for answer in to_send
    }
    return tuple(
        StillWritten(answer.pk, answer.heading, theirs[answer.pk])
        for answer in to_send
        if theirs[answer.pk]
    )


def _unsaid(answer: Answer, missing: Mapping[int, tuple[str, ...]], now: datetime) -> Gap:
    """A section that prints without an answer."""
    return Gap(
        answer.pk,
        answer.heading,
        () if answer.state == Answer.State.NOT_STARTED else missing[answer.pk],
        RETURNED if answer.is_awaiting_revision else Answer.Response.NONE.label,
        answer.can_be_answered(now),
    )


def _incomplete(answer: Answer, figures: list[FigureRow], now: datetime) -> Gap | None:
    """Figures that print with some of them missing; None where none is, or it is accepted so."""
    names = () if answer.is_accepted else missing_figures(answer, figures)
    missing = tuple(f"{name} is missing" for name in names)
    if not missing:
        return None
    return Gap(answer.pk, answer.heading, missing, NOT_KNOWN, answer.can_be_answered(now))


def _with_last_ratings(
    section: PrioritySection, ratings: Mapping[int, LastRating]
) -> PrioritySection:
    actions = [
        replace(entry, last_rag=ratings[entry.action].in_words)
        if entry.action in ratings
        else entry
        for entry in section.actions
    ]
    return replace(section, actions=tuple(actions))


def _missing(answer: Answer) -> tuple[str, ...]:
    """What keeps a section from printing once the update is sent; nothing where it prints."""
    if answer.is_sent:
        return ()
    if answer.state == Answer.State.RETURNED:
        return (f"Returned: {answer.return_reason}",)
    return tuple(missing_parts(answer).values())


def _figures(update: LeadUpdate, answers: list[Answer], printing: set[int]) -> list[FigureRow]:
    """Typed figures stand in for readings where the section would be sent with them."""
    figures = [answer for answer in answers if answer.is_figures]
    if not figures:
        return []
    [answer] = figures
    if answer.pk not in printing:
        return figures_of(update.round, [update]).get(update.priority_id, [])
    answer.update = update
    small_base = update.round.partnership.small_base
    return rows_of_answers([answer], update.round, small_base=small_base)[answer.pk]
