"""Loading the example again keeps it as people have left it."""

from datetime import date, timedelta

import pytest
from django.apps import apps
from django.utils import timezone

from accounts.models import User
from actions.models import Action, Milestone
from partnerships.models import Membership, Partnership
from reports.example import load_example
from rounds.services import close_round, reopen_round
from tests.example import answers, load, swale_round

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("example")]


def everything():
    """Every row of every table, its history too."""
    return {
        model: list(model._base_manager.order_by("pk").values())
        for model in apps.get_models(include_auto_created=True)
    }


def test_loading_a_second_time_changes_nothing():
    before = everything()

    load()

    assert everything() == before


def test_what_people_have_changed_and_answered_survives_the_next_loading():
    swale = Partnership.objects.get(slug="swale")
    swale.name = "Swale and Sheppey Community Safety Partnership"
    swale.save()
    action = Action.objects.get(partnership=swale, reference="4.3")
    action.reference = "4.30"
    action.save()
    answers("q3").filter(reference="1.4").update(text="<p>Ours now.</p>")
    Milestone.objects.filter(partnership=swale).first().delete()
    Membership.objects.get(user__email="member@example.org").delete()
    lead = User.objects.get(email="lead.asb@example.org")
    lead.set_password("a password of their own")
    lead.save()
    before = everything()

    load()

    assert everything() == before


def test_who_may_no_longer_sign_in_is_not_in_the_table():
    User.objects.filter(email="guest@example.org").update(is_active=False)

    assert "guest@example.org" not in load()


def test_dates_that_are_still_ahead_stay_where_the_coordinator_put_them():
    round = swale_round("q3")
    round.due_on = timezone.localdate() + timedelta(days=3)
    round.save()

    load()

    assert swale_round("q3").due_on == round.due_on


def test_a_round_that_somebody_has_closed_stays_closed():
    close_round(round=swale_round("q3"), now=timezone.now())
    closed = swale_round("q3")

    load_example(now=timezone.now() + timedelta(days=365))

    assert swale_round("q3").is_closed
    assert swale_round("q3").closes_at == closed.closes_at


def test_quarter_2_keeps_its_dates_when_somebody_reopens_it():
    now = timezone.now()
    reopen_round(
        round=swale_round("q2"), reason="A try.", closes_at=now + timedelta(days=1), now=now
    )

    load()

    assert swale_round("q2").due_on == date(2023, 10, 27)
