"""What leads and suppliers of figures are told by email: what is asked, by when, and where.

Nothing that is withheld or marked OFFICIAL-SENSITIVE stands in a letter: `asking` leaves it out.
"""

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts.links import full_address
from mail.letters import Block, Bullets, Button, Heading, Letter, Paragraph, paragraphs
from partnerships.models import Partnership
from partnerships.times import which_of_two

from .asking import PriorityAsked, Request, told_heading
from .models import Answer, Delegation, LeadUpdate, Round

DAY = "l j F Y"
THE_LINK = (
    "The link is yours alone: do not pass it on. It lets you in once within 24 hours; "
    "after that you are sent a code to sign in with."
)


def letter_of_asking(round: Round, request: Request, address: str) -> Letter:
    """The first message of a round to one person."""
    partnership = round.partnership
    return Letter(
        subject=f"{round.full_label}: your update for {partnership} by {due_day(round)}",
        blocks=[
            Paragraph(
                f"{partnership} asks you for {how_much(request)} for {round.full_label} "
                f"({round.period.long})."
            ),
            Paragraph(_dates(round)),
            *paragraphs(partnership.asking_text),
            *what_is_missing(request),
            Button("Answer now", address),
            *_by_word(round, request),
            *_end(partnership),
        ],
    )


def _by_word(round: Round, request: Request) -> list[Block]:
    """Where the form is, of all they lead or were given; never attached, for mail gets about."""
    updates = [asked.update for asked in request.priorities]
    if not updates:
        return []
    or_else = "" if all(each.given_by for each in request.priorities) else ", or ask us to send it"
    pages = dict.fromkeys(f"{each.label}: {_address_of_form(round, each)}" for each in updates)
    return [
        Heading("Would you rather write in Word?"),
        Paragraph(f"Take the form here once you have signed in{or_else}."),
        Bullets(tuple(pages)),
    ]


def _address_of_form(round: Round, update: LeadUpdate) -> str:
    if update.pk is None:
        return "the address of its form"  # In the message as it is read before the round opens.
    page = reverse("rounds:word", args=[round.partnership.slug, update.pk])
    return full_address(page)


def letter_of_giving(delegations: Sequence[Delegation], request: Request, address: str) -> Letter:
    """To somebody who was given sections of one update to write."""
    [first, *_] = delegations
    update = first.answer.update
    round = update.round
    return Letter(
        subject=f"{round.full_label}: {how_much(request)} for you to write by {due_day(round)}",
        blocks=[
            *_given_to_write(delegations, request),
            Button("Write it now", address),
            *_by_word(round, request),
            *_end(round.partnership),
        ],
    )


def invited_to_write(delegations: Sequence[Delegation], request: Request) -> Sequence[Block]:
    """The same as a part of an invitation, for somebody who cannot sign in yet."""
    round = delegations[0].answer.update.round
    pages = [_address_of_form(round, asked.update) for asked in request.priorities]
    return [
        *_given_to_write(delegations, request),
        Paragraph("Would you rather write in Word? Once you have accepted, take the form here:"),
        Bullets(tuple(pages)),
    ]


def _given_to_write(delegations: Sequence[Delegation], request: Request) -> Sequence[Block]:
    """What somebody was given, by whom, until when and with which note."""
    [first, *_] = delegations
    update = first.answer.update
    sections = [each.answer for each in delegations]
    is_told = not any(answer.is_sensitive or answer.is_withheld for answer in sections)
    if is_told:
        note = [Paragraph("They write to you:"), *paragraphs(first.note)]
    else:
        note = [Paragraph("Sign in to read their note.")]
    return [
        Paragraph(
            f"{first.given_as} asks you to write {how_much(request)} for {update.round.full_label} "
            f"({update.round.period.long}) of {update.round.partnership}."
        ),
        Paragraph(_dates(update.round)),
        *(note if first.note else []),
        *what_is_missing(request),
        Paragraph(
            "When you say that you have finished, the lead checks what you wrote and sends it."
        ),
    ]


def letter_of_finishing(answer: Answer, post: str, address: str) -> Letter:
    """To the lead: a section they gave to somebody is ready to be checked."""
    round, heading = answer.update.round, told_heading(answer)
    return Letter(
        subject=f"{round.full_label}: ready for you to check: {heading}",
        blocks=[
            Paragraph(
                f"{post} has finished {heading}, of {answer.update.label}: {answer.update.title}."
            ),
            Paragraph(
                "It is not sent yet. Read it, change what you like, and submit your update. "
                f"{_dates(round)}"
            ),
            Button("Check it", address),
            *_end(round.partnership),
        ],
    )


