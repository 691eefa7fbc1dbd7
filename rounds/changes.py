"""What changed about a plan, a priority, an action and an answer, as one person may read it."""

from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.db.models import Model, Q

from actions.models import Action, ActionLead, Milestone
from partnerships.changes import NOTHING, Kept, Said, Story, open_rows, quoted
from partnerships.models import Group, Marking, Membership, Organisation
from partnerships.names import Names
from partnerships.permissions import Access, Permission
from performance.change import format_value
from performance.models import Indicator, PriorityIndicator
from priorities.models import GroupHeading, Plan, Priority, PriorityLead

from .models import Answer, FigureEntry, MilestoneDone, Round

SENSITIVE = Q(marking=Marking.SENSITIVE)


def story_of_plan(plan: Plan, access: Access) -> Story:
    """The plan itself, its priorities and its actions."""
    own = Plan.history.filter(id=plan.pk)
    return Story(
        access,
        [
            Kept(
                "plan",
                own,
                _OF_PLAN,
                own=_plan,
                unsaid=_unsaid_of_plan(own, access),
                restorable=frozenset({"title", "strategy", "introduction"}),
            ),
            Kept(
                "priority",
                Priority.history.filter(plan=plan),
                _OF_PRIORITY,
                "priority",
                lambda row, names: quoted(str(row.instance)),
                own=_placed,
            ),
            Kept(
                "action",
                Action.history.filter(plan=plan),
                _OF_ACTION,
                "action",
                lambda row, names: quoted(str(row.instance)),
                own=_placed,
                unsaid=_unsaid_of_action(access),
            ),
        ],
    )


def _unsaid_of_action(access: Access) -> frozenset[str]:
    """Why its title is not published is for those who can say so."""
    if access.runs_rounds or access.keeps_plan:
        return frozenset()
    return frozenset({"title_withheld_reason"})


def _unsaid_of_plan(own: Any, access: Access) -> frozenset[str]:
    """The introduction is for those who make reports or keep the plan; marked OFFICIAL-SENSITIVE,
    now or once, for those of them with that grant."""
    texts = frozenset({"introduction", "marking"})
    if not (access.runs_rounds or access.keeps_plan):
        return texts
    if access.can(Permission.READ_SENSITIVE) or not own.filter(SENSITIVE).exists():
        return frozenset()
    return texts


def story_of_priority(priority: Priority, access: Access) -> Story:
    """The priority, who leads it, which groups report under it, and its figures."""
    figures = PriorityIndicator.history.filter(priority=priority)
    if not access.can(Permission.READ_SENSITIVE):
        figures = figures.filter(indicator__in=Indicator.objects.visible_to(access))
    return Story(
        access,
        [
            Kept(
                "priority",
                Priority.history.filter(id=priority.pk),
                _OF_PRIORITY,
                own=_placed,
                restorable=frozenset({"title", "lead_text", "summary", "activities"}),
            ),
            _leads(PriorityLead.history.filter(priority=priority)),
            Kept(
                "heading",
                GroupHeading.history.filter(priority=priority),
                _OF_HEADING,
                "group heading",
                lambda row, names: quoted(row.heading),
                own=_placed,
                lists={"groups": apps.get_model("priorities", "HistoricalGroupHeading_groups")},
            ),
            Kept(
                "figure",
                figures,
                {},
                "figure",
                lambda row, names: _called(names, Indicator, row.indicator_id, row),
                lambda row: [(Indicator, row.indicator_id)],
                own=_placed,
            ),
        ],
        # An earlier name may be of a time when the figure was marked OFFICIAL-SENSITIVE.
        names_as_now=[Indicator],
    )


def story_of_action(action: Action, access: Access) -> Story:
    """The action, its milestones and who leads it."""
    return Story(
        access,
        [
            Kept(
                "action",
                Action.history.filter(id=action.pk),
                _OF_ACTION,
                own=_placed,
                unsaid=_unsaid_of_action(access),
                restorable=frozenset({"title", "desired_outcome", "lead_text"}),
            ),
            Kept(
                "milestone",
                Milestone.history.filter(action=action),
                _OF_MILESTONE,
                "milestone",
                lambda row, names: quoted(row.title),
                own=_placed,
                restorable=frozenset({"title", "timescale"}),
                brings={"timescale": ("timescale_kind", "due_on")},
            ),
            _leads(ActionLead.history.filter(action=action)),
        ],
    )


