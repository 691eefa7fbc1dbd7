"""A person's own calendar: behind a secret address, with nothing but dates in it."""

from datetime import date, timedelta

import pytest
import time_machine
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from accounts.models import User
from rounds.models import Round
from tests.factories import NOW, MembershipFactory, PriorityIndicatorFactory, RoundFactory
from tests.scenes import open_round_scene
from tests.writing import words

pytestmark = pytest.mark.django_db

PAGE = "/accounts/details/calendar/"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def portal(settings):
    settings.PORTAL_ADDRESS = "https://portal.example.org"


@pytest.fixture
def scene():
    return open_round_scene(now=NOW)


def where(client, person):
    """The address that the person's page shows once they have asked for one."""
    client.force_login(person)
    client.post(PAGE, {"renew": "yes"})
    page = words(client.get(PAGE))
    [address] = [word for word in page.split() if word.startswith("https://portal.example.org/")]
    return address.removeprefix("https://portal.example.org")


def entries(address):
    """What a calendar program finds there: each summary with its day or moment."""
    response = Client().get(address)
    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert not response.cookies
    found = Calendar.from_ical(response.content).walk("VEVENT")
    return {str(each["summary"]): each["dtstart"].dt for each in found}


def test_a_lead_finds_what_is_due_and_closes_and_who_runs_rounds_the_meeting_too(client, scene):
    round = Round.objects.select_related("plan").get(pk=scene.round.pk)
    due = f"{round.full_label}: update due, {scene.partnership}"
    closing = f"{round.full_label}: answers close, {scene.partnership}"
    meeting = f"{round.full_label}: the Executive meets, {scene.partnership}"
    elsewhere = open_round_scene(now=NOW, slug="elsewhere")

    assert entries(where(client, scene.lead)) == {due: round.due_on, closing: round.closes_at}
    assert set(entries(where(client, scene.coordinator))) == {due, closing, meeting}
    assert entries(where(client, scene.member)) == {}
    supplier = MembershipFactory(partnership=scene.partnership, member=True)
    scene.indicator.supplier = supplier
    scene.indicator.save()
    assert set(entries(where(client, supplier.user))) == {due, closing}
    # A person with two partnerships has both.
    MembershipFactory(partnership=elsewhere.partnership, user=scene.lead, coordinator=True)
    assert len(entries(where(client, scene.lead))) == 5


def test_a_date_that_moves_is_the_same_entry_and_one_long_past_goes(client, scene, clock):
    address = where(client, scene.lead)

    def found():
        return {
            str(each["uid"]): each["dtstart"].dt
            for each in Calendar.from_ical(Client().get(address).content).walk("VEVENT")
        }

    before = found()
    Round.objects.filter(pk=scene.round.pk).update(due_on=date(2023, 10, 31))
    after = found()
    assert before.keys() == after.keys()
    assert date(2023, 10, 31) in after.values()
    clock.move_to(NOW + timedelta(days=60))
    assert found() == {}


def test_a_new_address_ends_the_old_one_and_without_one_there_is_no_calendar(client, scene):
    first = where(client, scene.lead)
    second = where(client, scene.lead)
    assert first != second
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200
    client.post(PAGE, {"remove": "yes"})
    assert Client().get(second).status_code == 404
    assert "Make an address" in words(client.get(PAGE))
    assert Client().get("/calendar/.ics").status_code == 404


def test_the_calendar_of_somebody_switched_off_or_gone_is_empty_or_not_there(client, scene):
    address = where(client, scene.lead)
    membership = scene.memberships["lead"]
    membership.ends_on = NOW.date() - timedelta(days=1)
    membership.save()
    assert entries(address) == {}
    User.objects.filter(pk=scene.lead.pk).update(is_active=False)
    assert Client().get(address).status_code == 404


def test_the_address_lets_nobody_in_and_is_kept_in_no_history(client, scene):
    address = where(client, scene.lead)
    stranger = Client()
    stranger.get(address)
    assert SESSION_KEY not in stranger.session
    key = address.removeprefix("/calendar/").removesuffix(".ics")
    assert User.objects.get(calendar_key=key) == scene.lead
    assert not hasattr(scene.lead.history.latest(), "calendar_key")


def test_the_calendar_takes_few_queries_however_many_rounds(
    client, scene, django_assert_num_queries
):
    address = where(client, scene.lead)
    PriorityIndicatorFactory(priority=scene.priority)
    for month in range(1, 7):
        RoundFactory(
            plan=scene.plan,
            slug=f"month-{month}",
            period_starts_on=date(2023, month, 1),
            period_ends_on=date(2023, month, 28),
            today=NOW.date(),
        )
    with django_assert_num_queries(3):
        assert Client().get(address).content.count(b"BEGIN:VEVENT") == 14
    assert reverse("calendar", args=["x"]) == "/calendar/x.ics"
