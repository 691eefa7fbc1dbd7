"""The plan of the next year starts from the one before: what goes on is not typed again."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from actions.models import Closing
from administration.starting import start_plan
from partnerships.refusals import Refused
from performance.models import PriorityIndicator
from priorities.models import GroupHeading, Plan, PriorityLead
from tests.factories import (
    ActionFactory,
    GroupFactory,
    GroupHeadingFactory,
    IndicatorFactory,
    MembershipFactory,
    OrganisationFactory,
    PartnershipFactory,
    PlanFactory,
    PriorityFactory,
    PriorityIndicatorFactory,
    PriorityLeadFactory,
)
from tests.pages import Fields
from tests.test_closing import words

pytestmark = pytest.mark.django_db


@pytest.fixture
def before():
    return PlanFactory(partnership=PartnershipFactory(slug="swale"))


@pytest.fixture
def administrator(client, before):
    client.force_login(MembershipFactory(partnership=before.partnership, administrator=True).user)
    return client


def new_plan():
    return reverse("administration:new_plan", args=["swale"])


def address(name, plan):
    return reverse(f"administration:{name}", args=["swale", plan.pk])


def start(client, **changed):
    """Make the plan as it is proposed, but for what is changed; the page after, and the plan."""
    typed = Fields(client.get(new_plan()).text).found | changed
    page = client.post(new_plan(), typed, follow=True)
    return page, Plan.objects.latest("pk")


def close(plan):
    plan.closed_at = timezone.now()
    plan.save()


def test_priorities_and_what_stands_under_them_are_copied_in_order(administrator, before):
    here = {"partnership": before.partnership}
    theme = PriorityFactory(plan=before, theme=True, reference="1", order=30)
    crime = PriorityFactory(plan=before, reference="2", title="Crime", lead_text="Kent", order=20)
    withdrawn = {"withdrawn_on": date(2023, 9, 1), "withdrawn_reason": "Merged"}
    PriorityFactory(plan=before, reference="9", order=10, **withdrawn)
    group = GroupFactory(**here)
    GroupHeadingFactory(priority=crime, heading="Panel", groups=[group], order=20)
    GroupHeadingFactory(priority=crime, heading="Forum", order=10)
    GroupHeadingFactory(priority=crime, heading="Gone", withdrawn_on=date(2023, 9, 1))
    burglary, theft = (IndicatorFactory(**here, name=name) for name in ("Burglary", "Theft"))
    PriorityIndicatorFactory(priority=crime, indicator=theft, order=20)
    PriorityIndicatorFactory(priority=crime, indicator=burglary, order=10)
    ActionFactory(priority=crime)

    _, plan = start(administrator)

    assert (plan.year_label, plan.actions.count()) == ("2024/25", 0)
    copied, copied_theme = plan.priorities.all()
    assert (copied.reference, copied.title, copied.lead_text) == ("2", "Crime", "Kent")
    assert (copied_theme.kind, copied_theme.title) == (theme.kind, theme.title)
    headings = list(copied.group_headings.all())
    assert [each.heading for each in headings] == ["Forum", "Panel"]
    assert list(headings[1].groups.all()) == [group]
    placed = PriorityIndicator.objects.filter(priority=copied)
    assert [each.indicator for each in placed] == [burglary, theft]
    assert before.priorities.count() == 3
    assert crime.group_headings.count() == 3


def test_who_leads_on_the_first_day_of_the_new_year_or_later_leads_in_it(administrator, before):
    priority = PriorityFactory(plan=before)
    here = {"partnership": before.partnership}
    of = {"priority": priority}
    stays = PriorityLeadFactory(**of, starts_on=date(2020, 5, 1))
    deputy = PriorityLeadFactory(**of, is_deputy=True)
    council = PriorityLeadFactory(**of, membership=None, organisation=OrganisationFactory(**here))
    takes_over = PriorityLeadFactory(**of, starts_on=date(2124, 4, 1))
    later = PriorityLeadFactory(**of, starts_on=date(2124, 10, 1))
    PriorityLeadFactory(**of, ends_on=date(2023, 6, 30))
    PriorityLeadFactory(**of, ends_on=date(2124, 3, 31))
    PriorityLeadFactory(**of, membership=MembershipFactory(**here, ends_on=date(2023, 6, 30)))
    gone = OrganisationFactory(**here, ends_on=date(2023, 6, 30))
    PriorityLeadFactory(**of, membership=None, organisation=gone)

    _, plan = start(administrator, starts_on_year="2124", ends_on_year="2125")

    def facts(leads):
        return [
            (each.membership, each.organisation, each.is_deputy, each.starts_on) for each in leads
        ]

    copied = PriorityLead.objects.filter(priority__plan=plan)
    assert facts(copied) == facts([stays, council, takes_over, later, deputy])
    assert priority.leads.count() == 9


def test_a_group_that_has_ended_reports_under_no_copied_heading(administrator, before):
    here = {"partnership": before.partnership}
    ended, goes_on = GroupFactory(**here, ends_on=date(2023, 6, 30)), GroupFactory(**here)
    GroupHeadingFactory(priority=PriorityFactory(plan=before), groups=[ended, goes_on])

    _, plan = start(administrator)

    assert list(GroupHeading.objects.get(priority__plan=plan).groups.all()) == [goes_on]


def test_every_copy_has_its_history(administrator, before):
    group = GroupFactory(partnership=before.partnership)
    priority = PriorityFactory(plan=before)
    PriorityLeadFactory(priority=priority)
    GroupHeadingFactory(priority=priority, groups=[group])

    _, plan = start(administrator)

    user = User.objects.get(pk=administrator.session["_auth_user_id"])
    copied = plan.priorities.get()
    heading = copied.group_headings.get()
    for row in (plan, copied, copied.leads.get(), heading):
        assert {version.history_user for version in row.history.all()} == {user}
    assert copied.history.get().history_change_reason == "Copied from the plan before"
    assert [each.group for each in heading.history.latest().groups.all()] == [group]
    heading.groups.clear()
    new, old = heading.history.all()[:2]
    assert new.diff_against(old).changed_fields == ["groups"]


def test_a_plan_may_start_empty(administrator, before):
    PriorityFactory(plan=before)

    page, plan = start(administrator, start_from="empty")

    assert not plan.priorities.exists()
    assert "Add its priorities, then their actions." in words(page)


def test_from_an_open_plan_its_actions_are_said_to_come_later(administrator, before):
    PriorityFactory(plan=before)

    page, plan = start(administrator)

    assert page.redirect_chain[-1][0] == reverse(
        "administration:edit_plan", args=["swale", plan.pk]
    )
    assert "can be carried forward once its year is closed" in words(page)


def test_a_closed_plan_leads_on_to_carrying_forward_with_each_place_proposed(administrator, before):
    priority = PriorityFactory(plan=before, title="Crime")
    action = ActionFactory(priority=priority, closing=Closing.CARRIED)
    close(before)

    page, plan = start(administrator)

    assert page.redirect_chain == [(address("carry", before), 302)]
    assert "Now carry its actions forward." in words(page)
    proposed = Fields(page.text).found[f"action-{action.pk}"]
    assert proposed == [f"under-{plan.priorities.get().pk}"]


def test_a_closed_plan_of_which_nothing_goes_on_leads_to_the_new_one(administrator, before):
    ActionFactory(priority=PriorityFactory(plan=before), closing=Closing.COMPLETE)
    close(before)

    page, plan = start(administrator)

    assert page.redirect_chain[-1][0] == reverse(
        "administration:edit_plan", args=["swale", plan.pk]
    )
    assert "Add its actions." in words(page)


def test_another_partnerships_plan_is_not_started_from(administrator, before):
    other = PriorityFactory(plan__title="Plan of elsewhere").plan

    page = administrator.get(new_plan()).text
    typed = Fields(page).found | {"start_from": str(other.pk)}
    refused = administrator.post(new_plan(), typed)

    assert "Plan of elsewhere" not in page
    assert "Choose one of the answers shown" in refused.text
    made = Plan(partnership=before.partnership, starts_on=date(2024, 4, 1))
    with pytest.raises(Refused, match="same partnership"):
        start_plan(plan=made, before=other, by=None, today=date(2024, 4, 1))
    assert Plan.objects.count() == 2


@pytest.mark.parametrize(
    ("day", "year", "first"),
    [((2024, 3, 31), "2023/24", "2023"), ((2024, 4, 1), "2024/25", "2024")],
)
def test_the_first_plan_is_proposed_for_the_year_it_is_now(client, time_machine, day, year, first):
    time_machine.move_to(date(*day))
    post = MembershipFactory(partnership=PartnershipFactory(slug="swale"), administrator=True)
    client.force_login(post.user)

    page = client.get(new_plan())

    found = Fields(page.text).found
    assert (found["year_label"], found["starts_on_year"]) == (year, first)
    assert "the year it is now" in words(page)
    assert "Start from" not in page.text


def test_starting_a_large_plan_costs_as_much_as_a_small_one(
    administrator, before, django_assert_max_num_queries
):
    for _ in range(8):
        priority = PriorityFactory(plan=before)
        PriorityLeadFactory.create_batch(3, priority=priority)
        PriorityIndicatorFactory.create_batch(3, priority=priority)
    groups = GroupFactory.create_batch(9, partnership=before.partnership)
    GroupHeadingFactory(priority=priority, groups=groups)
    with django_assert_max_num_queries(10):
        typed = Fields(administrator.get(new_plan()).text).found

    with django_assert_max_num_queries(32):
        administrator.post(new_plan(), typed)

    copied = PriorityLead.objects.filter(priority__plan__starts_on=date(2024, 4, 1))
    assert copied.count() == 24
