"""The set-up: what there is, what is missing, and where each is mended."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from administration.checklist import checklist_of
from partnerships.access import accesses_of
from priorities.models import Priority
from rounds.services import open_round
from tests.factories import (
    ActionFactory,
    GroupFactory,
    MembershipFactory,
    MilestoneFactory,
    OrganisationFactory,
    PartnershipFactory,
    PlanFactory,
    PriorityFactory,
    PriorityIndicatorFactory,
    PriorityLeadFactory,
    RoundFactory,
)
from tests.scenes import open_round_scene

pytestmark = pytest.mark.django_db

STEPS = [
    "Partnership details",
    "Organisations",
    "Groups",
    "People",
    "Plan",
    "Priorities and themes",
    "Actions and milestones",
    "Leads and deputies",
    "Figures",
    "Dates of the rounds",
]
LEFT_OUT = {"Groups", "Figures"}


@pytest.fixture
def partnership():
    return PartnershipFactory(help_email="", help_telephone="")


@pytest.fixture
def administrator(partnership):
    return MembershipFactory(partnership=partnership, administrator=True).user


def checklist(user, plan=None):
    now = timezone.now()
    [access] = accesses_of(user, timezone.localdate(now))
    return checklist_of(access, now, plan and plan.pk)


def step(user, title):
    return next(each for each in checklist(user).steps if each.title == title)


def standings(user):
    return {each.title: each.standing.value for each in checklist(user).steps}


def filled(partnership, **of_round):
    """Everything that a first round needs."""
    partnership.help_email = "help@example.org"
    partnership.save()
    OrganisationFactory(partnership=partnership)
    MembershipFactory(partnership=partnership, coordinator=True)
    plan = PlanFactory(partnership=partnership)
    priority = PriorityFactory(plan=plan)
    MilestoneFactory(action=ActionFactory(priority=priority))
    PriorityLeadFactory(priority=priority)
    PriorityLeadFactory(priority=priority, is_deputy=True)
    GroupFactory(partnership=partnership)
    PriorityIndicatorFactory(priority=priority)
    return RoundFactory(plan=plan, **({"today": timezone.localdate()} | of_round))


# The steps -----------------------------------------------------------------------------------


def test_a_new_partnership_has_every_step_before_it(administrator):
    found = checklist(administrator)

    assert [each.title for each in found.steps] == STEPS
    assert standings(administrator) == {
        title: "Can be left out" if title in LEFT_OUT else "To do" for title in STEPS
    }
    assert (found.done, found.asked) == (0, 8)
    assert [each.without for each in found.in_the_way] == [
        "a coordinator",
        "a plan",
        "a priority",
        "a round with its dates",
    ]
    assert not found.can_open


def test_a_partnership_that_has_all_is_ready(partnership, administrator):
    filled(partnership)

    found = checklist(administrator)

    assert set(standings(administrator).values()) == {"Done"}
    assert (found.done, found.asked) == (10, 10)
    assert found.can_open
    assert not found.to_do


def test_each_step_says_how_many(partnership, administrator):
    round = filled(partnership)
    PriorityFactory(plan=round.plan, reference="2", title="Violence")
    PriorityFactory(plan=round.plan, theme=True)
    waiting = MembershipFactory(partnership=partnership)
    waiting.user.is_active = False
    waiting.user.save()

    said = {each.title: each.said for each in checklist(administrator).steps}

    assert said["Organisations"] == "1 organisation"
    assert said["People"] == (
        "5 people, 1 of them to run rounds; 1 invitation has not been accepted yet"
    )
    assert said["Priorities and themes"] == "2 priorities and 1 cross-cutting theme"
    assert said["Actions and milestones"] == "1 action, 1 of them with milestones"
    assert said["Leads and deputies"] == ("1 of 2 priorities has a person who is asked, 1 a deputy")
    assert said["Figures"] == "Under 1 of 3 priorities and themes"
    assert said["Dates of the rounds"] == "Quarter 2, 2023/24 opens next"
    missing = step(administrator, "Leads and deputies").missing
    assert missing == ["Nobody is asked yet: Priority 2: Violence"]
    assert step(administrator, "Actions and milestones").missing == [
        "No action yet: Priority 2: Violence"
    ]


def test_what_has_ended_or_been_withdrawn_does_not_count(partnership, administrator):
    round = filled(partnership)
    ended = {"ends_on": date(2020, 1, 1)}
    partnership.organisations.update(**ended)
    partnership.groups.update(**ended)
    partnership.memberships.exclude(user=administrator).update(**ended)
    Priority.objects.filter(plan=round.plan).update(
        withdrawn_on=date(2023, 6, 1), withdrawn_reason="The money ended."
    )

    assert standings(administrator) == {
        title: "Can be left out"
        if title in LEFT_OUT
        else "Done"
        if title in ("Partnership details", "Plan", "Dates of the rounds")
        else "To do"
        for title in STEPS
    }


def test_a_theme_is_asked_once_it_has_actions_of_its_own(partnership, administrator):
    round = filled(partnership)
    theme = PriorityFactory(plan=round.plan, theme=True)
    assert step(administrator, "Leads and deputies").is_done

    ActionFactory(priority=theme)

    assert step(administrator, "Leads and deputies").said.startswith("1 of 2 ")


@pytest.mark.parametrize(
    ("dates", "missing"),
    [
        ({"due_on": None}, "Set the due date before opening the round."),
        ({"due_on": None, "closes_at": None}, "Set the due date and the closing time"),
        ({"today": date(2023, 10, 20)}, "The closing time has passed"),
    ],
)
def test_a_round_whose_dates_are_missing_or_past_cannot_open(
    partnership, administrator, dates, missing
):
    filled(partnership, **dates)

    found = checklist(administrator)

    assert not found.can_open
    assert [each.title for each in found.in_the_way] == ["Dates of the rounds"]
    assert found.steps[-1].missing[0].startswith(missing)


# Which plan ----------------------------------------------------------------------------------


def test_the_next_plan_is_shown_once_it_is_there(partnership, administrator):
    today = timezone.localdate()
    round = filled(partnership)
    open_round(round=round, by=administrator, now=timezone.now())
    assert checklist(administrator).plan == round.plan
    assert checklist(administrator).has_begun

    following = PlanFactory(
        partnership=partnership,
        slug="next",
        starts_on=today + timedelta(days=90),
        ends_on=today + timedelta(days=454),
    )

    assert checklist(administrator).plan == following
    assert not checklist(administrator).has_begun
    assert checklist(administrator).others == [round.plan]
    assert checklist(administrator, round.plan).plan == round.plan


def test_another_partnerships_plan_cannot_be_asked_for(client, partnership, administrator):
    client.force_login(administrator)
    where = reverse("administration:index", args=[partnership.slug])

    for plan in (str(PlanFactory().pk), "x", "9" * 30, "²"):
        assert client.get(where, {"plan": plan}).context["checklist"].plan is None


# The page ------------------------------------------------------------------------------------


def page_of(client, user, partnership):
    client.force_login(user)
    return client.get(reverse("administration:index", args=[partnership.slug]))


def test_an_administrator_is_led_to_where_each_step_is_mended(client, partnership, administrator):
    page = page_of(client, administrator, partnership)

    assert "No round can open without" in page.content.decode()
    for each, may in page.context["checklist"].rows:
        assert may == (each.title != "Dates of the rounds")
        assert (f'href="{each.page}"' in page.content.decode()) == may
        if may:
            assert client.get(each.page).status_code == 200


def test_each_page_of_a_filled_partnership_is_there_for_who_may(client, partnership, administrator):
    filled(partnership)
    MembershipFactory(partnership=partnership, user=administrator, coordinator=True)

    for each, may in page_of(client, administrator, partnership).context["checklist"].rows:
        assert may
        assert client.get(each.page).status_code == 200, each.title


def test_a_coordinator_sees_it_and_whom_to_tell(client, partnership, administrator):
    coordinator = MembershipFactory(partnership=partnership, coordinator=True).user
    page = page_of(client, coordinator, partnership)

    text = page.content.decode()
    assert f"mailto:{administrator.email}" in text
    assert "Done by an administrator" in text
    linked = [each.title for each, may in page.context["checklist"].rows if may]
    assert linked == ["Dates of the rounds"]
    for each in page.context["checklist"].steps[:-1]:
        assert f'href="{each.page}"' not in text.partition("<main")[2], each.title


def test_when_all_is_there_the_coordinator_has_the_button_to_open(
    client, partnership, administrator
):
    round = filled(partnership)
    coordinator = partnership.memberships.get(post="Coordinator").user
    where = reverse("rounds:open", args=[partnership.slug, round.pk])

    theirs = page_of(client, coordinator, partnership).content.decode()
    assert "Ready to open Quarter 2, 2023/24" in theirs
    assert f'href="{where}"' in theirs
    others = page_of(client, administrator, partnership).content.decode()
    assert "Ready to open Quarter 2, 2023/24" in others
    assert f'href="{where}"' not in others
    assert f"mailto:{coordinator.email}" in others


def test_a_round_that_can_open_without_a_step_says_so(client, partnership, administrator):
    filled(partnership)
    partnership.help_email = ""
    partnership.save()

    page = page_of(client, administrator, partnership).content.decode()

    assert "Quarter 2, 2023/24 can open" in page
    assert "1 step below is still to do, but does not stand in its way" in page


def test_only_a_partnership_with_a_plan_is_offered_the_plan_of_another_year(
    client, partnership, administrator
):
    page = page_of(client, administrator, partnership).content.decode()
    assert ">Start a plan</a>" in page
    assert "another year" not in page

    PlanFactory(partnership=partnership)

    page = page_of(client, administrator, partnership).content.decode()
    assert ">Make the plan of another year</a>" in page


def test_once_a_round_has_opened_the_set_up_stands_aside(client):
    scene = open_round_scene()

    page = page_of(client, scene.administrator, scene.partnership).content.decode()

    assert "Set-up of 2023/24:" in page
    assert "can open" not in page


def test_the_page_asks_the_database_as_often_for_many_as_for_one(
    client, partnership, administrator, django_assert_max_num_queries
):
    plan = filled(partnership).plan
    for number in range(12):
        priority = PriorityFactory(plan=plan, reference=f"x{number}")
        MilestoneFactory(action=ActionFactory(priority=priority, reference=f"x{number}"))
        PriorityLeadFactory(priority=priority)
        OrganisationFactory(partnership=partnership)
    client.force_login(administrator)

    with django_assert_max_num_queries(12):
        client.get(reverse("administration:index", args=[partnership.slug]))
