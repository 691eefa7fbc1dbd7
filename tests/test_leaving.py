"""Somebody leaves: what they lead and supply goes on with others, in one step."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.urls import reverse

from actions.models import ActionLead
from administration.leaving import leave
from partnerships.models import Invitation, Membership
from partnerships.people import post_marker
from partnerships.refusals import Refused
from priorities.handing_on import hand_on
from priorities.models import PriorityLead
from rounds.services import send_reminders
from tests.factories import (
    NOW,
    ActionLeadFactory,
    DelegationFactory,
    IndicatorFactory,
    InvitationFactory,
    MembershipFactory,
    PlanFactory,
    PriorityFactory,
    PriorityLeadFactory,
    UserFactory,
)
from tests.pages import Fields
from tests.scenes import open_round_scene, submit, write

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)


@pytest.fixture(autouse=True)
def on_a_friday():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(scope="module")
def made(kept):
    """The lead leads a priority and an action, and is asked for a figure."""
    scene = open_round_scene(now=NOW, slug="swale")
    lead = scene.memberships["lead"]
    ActionLeadFactory(action=scene.actions[0], membership=lead)
    scene.indicator.supplier = lead
    scene.indicator.save()
    return scene


@pytest.fixture
def heir(scene):
    return MembershipFactory(partnership=scene.partnership, post="Next lead")


@pytest.fixture
def client(client, scene):
    client.force_login(scene.administrator)
    return client


def address_of(membership):
    return reverse("administration:end_post", args=["swale", membership.pk])


def send(client, membership, **changes):
    address = address_of(membership)
    return client.post(address, Fields(client.get(address).content.decode()).found | changes)


def spans(leads):
    """Who leads something from when until when, deputies with a "d"."""
    return {
        (lead.membership.post, lead.is_deputy, lead.starts_on, lead.ends_on)
        for lead in leads.select_related("membership")
    }


def test_the_page_lists_what_is_led_and_supplied_and_what_is_not_sent_yet(client, scene):
    write(scene, scene.action_answers[0])
    submit(scene)

    text = client.get(address_of(scene.memberships["lead"])).content.decode()

    for said in (
        "Priority 1: Safer streets",
        "Lead, 2023/24. Not sent yet: 6 sections of Quarter 2, 2023/24.",
        "Action 1.1 Title of action 1.1",
        "Reports of damage",
        "Nobody: the coordinator is asked instead",
    ):
        assert said in text, said


def test_one_person_takes_over_everything_from_the_next_day(client, scene, heir):
    leaver = scene.memberships["lead"]

    page = send(client, leaver, everything=heir.pk)

    assert page.status_code == 302
    leaver.refresh_from_db()
    assert leaver.ends_on == TODAY
    assert spans(scene.priority.leads) == {
        ("Strategic lead", False, None, TODAY),
        ("Next lead", False, TOMORROW, None),
        ("Deputy lead", True, None, None),
    }
    assert spans(scene.actions[0].leads) == {
        ("Strategic lead", False, None, TODAY),
        ("Next lead", False, TOMORROW, None),
    }
    scene.indicator.refresh_from_db()
    assert scene.indicator.supplier == heir
    assert PriorityLead.history.filter(history_user=scene.administrator).count() == 2


def test_the_new_lead_finds_the_open_sections_the_day_after(client, scene, heir):
    send(client, scene.memberships["lead"], everything=heir.pk)
    update = reverse("rounds:update", args=["swale", scene.update.pk])

    def may_answer(user, day):
        with time_machine.travel(day, tick=False):
            client.force_login(user)
            return client.get(update).status_code == 200

    assert [may_answer(scene.lead, NOW), may_answer(heir.user, NOW)] == [True, False]
    next_day = NOW + timedelta(days=1)
    assert [may_answer(scene.lead, next_day), may_answer(heir.user, next_day)] == [False, True]


def asked_on(day):
    """Who is reminded of what on a day, by address."""
    mail.outbox.clear()
    with time_machine.travel(day, tick=False):
        send_reminders(now=day)
        call_command("send_messages")
    return {email.to[0]: email.body for email in mail.outbox}


def test_what_was_given_away_stands_when_its_lead_leaves_and_comes_back_when_its_writer_does(
    client, scene
):
    first, second, _ = scene.action_answers
    guest = scene.memberships["guest"]
    write(scene, second)
    given = DelegationFactory(answer=first, membership=guest)
    send(client, scene.memberships["lead"], everything="nobody")

    asked = asked_on(NOW + timedelta(days=6))
    assert scene.lead.email not in asked
    assert f"{first.heading}: with {guest}" in asked[scene.deputy.email]
    assert second.heading in asked[scene.deputy.email]
    assert "Given to you by Strategic lead" in asked[guest.user.email]
    assert scene.action_answers[1].saved_by == scene.lead

    client.force_login(scene.administrator)
    page = client.get(address_of(guest)).content.decode()
    assert f"{first.heading} (Quarter 2, 2023/24)" in page
    assert "the lead of the priority or its deputy writes on" in page
    assert "nothing to hand over" not in page
    person = client.get(reverse("administration:person", args=["swale", guest.user_id]))
    assert f"Write {first.heading}" in person.content.decode()
    send(client, guest)

    # With the deputy gone as well the coordinator is asked, for what the guest had too.
    [as_deputy] = PriorityLead.objects.filter(membership=scene.memberships["deputy"])
    send(client, as_deputy.membership, **{f"prioritylead-{as_deputy.pk}": "nobody"})
    asked = asked_on(NOW + timedelta(days=7))
    assert set(asked) == {scene.coordinator.email}
    assert "Nobody is linked to it who could answer" in asked[scene.coordinator.email]
    assert f"- {first.heading}\n" in asked[scene.coordinator.email]
    given.refresh_from_db()
    assert given.ended_at is None


def test_each_thing_can_go_to_another_person_or_to_nobody(client, scene, heir):
    leaver = scene.memberships["lead"]
    [priority_lead] = PriorityLead.objects.filter(membership=leaver)
    [action_lead] = ActionLead.objects.filter(membership=leaver)

    send(
        client,
        leaver,
        everything=heir.pk,
        **{
            f"prioritylead-{priority_lead.pk}": "nobody",
            f"actionlead-{action_lead.pk}": scene.memberships["member"].pk,
        },
    )

    assert spans(scene.priority.leads) == {
        ("Strategic lead", False, None, TODAY),
        ("Deputy lead", True, None, None),
    }
    assert ("Member of the Executive", False, TOMORROW, None) in spans(scene.actions[0].leads)
    scene.indicator.refresh_from_db()
    assert scene.indicator.supplier == heir


def test_nothing_is_changed_until_somebody_is_named_for_everything(client, scene, heir):
    leaver = scene.memberships["lead"]
    [priority_lead] = PriorityLead.objects.filter(membership=leaver)

    page = send(client, leaver, **{f"prioritylead-{priority_lead.pk}": heir.pk})

    text = page.content.decode()
    assert "Choose who takes over “Reports of damage”" in text
    assert f'<option value="{heir.pk}" selected>' in text
    leaver.refresh_from_db()
    assert leaver.ends_on is None
    assert not PriorityLead.objects.filter(membership=heir).exists()


def test_what_came_in_after_the_page_was_opened_is_asked_for_too(client, scene, heir):
    """All or nothing: the post does not end, and nothing has been given on."""
    leaver = scene.memberships["lead"]
    address = address_of(leaver)
    found = Fields(client.get(address).content.decode()).found
    IndicatorFactory(partnership=scene.partnership, name="Newcomer", supplier=leaver)
    sent = {name: heir.pk for name in found if name.startswith(("priority", "action", "indic"))}

    page = client.post(address, found | sent)

    assert "Choose who takes over “Newcomer”" in page.content.decode()
    leaver.refresh_from_db()
    assert leaver.ends_on is None
    assert not PriorityLead.objects.filter(membership=heir).exists()


def test_the_service_ends_no_post_while_something_of_it_would_be_left(scene):
    leaver = Membership.objects.get(pk=scene.memberships["lead"].pk)

    with pytest.raises(Refused, match="Choose who takes over “Priority 1: Safer streets” as well"):
        leave(
            membership=leaver,
            last_day=TODAY,
            given={},
            marker=post_marker(leaver),
            access=scene.access(scene.administrator),
            by=scene.administrator,
            now=NOW,
        )

    leaver.refresh_from_db()
    assert leaver.ends_on is None


def test_nobody_takes_over_whose_own_post_has_ended_by_then(client, scene):
    going = MembershipFactory(partnership=scene.partnership, ends_on=TODAY + timedelta(days=5))
    later = TODAY + timedelta(days=5)
    last_day = {"last_day_day": later.day, "last_day_month": 10, "last_day_year": 2023}
    leaver = scene.memberships["lead"]

    page = send(client, leaver, everything=going.pk, **last_day)

    assert page.status_code == 409
    assert "cannot take over" in page.content.decode()
    leaver.refresh_from_db()
    assert leaver.ends_on is None


def test_nobody_of_another_partnership_is_offered(client, scene):
    foreign = MembershipFactory()

    page = send(client, scene.memberships["lead"], everything=foreign.pk)

    assert page.status_code == 200
    assert "Choose one of the answers shown" in page.content.decode()


def test_leads_of_plans_that_are_over_end_and_are_not_asked_about(client, scene, heir):
    old = PlanFactory(
        partnership=scene.partnership,
        slug="old",
        starts_on=date(2021, 4, 1),
        ends_on=date(2022, 3, 31),
    )
    lead = PriorityLeadFactory(
        priority=PriorityFactory(plan=old, title="Long ago"), membership=scene.memberships["lead"]
    )

    assert "Long ago" not in client.get(address_of(lead.membership)).content.decode()
    send(client, lead.membership, everything=heir.pk)

    lead.refresh_from_db()
    assert lead.ends_on == TODAY
    assert lead.priority.leads.count() == 1


def test_the_last_quarter_is_handed_over_after_the_year_is_over(client, scene, heir):
    """It opens in April, when the plan has ended and its round takes answers."""
    scene.plan.starts_on, scene.plan.ends_on = date(2022, 4, 1), date(2023, 3, 31)
    scene.plan.save()

    text = client.get(address_of(scene.memberships["lead"])).content.decode()

    assert "Not sent yet: 7 sections of Quarter 2, 2023/24" in text
    send(client, scene.memberships["lead"], everything=heir.pk)
    assert ("Next lead", False, TOMORROW, None) in spans(scene.priority.leads)


def test_what_a_closed_plan_held_is_not_asked_about(client, scene):
    scene.plan.closed_at = NOW
    scene.plan.save()

    text = client.get(address_of(scene.memberships["lead"])).content.decode()

    assert "Safer streets" not in text
    assert "Reports of damage" in text


def test_an_invitation_that_waits_is_taken_back_with_its_post(client, scene):
    user = UserFactory(is_active=False)
    waiting = MembershipFactory(partnership=scene.partnership, user=user, starts_on=TODAY)
    InvitationFactory(membership=waiting)

    page = send(client, waiting)

    assert page.status_code == 302
    waiting.refresh_from_db()
    assert waiting.ends_on == YESTERDAY
    assert Invitation.objects.get().withdrawn_at == NOW


def test_a_post_that_has_ended_is_not_ended_again(client, scene):
    gone = MembershipFactory(partnership=scene.partnership, ends_on=YESTERDAY)

    page = send(client, gone)

    gone.refresh_from_db()
    assert gone.ends_on == YESTERDAY
    assert "ended already" in page.content.decode()


@pytest.mark.parametrize("many", [1, 6])
def test_leaving_asks_as_often_for_much_as_for_little(
    client, scene, heir, many, django_assert_num_queries
):
    lead = scene.memberships["lead"]
    over = PlanFactory(partnership=scene.partnership, slug="over", closed_at=NOW)
    for _ in range(many):
        priority = PriorityFactory(plan=scene.plan)
        PriorityLeadFactory(priority=priority, membership=lead)
        PriorityLeadFactory(priority=priority, membership=heir, is_deputy=True)
        ActionLeadFactory(action__priority=priority, action__reference="", membership=lead)
        PriorityLeadFactory(priority=PriorityFactory(plan=over), membership=lead)
        IndicatorFactory(partnership=scene.partnership, supplier=lead)
    address = address_of(scene.memberships["lead"])
    sent = Fields(client.get(address).content.decode()).found | {"everything": heir.pk}

    with django_assert_num_queries(42):
        assert client.post(address, sent).status_code == 302
    for row in (
        PriorityLead.objects.filter(membership=heir).last(),
        heir.supplied_indicators.first(),
    ):
        assert row.history.first().history_user == scene.administrator


# One lead handed on ------------------------------------------------------------------------


def handed_on(lead, to, last_day=TODAY):
    by = lead.membership.user
    hand_on(model=PriorityLead, given=[(lead, to)], last_day=last_day, by=by)
    return spans(lead.priority.leads)


@pytest.fixture
def lead():
    return PriorityLeadFactory(membership__post="Leaver")


@pytest.fixture
def next_one(lead):
    return MembershipFactory(partnership=lead.partnership, post="Next")


def test_a_deputy_who_takes_over_is_deputy_no_more(lead, next_one):
    PriorityLeadFactory(priority=lead.priority, membership=next_one, is_deputy=True)

    assert handed_on(lead, next_one) == {
        ("Leaver", False, None, TODAY),
        ("Next", True, None, TODAY),
        ("Next", False, TOMORROW, None),
    }


def test_one_who_leads_already_goes_on_without_a_second_row(lead, next_one):
    PriorityLeadFactory(priority=lead.priority, membership=next_one, ends_on=date(2024, 1, 31))

    assert handed_on(lead, next_one) == {
        ("Leaver", False, None, TODAY),
        ("Next", False, None, None),
    }


def test_a_lead_does_not_become_deputy_when_a_deputy_leaves(lead, next_one):
    lead.is_deputy = True
    lead.save()
    PriorityLeadFactory(priority=lead.priority, membership=next_one)

    assert handed_on(lead, next_one) == {
        ("Leaver", True, None, TODAY),
        ("Next", False, None, None),
    }


def test_a_lead_with_an_end_is_handed_on_until_that_end(lead, next_one):
    lead.ends_on = date(2024, 3, 31)

    assert handed_on(lead, next_one) == {
        ("Leaver", False, None, TODAY),
        ("Next", False, TOMORROW, date(2024, 3, 31)),
    }


def test_a_lead_that_was_to_begin_later_begins_then_with_the_other(lead, next_one):
    lead.starts_on = date(2024, 1, 1)
    lead.save()

    assert handed_on(lead, next_one) == {("Next", False, date(2024, 1, 1), None)}


def test_a_deputy_to_come_who_takes_over_begins_at_once(lead, next_one):
    later = date(2024, 1, 1)
    PriorityLeadFactory(
        priority=lead.priority, membership=next_one, is_deputy=True, starts_on=later
    )

    assert handed_on(lead, next_one) == {
        ("Leaver", False, None, TODAY),
        ("Next", False, TOMORROW, None),
    }


def test_a_deputy_to_the_end_who_leads_for_a_while_has_one_lead_without_an_end(lead, next_one):
    PriorityLeadFactory(priority=lead.priority, membership=next_one, ends_on=date(2024, 1, 31))
    PriorityLeadFactory(priority=lead.priority, membership=next_one, is_deputy=True)

    assert handed_on(lead, next_one) == {
        ("Leaver", False, None, TODAY),
        ("Next", True, None, TODAY),
        ("Next", False, None, None),
    }


def test_a_membership_is_never_left_with_a_lead_that_goes_on(client, scene):
    send(client, scene.memberships["lead"], everything="nobody")

    ended = Membership.objects.get(pk=scene.memberships["lead"].pk)
    for leads in (PriorityLead.objects, ActionLead.objects):
        assert not leads.filter(membership=ended, ends_on__isnull=True).exists()
    scene.indicator.refresh_from_db()
    assert scene.indicator.supplier is None