def story_of_answer(answer: Answer, access: Access, *, writes: bool) -> Story:
    """All of it for those who write it; for other readers what was changed since they may read it.

    That is since it was accepted and its round was closed, and since it was last marked
    OFFICIAL-SENSITIVE or not for publication.
    """
    own = Answer.history.filter(id=answer.pk)
    figures = FigureEntry.history.filter(answer=answer)
    # That the plan has been told of a tick is told of the milestone itself.
    ticks = MilestoneDone.history.filter(answer=answer).exclude(history_type="~")
    if not writes:
        own = own.filter(_told_openly(answer, access))
        figures, ticks = figures.none(), ticks.none()
    return Story(
        access,
        [
            Kept(
                "answer",
                own,
                _OF_ANSWER,
                own=_answered,
                rich=frozenset({"text"}),
                unsaid=frozenset() if writes else _FOR_WRITERS,
                restorable=frozenset({"text", "rag_reason", "way_back"}),
                empty={"response": Answer.Response.NONE},
            ),
            Kept(
                "entry",
                figures,
                _OF_ENTRY,
                "figure",
                _entry_named,
                lambda row: [(Indicator, row.indicator_id)],
                own=_typed,
            ),
            Kept("tick", ticks, {}, "milestone", own=_ticked),
        ],
        names_as_now=[Indicator],
    )


def _told_openly(answer: Answer, access: Access) -> Q:
    hidden = ~Q(state=Answer.State.ACCEPTED) | Q(is_withheld=True)
    if not access.can(Permission.READ_SENSITIVE):
        hidden |= SENSITIVE
    openly = open_rows(Answer.history.filter(id=answer.pk), hidden)
    round = Round.history.filter(id=answer.update.round_id)
    since_closing = open_rows(round, ~Q(state=Round.State.CLOSED))
    if openly is None or since_closing is None:
        return NOTHING
    return openly & since_closing


def _leads(rows: Any) -> Kept:
    return Kept(
        "lead",
        rows,
        {
            "is_deputy": ("made a deputy of", "made a lead, not a deputy, of"),
            "starts_on": "the first day",
            "ends_on": "the last day",
        },
        "lead",
        _lead,
        _leading,
        own=_handed_on,
    )


def _leading(row: Any) -> Sequence[tuple[type[Model], int | None]]:
    return [
        (Membership, row.membership_id),
        (Organisation, row.organisation_id),
        (Group, row.group_id),
    ]


def _lead(row: Any, names: Names) -> str:
    name = _who_leads(row, row, names)
    return f"{name} (deputy)" if row.is_deputy else name


def _who_leads(led: Any, row: Any, names: Names) -> str:
    """Who a row of history says leads, as they were called on the day of that or another row."""
    return next(_called(names, model, pk, row) for model, pk in _leading(led) if pk is not None)


def _handed_on(row: Any, before: Any | None, names: Names) -> Sequence[str]:
    """That another body leads: two that were the same were made into one."""
    if row.history_type == "-" or before is None or _leading(row) == _leading(before):
        return []
    return [f"changed the lead from {_who_leads(before, row, names)} to {_lead(row, names)}"]


def _called(names: Names, model: type[Model], pk: int | None, row: Any) -> str:
    return quoted(names.name(model, pk, row.history_date))


