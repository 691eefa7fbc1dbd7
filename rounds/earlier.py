"""What was said of the same thing in the round before."""

from typing import Any

from django.db.models import F, OuterRef, Q, Subquery

from partnerships.models import Marking
from partnerships.quarters import ONE_DAY

from .models import Answer, LeadUpdate, Round

LENGTHS = {3: "quarter", 6: "half-year"}


def when_before(earlier: Round, round: Round) -> str:
    """What a round calls an earlier one: "Last quarter", "Last half-year", "Last round".

    One that does not go straight before it is named: "In Quarter 1, 2023/24".
    """
    if earlier.period_ends_on + ONE_DAY != round.period_starts_on:
        return f"In {earlier.full_label}"
    period = earlier.period
    months = period.month_count if period.whole_months else 0
    return f"Last {LENGTHS.get(months, 'round')}"


def said_before(answer: Answer) -> Any:
    """A query for the answers about the same section in earlier rounds.

    An action is followed into an earlier plan by its link, the other sections by their heading
    under a priority of the same title.
    """
    update = answer.update
    if answer.is_action:
        same = Q(action=answer.action_id) | Q(action__became__later=answer.action_id)
    else:
        same = Q(kind=answer.kind, title=answer.title) & (
            Q(update__priority=update.priority_id) | Q(update__title=update.title)
        )
    answers = Answer.objects.filter(same, partnership_id=answer.partnership_id)
    return answers.of_rounds_before(update.round)


def last_answer(answer: Answer) -> Answer | None:
    """The latest of them that was sent; None where nothing was."""
    return (
        said_before(answer)
        .sent()
        .select_related("update__round__plan", "action", "saved_by")
        .latest_first()
        .first()
    )


def last_answers(update: LeadUpdate) -> dict[int, Answer]:
    """By section of an update the latest answer that was sent, as `last_answer` finds one.

    Of what another priority has answered nothing that is OFFICIAL-SENSITIVE is among them. Two
    queries.
    """
    same_action = Q(action=OuterRef("action")) | Q(action__became__later=OuterRef("action"))
    of_same_priority = Q(update__priority=update.priority_id) | Q(update__title=update.title)
    same_heading = Q(kind=OuterRef("kind"), title=OuterRef("title"), action__isnull=True)
    same = same_action | same_heading & of_same_priority
    earlier = (
        Answer.objects.filter(same, partnership_id=update.partnership_id)
        .filter(of_same_priority | Q(marking=Marking.OFFICIAL))
        .of_rounds_before(update.round)
        .sent()
        .latest_first()
    )
    of_section = dict(
        update.answers.annotate(last=Subquery(earlier.values("pk")[:1]))
        .filter(last__isnull=False)
        .values_list("pk", F("last"))
    )
    found = Answer.objects.filter(pk__in=of_section.values()).select_related("update__round__plan")
    last = {answer.pk: answer for answer in found}
    return {pk: last[which] for pk, which in of_section.items()}
