"""What reaches from a partnership's organisations and groups up to its plan and its figures.

Each function is one transaction. What it refuses it refuses with a `Refused`, whose text is fit
for the person who asked.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType

from django.db import transaction
from django.db.models import Model
from simple_history.utils import bulk_update_with_history

from accounts.models import User
from actions.models import ActionLead
from partnerships.history import bulk_delete_with_history
from partnerships.models import Group, GroupAlias, Membership, Organisation, OrganisationAlias
from partnerships.quarters import ONE_DAY
from partnerships.refusals import Refused
from partnerships.services import Body, ancestors_of, rename_body
from performance.models import Indicator
from priorities.models import GroupHeading, Lead, PriorityLead


@transaction.atomic
def rename_group(*, body: Group, marker: str, name: str, used_until: date | None) -> None:
    """Give a group a new name; the headings made of the names of their groups follow it.

    Headings with words of their own stay, and so do those of closed plans and of past rounds.
    """
    headings = list(
        body.headings.in_use()
        .filter(priority__plan__closed_at__isnull=True)
        .prefetch_related("groups")
    )
    made = [each for each in headings if each.heading == _made_of(each)]
    rename_body(body=body, marker=marker, name=name, used_until=used_until)
    for heading in made:
        heading.heading = _made_of(heading, {body.pk: name})
        others = GroupHeading.objects.filter(priority=heading.priority_id).exclude(pk=heading.pk)
        if not others.filter(heading=heading.heading).exists():
            heading.save()


def _made_of(heading: GroupHeading, renamed: Mapping[int, str] = MappingProxyType({})) -> str:
    names = [renamed.get(group.pk, group.name) for group in heading.groups.all()]
    return GroupHeading.made_of(names)


@transaction.atomic
def merge_organisations(*, gone: Organisation, stays: Organisation, by: User, today: date) -> None:
    """Make two organisations that are the same into one.

    All that points at the first points at the second from now on. The first stays on record as
    ended and merged, and its name becomes an earlier name of the second. Where both lead the same
    thing now, one lead is left.
    """
    gone, stays = _two_of_one_partnership(Organisation, gone, stays, today)
    _move(Membership, gone.memberships.all(), "organisation", stays, by)
    _move(Indicator, gone.indicators.all(), "source", stays, by)
    _move_leads("organisation", gone, stays, by)
    _move(OrganisationAlias, gone.aliases.all(), "organisation", stays, by)
    _end(gone, stays, by, today)


@transaction.atomic
def merge_groups(*, gone: Group, stays: Group, by: User, today: date) -> None:
    """Make two groups that are the same into one; who reported to the first reports to the second.

    What the first leads the second leads; where both lead the same thing now, one lead is left.
    Headings of priorities change as many rows as they have groups: a few queries a heading.
    """
    gone, stays = _two_of_one_partnership(Group, gone, stays, today)
    for heading in gone.headings.all():
        heading.groups.add(stays)
        heading.groups.remove(gone)
    if gone.pk in ancestors_of(stays):
        # It stood somewhere above the one that stays: that one takes its place.
        stays.reports_to = gone.reports_to
        stays.save()
    _move_leads("group", gone, stays, by)
    _move(Group, gone.sub_groups.exclude(pk=stays.pk), "reports_to", stays, by)
    _move(GroupAlias, gone.aliases.all(), "group", stays, by)
    _end(gone, stays, by, today)


def _two_of_one_partnership(model, gone: Body, stays: Body, today: date) -> tuple[Body, Body]:
    """Both rows, held until the transaction ends, if they may be merged."""
    if gone.pk == stays.pk:
        raise Refused(f"{gone} cannot be merged into itself.")
    rows = model.objects.select_for_update().order_by("pk").in_bulk([gone.pk, stays.pk])
    gone, stays = rows[gone.pk], rows[stays.pk]
    if gone.partnership_id != stays.partnership_id:
        raise Refused("Only what belongs to the same partnership can be merged.")
    for body in (gone, stays):
        if body.merged_into_id is not None:
            raise Refused(f"{body} was merged into another one already.")
    if stays.ends_on is not None and stays.ends_on < today:
        raise Refused(f"{stays} has ended. Choose the one that goes on as the one that stays.")
    return gone, stays


def _move(model: type[Model], rows: Iterable[Model], field: str, to: Body, by: User) -> None:
    rows = list(rows)
    for row in rows:
        setattr(row, field, to)
    bulk_update_with_history(rows, model, [field], default_user=by, default_change_reason="Merged")


def _move_leads(who: str, gone: Body, stays: Body, by: User) -> None:
    """Move the leads of one body to another; two that go on for the same thing are one."""
    _move_leads_of(PriorityLead, "priority_id", who, gone, stays, by)
    _move_leads_of(ActionLead, "action_id", who, gone, stays, by)


def _move_leads_of(
    model: type[Lead], led: str, who: str, gone: Body, stays: Body, by: User
) -> None:
    leads = list(model.objects.filter(**{f"{who}__in": [gone, stays]}))
    kept = {
        getattr(lead, led): lead
        for lead in leads
        if lead.ends_on is None and getattr(lead, f"{who}_id") == stays.pk
    }
    moved, joined, doubled = [], [], []
    for lead in leads:
        if getattr(lead, f"{who}_id") == stays.pk:
            continue
        same = kept.get(getattr(lead, led)) if lead.ends_on is None else None
        if same is None:
            moved.append(lead)
            continue
        same.is_deputy = same.is_deputy and lead.is_deputy
        same.starts_on = _earlier(same.starts_on, lead.starts_on)
        joined.append(same)
        doubled.append(lead)
    bulk_delete_with_history(doubled, by=by)
    _move(model, moved, who, stays, by)
    fields = ["is_deputy", "starts_on"]
    bulk_update_with_history(joined, model, fields, default_user=by, default_change_reason="Merged")


def _earlier(one: date | None, other: date | None) -> date | None:
    """The earlier of two first days; none means always."""
    return min(one, other) if one and other else None


def _end(gone: Body, stays: Body, by: User, today: date) -> None:
    _move(type(gone), gone.merged.all(), "merged_into", stays, by)
    # The day before, so that it is offered nowhere from this moment on.
    used_until = min(gone.ends_on or today, today)
    last = min(used_until, today - ONE_DAY)
    gone.ends_on = max(last, gone.starts_on or last)
    gone.merged_into = stays
    gone.save()
    stays.aliases.create(partnership_id=stays.partnership_id, name=gone.name, used_until=used_until)