_OF_PLAN: dict[str, Said] = {
    "title": "the title",
    "year_label": "the year",
    "kind": "the kind",
    "starts_on": "the first day",
    "ends_on": "the last day",
    "strategy": "the strategy it belongs to",
    "introduction": "the introduction of its reports",
    "marking": "the marking of its texts",
}
_OF_PRIORITY: dict[str, Said] = {
    "kind": "the kind",
    "reference": "the reference",
    "title": "the title",
    "lead_text": "the lead",
    "summary": "the summary",
    "activities": "the activities",
    "withdrawn_on": "the day of withdrawal",
    "withdrawn_reason": "the reason for withdrawal",
}
_OF_HEADING: dict[str, Said] = {
    "heading": "the words",
    "groups": "the groups",
    "withdrawn_on": "the day of withdrawal",
}
_OF_ACTION: dict[str, Said] = {
    "priority": "the priority",
    "reference": "the reference",
    "title": "the title",
    "title_is_withheld": (
        "marked the title as not for publication",
        "marked the title as for publication again",
    ),
    "title_withheld_reason": "the reason why the title is not for publication",
    "desired_outcome": "the desired outcome",
    "lead_text": "the lead",
    "due_on": "the end date",
    "progress": "the progress",
    "completed_on": "the day of completion",
    "withdrawn_reason": "the reason for withdrawal",
    "closing": "the closing position",
    "closing_reason": "the reason for the closing position",
}
_OF_MILESTONE: dict[str, Said] = {
    "title": "the title",
    "timescale": "the timescale",
    "timescale_kind": "what was understood from the timescale",
    "due_on": "the date",
    "completed_on": "the day of completion",
}
_OF_ENTRY: dict[str, Said] = {
    "value": "the value",
    "source": "the source",
    "is_provisional": ("marked as provisional", "marked as final"),
}
_OF_ANSWER: dict[str, Said] = {
    "title": "the heading",
    "reference": "the reference",
    "response": "the kind of answer",
    "text": "the text",
    "progress": "the progress",
    "rag": "the rating",
    "rag_reason": "the reason for the rating",
    "way_back": "the way back to green",
    "new_due_on": "the new date",
    "date_reason": "the reason why the date has moved",
    "marking": "the marking",
    "is_withheld": ("marked it as not for publication", "marked it as for publication again"),
    "withheld_reason": "the reason why it is not for publication",
    "let_in_until": "until when it may be answered late",
    "let_in_reason": "the reason why it may be answered late",
}
# What readers who do not write it are not told.
_FOR_WRITERS = frozenset({"withheld_reason", "let_in_until", "let_in_reason"})


def _plan(row: Any, before: Any | None, names: Names) -> Sequence[str]:
    if before is None or bool(row.closed_at) == bool(before.closed_at):
        return []
    return ["closed the plan"] if row.closed_at else ["opened the plan again"]


def _placed(row: Any, before: Any | None, names: Names) -> Sequence[str]:
    """That its place in the order is another; said once for all that moved with it."""
    if row.history_type == "-" or before is None or row.order == before.order:
        return []
    noun = row.instance_type._meta.verbose_name_plural
    return [f"changed the order of the {_PLURALS.get(row.instance_type, noun)}"]


_PLURALS = {PriorityIndicator: "figures"}


def _answered(row: Any, before: Any | None, names: Names) -> Sequence[str]:
    """Where the answer went: saved, sent, returned, accepted, taken in."""
    if before is None:
        return ["asked for it"]
    told = []
    if row.given_for and row.given_for != before.given_for:
        told.append(f"answered on behalf of {quoted(row.given_for)}")
    if row.state != before.state:
        told.append(_moved(row))
    return told


def _moved(row: Any) -> str:
    state = Answer.State
    if row.state == state.RETURNED:
        return f"returned it: {quoted(row.return_reason)}"
    if row.state == state.SUBMITTED and row.taken_in_by_id:
        return "took the draft in: it had not been sent"
    return {
        state.DRAFT: "saved it as a draft",
        state.SUBMITTED: "sent it to the coordinator",
        state.ACCEPTED: "accepted it",
    }.get(row.state, "emptied it")


def _entry_named(row: Any, names: Names) -> str:
    name = _called(names, Indicator, row.indicator_id, row)
    return f"{name} for {row.instance.period.short}"


def _ticked(row: Any, before: Any | None, names: Names) -> Sequence[str]:
    said = "took back that" if row.history_type == "-" else "said that"
    return [f"{said} the milestone {quoted(row.title)} was done"]


def _typed(row: Any, before: Any | None, names: Names) -> Sequence[str]:
    named, value = _entry_named(row, names), format_value(row.value)
    if row.history_type == "-":
        return [f"took away the figure {named}, which was {value}"]
    if before is None:
        return [f"entered {value} as the figure {named} ({row.source})"]
    return []
