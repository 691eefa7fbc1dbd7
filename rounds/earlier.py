"""What was said of the same thing in the round before."""

from typing import Any

from django.db.models import Q

from partnerships.quarters import ONE_DAY

from .models import Answer, Round

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
