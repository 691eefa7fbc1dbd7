"""The one message a day that reminds a person, and tells who runs a round how that stands."""

from collections.abc import Iterable, Sequence
from datetime import date

from accounts.links import full_address
from mail.letters import Block, Bullets, Button, Heading, Letter, Paragraph

from .asking import Request
from .digest import Digest, PriorityStanding
from .letters import THE_LINK, closing_moment, due_day, how_much, what_is_missing, whom_to_ask
from .models import Round

Reminder = tuple[Round, Request, str]
"""What is missing in one round, with the address of the link to it."""


def letter_of_reminding(
    reminders: Sequence[Reminder], digests: Sequence[Digest], today: date
) -> Letter:
    """Everything that one person is to be told today, of all rounds and partnerships."""
    is_alone = len(reminders) + len(digests) == 1
    blocks: list[Block] = []
    for round, request, address in reminders:
        if not is_alone:
            blocks.append(Heading(f"{round.full_label}, {round.partnership}: your update"))
        blocks += _reminder(round, request, address, today)
    for digest in digests:
        if not is_alone:
            round = digest.round
            blocks.append(Heading(f"{round.full_label}, {round.partnership}: how it stands"))
        blocks += _digest(digest, today)
    if reminders:
        blocks.append(Paragraph(THE_LINK))
    return Letter(_subject(reminders, digests, today), blocks)


def _subject(reminders: Sequence[Reminder], digests: Sequence[Digest], today: date) -> str:
    if len(reminders) > 1:
        return f"Reminder: {len(reminders)} rounds wait for your update"
    if reminders:
        [(round, _, _)] = reminders
        said = f"your update for {round.partnership} {_was_due(round, today)}"
        return f"Reminder: {round.full_label}, {said}"
    if len(digests) > 1:
        return f"How {len(digests)} rounds stand"
    [digest] = digests
    return f"{digest.round.full_label}, {digest.round.partnership}: {_counts(digest)}"


def _reminder(round: Round, request: Request, address: str, today: date) -> Iterable[Block]:
    said = f"For {round.full_label} ({round.period.long}) {round.partnership} still waits for"
    yield Paragraph(f"{said} {how_much(request)} from you. It {_dates(round, today)}")
    yield from what_is_missing(request)
    yield Button("Answer now", address)
    yield Paragraph(f"Questions? Ask {whom_to_ask(round.partnership)}.")


def _digest(digest: Digest, today: date) -> Iterable[Block]:
    round = digest.round
    yield Paragraph(f"{_counts(digest)}. The update {_dates(round, today)}")
    yield Heading("Late" if _is_late(round, today) else "Still to come")
    yield Bullets(tuple(_awaited(each) for each in digest.awaited))
    if digest.answered:
        yield Heading("Answered")
        yield Bullets(tuple(each.heading for each in digest.answered))
    if digest.not_reached:
        yield Heading("Messages that were not delivered")
        yield Bullets(tuple(f"{each.address}: {each.problem}" for each in digest.not_reached))
    yield Button("Open the board", full_address(round.get_absolute_url()))


def _awaited(standing: PriorityStanding) -> str:
    count = f"{standing.missing} of {standing.sent + standing.missing} sections"
    people = "; ".join(standing.people)
    whose = f", from {people}" if people else "; nobody is linked to it, so answer for them"
    return f"{standing.heading}: {count}{whose}"


def _counts(digest: Digest) -> str:
    return f"{digest.sent} of {digest.sent + digest.missing} sections sent"


def _dates(round: Round, today: date) -> str:
    said = f"{_was_due(round, today)}."
    if _is_late(round, today):
        return f"{said} Late answers are taken until {closing_moment(round)}."
    return f"{said} The round closes on {closing_moment(round)}."


def _was_due(round: Round, today: date) -> str:
    if today == round.due_on:
        return "is due today"
    return f"{'was' if _is_late(round, today) else 'is'} due on {due_day(round)}"


def _is_late(round: Round, today: date) -> bool:
    return round.due_on is not None and today > round.due_on
