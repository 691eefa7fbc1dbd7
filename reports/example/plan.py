"""The example's plans: priorities, who leads them, actions, milestones and figures."""

from datetime import date
from decimal import Decimal

from accounts.models import User
from actions.models import Action, Milestone
from actions.timescales import understand
from partnerships.models import Partnership
from partnerships.quarters import Period
from performance.models import Indicator, PriorityIndicator
from performance.services import record_reading
from priorities.models import GroupHeading, Plan, Priority, PriorityLead

from .files import moment, saved
from .past import happened


def make_plan(partnership: Partnership, facts: dict) -> Plan:
    """A plan with everything in it, and the readings of its indicators."""
    made_at, figures = moment(facts["made_at"]), facts["figures"]
    entered_at = moment(figures["entered_at"])
    entered_by = User.objects.get(email=figures["entered_by"])
    with happened(partnership, made_at, User.objects.get(email=facts["made_by"])):
        plan = saved(Plan(partnership=partnership, **facts["plan"]))
        for order, of_priority in enumerate(facts["priorities"], start=1):
            _make_priority(plan, order=order * 10, **of_priority)
        indicators = [
            _make_indicator(plan, order=order * 10, facts=of_indicator)
            for order, of_indicator in enumerate(figures["indicators"], start=1)
        ]
    with happened(partnership, entered_at, entered_by):
        for indicator, of_indicator in zip(indicators, figures["indicators"], strict=True):
            for year, value in zip(figures["years"], of_indicator["values"], strict=True):
                record_reading(
                    indicator=indicator,
                    period=_period(year),
                    value=Decimal(value),
                    source=of_indicator["source"],
                    is_provisional=False,
                    by=entered_by,
                    now=entered_at,
                )
    return plan


def _make_priority(
    plan: Plan, *, lead: str = "", deputy: str = "", groups=(), actions=(), **fields
) -> None:
    priority = saved(Priority(partnership=plan.partnership, plan=plan, **fields))
    for email, is_deputy in ((lead, False), (deputy, True)):
        if email:
            _make_lead(priority, email, is_deputy=is_deputy)
    for order, of_heading in enumerate(groups, start=1):
        _make_heading(priority, order=order * 10, **of_heading)
    for order, of_action in enumerate(actions, start=1):
        _make_action(priority, order=priority.order * 10 + order, **of_action)


def _make_lead(priority: Priority, email: str, *, is_deputy: bool) -> None:
    saved(
        PriorityLead(
            partnership=priority.partnership,
            priority=priority,
            membership=priority.partnership.memberships.get(user__email=email),
            is_deputy=is_deputy,
            starts_on=priority.plan.starts_on,
        )
    )


def _make_heading(priority: Priority, *, groups: list[str], **fields) -> None:
    heading = saved(GroupHeading(partnership=priority.partnership, priority=priority, **fields))
    heading.groups.set(priority.partnership.groups.filter(name__in=groups))


def _make_action(priority: Priority, *, milestones=(), **fields) -> None:
    partnership, plan = priority.partnership, priority.plan
    action = saved(Action(partnership=partnership, plan=plan, priority=priority, **fields))
    for order, of_milestone in enumerate(milestones, start=1):
        meaning = understand(of_milestone["timescale"], plan.period)
        saved(
            Milestone(
                partnership=partnership,
                action=action,
                timescale_kind=meaning.kind.value,
                due_on=meaning.due_on,
                order=order * 10,
                **of_milestone,
            )
        )


def _make_indicator(plan: Plan, *, order: int, facts: dict) -> Indicator:
    partnership = plan.partnership
    indicator = saved(
        Indicator(
            partnership=partnership,
            name=facts["name"],
            unit=facts["unit"],
            polarity=facts["polarity"],
            source=partnership.organisations.get(name=facts["source"]),
        )
    )
    priority = plan.priorities.get(kind=Priority.Kind.PRIORITY, reference=facts["priority"])
    saved(
        PriorityIndicator(
            partnership=partnership, priority=priority, indicator=indicator, order=order
        )
    )
    return indicator


def _period(year: dict) -> Period:
    return Period(date.fromisoformat(year["starts_on"]), date.fromisoformat(year["ends_on"]))
