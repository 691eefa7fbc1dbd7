"""What the site administration refuses as the portal's own pages do, and in their words."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from actions.models import Action, ActionLead, ActionLink, Milestone
from partnerships.models import Membership, Role
from performance.models import PriorityIndicator
from priorities.models import GroupHeading, Plan, Priority, PriorityLead
from tests.factories import (
    ActionFactory,
    ActionLeadFactory,
    GroupHeadingFactory,
    MembershipFactory,
    MilestoneFactory,
    PriorityIndicatorFactory,
    PriorityLeadFactory,
    UserFactory,
)
from tests.pages import admin_address as address
from tests.pages import send
from tests.test_closing import words

pytestmark = pytest.mark.django_db

CLOSED = "Community Safety Plan 2023/24 was closed on 1 May 2024. It can be changed once"


@pytest.fixture
def site(client):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    return client


# A closed plan ---------------------------------------------------------------------------


@pytest.fixture
def closed():
    """One row of each kind that belongs to a plan, whose year was closed."""
    action = ActionFactory()
    priority = action.priority
    rows = [
        priority.plan,
        priority,
        PriorityLeadFactory(priority=priority),
        GroupHeadingFactory(priority=priority),
        PriorityIndicatorFactory(priority=priority),
        action,
        ActionLeadFactory(action=action),
        MilestoneFactory(action=action),
        ActionLink.objects.create(
            partnership=action.partnership, earlier=ActionFactory(), later=action
        ),
    ]
    plan = priority.plan
    plan.closed_at = timezone.make_aware(timezone.datetime(2024, 5, 1, 12))
    plan.save()
    return {type(row): row for row in rows}


IN_PLAN = [
    Plan,
    Priority,
    PriorityLead,
    GroupHeading,
    PriorityIndicator,
    Action,
    ActionLead,
    Milestone,
    ActionLink,
]


@pytest.mark.parametrize("model", IN_PLAN)
def test_what_belongs_to_a_closed_plan_is_only_read(site, closed, model):
    row = closed[model]
    page = address(model, "change", row.pk)

    assert CLOSED in words(site.get(page))
    assert 'name="_save"' not in site.get(page).text
    assert site.post(page, {"title": "Another", "_save": "Save"}).status_code == 403
    assert site.post(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    assert model.objects.filter(pk=row.pk).exists()


def test_nothing_is_added_to_a_closed_plan(site, closed):
    action, priority = closed[Action], closed[Priority]

    for model, given in (
        (Priority, {"plan": priority.plan_id, "title": "New"}),
        (GroupHeading, {"priority": priority.pk, "heading": "New"}),
        (Action, {"priority": priority.pk, "title": "New"}),
        (Milestone, {"action": action.pk, "title": "New"}),
    ):
        before = model.objects.count()
        assert CLOSED in words(send(site, address(model, "add"), given)), model
        assert model.objects.count() == before


def test_an_open_plan_is_changed_here_as_ever(site):
    milestone = MilestoneFactory()

    done = send(site, address(Milestone, "change", milestone.pk), {"title": "Another"})

    assert "was changed successfully" in words(done)


def test_a_former_version_is_read_and_not_saved(site, closed):
    milestone = MilestoneFactory(title="Before")
    milestone.title = "After"
    milestone.save()
    first = milestone.history.earliest()
    where = f"{address(Milestone, 'history', milestone.pk)}{first.pk}/"

    assert site.get(where).status_code == 200
    assert site.post(where, {"title": "Before", "action": milestone.action_id}).status_code == 403

    milestone.refresh_from_db()
    assert milestone.title == "After"


def test_a_former_version_of_a_person_is_read_and_not_saved(site):
    person = UserFactory(full_name="Before")
    person.full_name = "After"
    person.save()
    where = f"{address(User, 'history', person.pk)}{person.history.earliest().pk}/"

    assert site.get(where).status_code == 200
    assert site.post(where, {"full_name": "Before", "email": person.email}).status_code == 403

    person.refresh_from_db()
    assert person.full_name == "After"


# The last administrator --------------------------------------------------------------------

NOBODY_ELSE = "Make somebody else administrator first."


@pytest.fixture
def last():
    return MembershipFactory(administrator=True)


@pytest.mark.parametrize(
    ("given", "when"),
    [
        ({"role": Role.COORDINATOR}, ""),
        ({"ends_on": "2023-06-30", "starts_on": "2023-04-01"}, ""),
        ({"starts_on": "2124-04-01"}, ""),
        ({"ends_on": "2124-03-31"}, " after 31 March 2124"),
    ],
)
def test_the_last_administrator_stays_one(site, last, given, when):
    page = send(site, address(Membership, "change", last.pk), given)

    assert f"Nobody else administers {last.partnership}{when}. {NOBODY_ELSE}" in words(page)
    last.refresh_from_db()
    assert (last.role, last.starts_on, last.ends_on) == (Role.ADMINISTRATOR, None, None)


def test_the_last_administrators_are_not_deleted_nor_switched_off(site, last):
    other = MembershipFactory(partnership=last.partnership, administrator=True)
    both = {"action": "delete_selected", "_selected_action": [last.pk, other.pk], "post": "yes"}

    refused = site.post(address(Membership, "changelist"), both, follow=True)

    assert NOBODY_ELSE in words(refused)
    assert Membership.objects.filter(pk__in=(last.pk, other.pk)).count() == 2
    site.post(address(Membership, "delete", other.pk), {"post": "yes"})
    assert not Membership.objects.filter(pk=other.pk).exists()
    refused = site.post(address(Membership, "delete", last.pk), {"post": "yes"})
    assert NOBODY_ELSE in words(refused)
    page = send(site, address(type(last.user), "change", last.user_id), {"is_active": ""})
    assert NOBODY_ELSE in words(page)
    last.user.refresh_from_db()
    assert last.user.is_active


def test_who_is_not_the_last_may_go_and_other_posts_change_freely(site, last):
    other = MembershipFactory(partnership=last.partnership, administrator=True)
    member = MembershipFactory(partnership=last.partnership)

    for post, given in (
        (last, {"role": Role.MEMBER}),
        (other, {"post": "Another name"}),
        (member, {"ends_on": str(timezone.localdate() + timedelta(days=1))}),
    ):
        page = send(site, address(Membership, "change", post.pk), given)
        assert "was changed successfully" in words(page)
    page = send(site, address(type(last.user), "change", last.user_id), {"is_active": ""})
    assert "was changed successfully" in words(page)
