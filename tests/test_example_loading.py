"""Loading the example: only where it may go, kept as people leave it, always with an open round."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.apps import apps
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import User
from actions.models import Action, Milestone
from partnerships.models import Membership, Partnership
from reports.example import load_example
from rounds.models import Round
from rounds.services import close_round, reopen_round
from tests.example import answers, load, swale_round
from tests.factories import UserFactory
from tests.scenes import open_round_scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def example():
    load()


def everything():
    """Every row of every table, its history too."""
    return {
        model: list(model._base_manager.order_by("pk").values())
        for model in apps.get_models(include_auto_created=True)
    }


# Only where it may go -------------------------------------------------------------------


def test_the_command_refuses_to_load_into_production(settings):
    settings.DEBUG = False

    with pytest.raises(CommandError, match="people with a known password"):
        call_command("load_example")

    assert not Partnership.objects.exists()
    assert not User.objects.exists()


def test_the_command_asks_nothing_where_debug_is_true(settings):
    settings.DEBUG = True

    call_command("load_example", stdout=StringIO())

    assert Partnership.objects.filter(slug="swale").exists()


# Loading it again ---------------------------------------------------------------------


def test_loading_a_second_time_changes_nothing(example):
    before = everything()

    load()

    assert everything() == before


def test_what_people_have_changed_and_answered_survives_the_next_loading(example):
    swale = Partnership.objects.get(slug="swale")
    swale.name = "Swale and Sheppey Community Safety Partnership"
    swale.save()
    action = Action.objects.get(partnership=swale, reference="4.3")
    action.reference = "4.30"
    action.save()
    answers("q3").filter(reference="1.4").update(text="<p>Ours now.</p>")
    Milestone.objects.filter(partnership=swale).first().delete()
    Membership.objects.get(user__email="guest@example.org").delete()
    lead = User.objects.get(email="lead.asb@example.org")
    lead.set_password("a password of their own")
    lead.save()
    before = everything()

    load()

    assert everything() == before


def test_a_partnership_of_somebody_else_at_the_address_swale_is_left_alone():
    scene = open_round_scene(slug="swale", now=datetime(2023, 10, 20, 9, tzinfo=UTC))
    Round.objects.filter(pk=scene.round.pk).update(slug="2023-24-q3")

    load()

    scene.round.refresh_from_db()
    assert scene.round.due_on == date(2023, 10, 27)
    assert scene.partnership.plans.get() == scene.plan


def test_a_person_who_is_here_already_keeps_their_password():
    UserFactory(email="member@example.org", password="their own password")

    load()

    assert User.objects.get(email="member@example.org").check_password("their own password")


def test_who_may_no_longer_sign_in_is_not_in_the_table(example):
    User.objects.filter(email="guest@example.org").update(is_active=False)

    assert "guest@example.org" not in load()


# A round is always open ----------------------------------------------------------------------


@pytest.mark.parametrize("day", [22, 26, 28])
def test_from_monday_to_sunday_quarter_3_is_open_and_answered_before_today(day):
    now = datetime(2027, 3, day, 8, 30, tzinfo=UTC)
    with time_machine.travel(now, tick=False):
        load()

    round = swale_round("q3")
    assert round.takes_answers(now)
    assert round.opened_at < now
    assert timedelta(days=12) <= round.due_on - now.date() <= timedelta(days=18)
    assert round.due_on.weekday() == 4
    assert answers("q3").filter(saved_at__gte=now).count() == 0
    assert answers("q3").filter(accepted_at__gte=now).count() == 0


@pytest.mark.parametrize("days_later", [9, 16, 400])
def test_a_later_loading_keeps_quarter_3_open(days_later):
    first = datetime(2027, 3, 22, 8, 30, tzinfo=UTC)
    later = first + timedelta(days=days_later)
    with time_machine.travel(first, tick=False):
        load()
    with time_machine.travel(later, tick=False):
        load()

    rounds = Round.objects.filter(slug="2023-24-q3")
    assert rounds.count() == 2
    for round in rounds:
        assert round.takes_answers(later)
        assert round.due_on >= later.date() + timedelta(days=3)
        assert round.meets_on > round.due_on


def test_only_the_dates_ahead_move_and_history_says_why():
    first = datetime(2027, 3, 22, 8, 30, tzinfo=UTC)
    with time_machine.travel(first, tick=False):
        load()
    before = Round.objects.filter(pk=swale_round("q3").pk).values().get()
    with time_machine.travel(first + timedelta(days=30), tick=False):
        load()
    after = Round.objects.filter(pk=before["id"]).values().get()

    assert {field for field in before if before[field] != after[field]} == {
        *("due_on", "closes_at", "meets_on")
    }
    assert swale_round("q3").history.first().history_change_reason == (
        "The example’s dates moved on"
    )


def test_dates_that_are_still_ahead_stay_where_the_coordinator_put_them(example):
    round = swale_round("q3")
    round.due_on = timezone.localdate() + timedelta(days=3)
    round.save()

    load()

    assert swale_round("q3").due_on == round.due_on


def test_a_round_that_somebody_has_closed_stays_closed(example):
    close_round(round=swale_round("q3"), now=timezone.now())
    closed = swale_round("q3")

    load_example(now=timezone.now() + timedelta(days=365))

    assert swale_round("q3").is_closed
    assert swale_round("q3").closes_at == closed.closes_at


def test_quarter_2_keeps_its_dates_when_somebody_reopens_it(example):
    now = timezone.now()
    reopen_round(
        round=swale_round("q2"), reason="A try.", closes_at=now + timedelta(days=1), now=now
    )

    load()

    assert swale_round("q2").due_on == date(2023, 10, 27)
