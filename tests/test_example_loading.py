"""Loading the example: only where it may go, and always with an open round."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import transaction

from accounts.models import User
from partnerships.models import Partnership
from rounds.models import Round
from tests.example import answers, load, swale_round
from tests.factories import UserFactory
from tests.scenes import open_round_scene

pytestmark = pytest.mark.django_db


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


# What is here already stays ----------------------------------------------------------


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


def test_a_later_loading_keeps_quarter_3_open():
    first = datetime(2027, 3, 22, 8, 30, tzinfo=UTC)
    with time_machine.travel(first, tick=False):
        load()
    for days_later in (9, 16, 400):
        later = first + timedelta(days=days_later)
        with transaction.atomic(), time_machine.travel(later, tick=False):
            load()
            rounds = list(Round.objects.filter(slug="2023-24-q3"))
            transaction.set_rollback(True)

        assert len(rounds) == 2
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
