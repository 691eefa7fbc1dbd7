"""What changed since the last round: ratings, dates, completions, milestones and silences."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from actions.models import Progress
from rounds.milestones import Milestones
from rounds.models import Answer, Rag, Round

from .grid import Cell, cell_of
from .past import Past
from .priority import anchor_of, date_moved
from .silence import History

WENT_RED = "Went red"
TURNED_GREEN = "Turned green"
WENT_AMBER = "Went amber"
NO_LONGER_RED = "No longer red"
DATES_MOVED = "Dates moved"
COMPLETED = "Completed"
MILESTONES_MET = "Milestones met"
FELL_SILENT = "Fell silent"
NOT_YET_ANSWERED = "Answered last time, not yet this time"
ORDER = (
    *(WENT_RED, TURNED_GREEN, WENT_AMBER, NO_LONGER_RED),
    *(DATES_MOVED, COMPLETED, MILESTONES_MET, FELL_SILENT, NOT_YET_ANSWERED),
)

HOW_OFTEN = {1: "Moved once", 2: "Moved twice"}


@dataclass(frozen=True)
class Change:
    """One action under a heading: from which rating to which, or what happened in words.

    Where the rating before was not given in the last round, `before_in` is the one it was given in.
    """

    action: int
    reference: str
    title: str
    before: Cell | None = None
    before_in: str = ""
    after: Cell | None = None
    words: str = ""

    @property
    def anchor(self) -> str:
        """Where the action stands in the report."""
        return anchor_of(self.action)


# What is found, each with the heading it stands under.
Found = Iterator[tuple[str, Change]]


@dataclass(frozen=True)
class ChangeList:
    heading: str
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Changes:
    """What is different from the round before, whose name is empty where there was none."""

    last_round: str
    lists: tuple[ChangeList, ...]
    is_public: bool = False
    """Some actions may have been left out."""

    @property
    def nothing(self) -> str:
        """Where nothing is listed."""
        what = "Nothing that is published" if self.is_public else "Nothing"
        return f"{what} has changed since {self.last_round}."


def changes_of(
    answers: Iterable[Answer],
    past: Past,
    *,
    round: Round,
    milestones: Mapping[int, Milestones],
    history: History,
    untold: Collection[int] | None = None,
) -> Changes:
    """The first round has no rating to compare with, but dates and milestones move in it too.

    Of the `untold` actions nothing is said; they are given in the public edition.
    """
    answers = [
        answer for answer in answers if answer.is_action and answer.action_id not in (untold or ())
    ]
    found: dict[str, list[Change]] = {}
    compared = () if past.last_round is None else _rated(answers, past, round)
    silent = () if past.last_round is None else _silent(answers, past, round, history)
    for heading, change in (
        *compared,
        *_dates(answers, history),
        *_completed(answers, past),
        *_milestones(answers, milestones),
        *silent,
    ):
        found.setdefault(heading, []).append(change)
    return Changes(
        past.last_round.full_label if past.last_round else "",
        tuple(
            ChangeList(heading, tuple(found[heading])) for heading in ORDER if found.get(heading)
        ),
        is_public=untold is not None,
    )


def _change(answer: Answer, **what: Cell | str) -> Change:
    return Change(answer.action_id, answer.reference, answer.title, **what)


def _rated(answers: list[Answer], past: Past, round: Round) -> Found:
    for answer in answers:
        after = cell_of([answer])
        before, before_in = _rating_before(answer.action_id, past, round)
        heading = _heading(before.rag, after.rag)
        if heading:
            yield heading, _change(answer, before=before, before_in=before_in, after=after)


def _rating_before(action: int, past: Past, round: Round) -> tuple[Cell, str]:
    """The last rating given; one never rated has in words why, from the last round it was in."""
    last = past.last_rating(action)
    if last:
        where = "" if last.round == past.last_round else past.name_of(last.round)
        return Cell(last.rag.value, last.rag.label), where
    for each in reversed(past.rounds[:-1]):
        earlier = past.of(action, each)
        if earlier:
            return cell_of(earlier), ""
    return Cell("", f"New in {round.short_label}"), ""


def _heading(before: str, after: str) -> str:
    """Under which heading a change of rating stands; without a rating there is none."""
    if before == after or not after:
        return ""
    if after == Rag.RED:
        return WENT_RED
    if after == Rag.GREEN:
        return TURNED_GREEN if before in (Rag.RED, Rag.AMBER) else ""
    if before == Rag.RED:
        return NO_LONGER_RED
    return WENT_AMBER if after == Rag.AMBER else ""


def _dates(answers: list[Answer], history: History) -> Found:
    for answer in answers:
        moved = date_moved(answer) if answer.is_sent else ""
        if moved:
            times = history.moves(answer.action_id) + 1
            often = HOW_OFTEN.get(times, f"Moved {times} times")
            yield DATES_MOVED, _change(answer, words=f"{moved[0].upper()}{moved[1:]}. {often}.")


def _completed(answers: list[Answer], past: Past) -> Found:
    for answer in answers:
        before = [said for each in past.rounds[:-1] for said in past.of(answer.action_id, each)]
        if _is_complete(answer) and not any(_is_complete(said) for said in before):
            yield COMPLETED, _change(answer)


def _is_complete(answer: Answer) -> bool:
    return answer.is_sent and answer.progress == Progress.COMPLETE


def _milestones(answers: list[Answer], milestones: Mapping[int, Milestones]) -> Found:
    for answer in answers:
        for title in milestones[answer.pk].done:
            yield MILESTONES_MET, _change(answer, words=title)


def _silent(answers: list[Answer], past: Past, round: Round, history: History) -> Found:
    """Actions of which nothing has come, though something was sent in the round before.

    Of one that was complete then, nothing need come.
    """
    heading = FELL_SILENT if round.is_closed else NOT_YET_ANSWERED
    for answer in answers:
        if answer.is_sent or answer.is_awaiting_revision or past.was_complete(answer.action_id):
            continue
        if any(said.is_sent for said in past.of(answer.action_id, past.last_round)):
            last = history.last_answered(answer)
            yield heading, _change(answer, words=f"Last update: {last}" if last else "")