def letter_of_taking_back(answer: Answer) -> Letter:
    """To somebody who was given a section: it is its lead's alone again."""
    round, heading = answer.update.round, told_heading(answer)
    saved = " What is saved in it stays there." if answer.is_answered else ""
    return Letter(
        subject=f"{round.full_label}: no longer yours to write: {heading}",
        blocks=[
            Paragraph(
                f"{heading}, of {answer.update.label}: {answer.update.title}, was taken back. "
                f"You need do nothing more about it.{saved}"
            ),
            Paragraph(f"Questions? Ask {whom_to_ask(round.partnership)}."),
        ],
    )


def letter_of_return(answer: Answer, address: str) -> Letter:
    """To the writer of an answer that the coordinator has given back."""
    round, heading = answer.update.round, told_heading(answer)
    is_told = not (answer.is_sensitive or answer.is_withheld)
    reason = paragraphs(answer.return_reason) if is_told else [Paragraph("Sign in to read it.")]
    return Letter(
        subject=f"{round.full_label}: please look again at {heading}",
        blocks=[
            Paragraph(
                f"The coordinator of {round.partnership} has returned this answer to you: "
                f"{heading}, of {answer.update.label}: {answer.update.title}."
            ),
            Heading("What to change"),
            *reason,
            Paragraph(
                f"{_dates(round)} Until you send it again the report says “Returned for revision”."
            ),
            Button("Change the answer", address),
            *_end(round.partnership),
        ],
    )


def letter_of_letting_in(answers: Sequence[Answer], address: str) -> Letter:
    """To the writer of sections of one update that may be answered though the round closed."""
    update = answers[0].update
    round, until = update.round, moment_of(answers[0].let_in_until)
    is_told = not any(each.is_sensitive or each.is_withheld for each in answers)
    reason = answers[0].let_in_reason if is_told else "Sign in to read it."
    return Letter(
        subject=f"{round.full_label}: your late answer is taken until {until}",
        blocks=[
            Paragraph(
                f"{round.full_label} has closed. The coordinator of {round.partnership} lets you "
                f"answer for {update.label}: {update.title} until {until}:"
            ),
            Bullets(tuple(told_heading(each) for each in answers)),
            Heading("Why"),
            *paragraphs(reason),
            Button("Answer now", address),
            *_end(round.partnership),
        ],
    )


def letter_of_letting_in_no_more(answers: Sequence[Answer]) -> Letter:
    """To somebody who was told that sections of one update may come late: they may not."""
    update = answers[0].update
    round = update.round
    return Letter(
        subject=f"{round.full_label}: no late answer is taken any more",
        blocks=[
            Paragraph(
                f"The coordinator of {round.partnership} has taken back that you may answer late "
                f"for {update.label}: {update.title}:"
            ),
            Bullets(tuple(told_heading(each) for each in answers)),
            Paragraph("You need do nothing more about it. What is saved stays where it is."),
            Paragraph(f"Questions? Ask {whom_to_ask(round.partnership)}."),
        ],
    )


def how_much(request: Request) -> str:
    if not request.priorities:
        return "figures"
    count = request.sections
    return f"{count} section{'' if count == 1 else 's'}"


def due_day(round: Round) -> str:
    return date_format(round.due_on, DAY) if round.due_on else "the due date"


def _dates(round: Round) -> str:
    said = f"Please answer by {due_day(round)}."
    return f"{said} The round closes on {closing_moment(round)}." if round.closes_at else said


def closing_moment(round: Round) -> str:
    return moment_of(round.closes_at)


def moment_of(when: datetime | None) -> str:
    """As in "Monday 27 November 2023 at 17:00", in London."""
    local = timezone.localtime(when)
    return f"{date_format(local, DAY)} at {local:%H:%M}{which_of_two(local)}"


def what_is_missing(request: Request) -> list[Block]:
    blocks: list[Block] = []
    for asked in request.priorities:
        blocks.append(Heading(asked.heading))
        if _standing(asked):
            blocks.append(Paragraph(_standing(asked)))
        blocks.append(Bullets(tuple(line.in_words for line in asked.lines)))
    if request.figures:
        blocks += [Heading("Figures you supply"), Bullets(tuple(request.figures))]
    return blocks


def _standing(asked: PriorityAsked) -> str:
    """Why this person is asked, where they are not its lead."""
    if asked.given_by:
        return f"Given to you by {asked.given_by}."
    if asked.in_place_of_lead:
        return "Nobody is linked to it who could answer, so you are asked as its coordinator."
    return "You are asked as the deputy." if asked.as_deputy else ""


def _end(partnership: Partnership) -> Sequence[Block]:
    return [Paragraph(THE_LINK), Paragraph(f"Questions? Ask {whom_to_ask(partnership)}.")]


def whom_to_ask(partnership: Partnership) -> str:
    contact = [each for each in (partnership.help_email, partnership.help_telephone) if each]
    return " or ".join(contact) or "your coordinator"
