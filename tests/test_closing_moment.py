"""A round that closes: what is being saved is in its report, or refused with its text."""

from datetime import UTC, datetime, timedelta
from threading import Event, Thread

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from rounds.models import Answer, Round
from rounds.services import close_round
from tests.factories import NOW
from tests.scenes import open_round_scene, write
from tests.writing import address, boxes, fill, press, problems, words

AT_MOST = 1
"""Seconds for which one of two who would go on at once is waited for."""


def beside(work):
    """Start this with a connection of its own; what comes of it is in the list that is given."""
    found = []

    def run():
        try:
            found.append(work())
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    return thread, found


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", ["save", "submit"])
def test_a_save_that_meets_the_closing_is_refused_with_its_text(what):
    scene, lead, is_over = open_round_scene(), Client(), Event()
    answer = scene.answer(Answer.Kind.KEY_ISSUES)
    lead.force_login(scene.lead)
    typed = boxes(lead.get(address(scene, answer))) | {"text": "<p>In the very last moment.</p>"}
    if what == "submit":
        write(scene, answer)
    pages = {
        "save": (address(scene, answer), typed),
        "submit": (address(scene, scene.update, "submit"), {}),
    }

    def act():
        try:
            return lead.post(*pages[what])
        finally:
            is_over.set()

    with transaction.atomic():
        close_round(round=scene.round, now=NOW)
        thread, found = beside(act)
        was_too_early = is_over.wait(AT_MOST)
    thread.join()

    [response] = found
    answer.refresh_from_db()
    assert not was_too_early
    if what == "save":
        assert response.status_code == 409
        assert "In the very last moment." in response.content.decode()
        assert answer.state == Answer.State.NOT_STARTED
    else:
        assert answer.state == Answer.State.DRAFT


@pytest.mark.django_db(transaction=True)
def test_closing_waits_for_what_is_being_saved():
    scene, is_closed = open_round_scene(), Event()
    answer = scene.answer(Answer.Kind.KEY_ISSUES)

    def close():
        close_round(round=scene.round, now=NOW)
        is_closed.set()

    with transaction.atomic():
        write(scene, answer)
        thread, _ = beside(close)
        was_too_early = is_closed.wait(AT_MOST)
    thread.join()

    assert not was_too_early
    assert Round.objects.get().is_closed
    assert Answer.objects.get(pk=answer.pk).is_draft


# The night in which the clocks change -------------------------------------------------------------


NIGHT = {"closes_on_day": "25", "closes_on_month": "10", "closes_on_year": "2026"}


@pytest.mark.django_db
def test_a_closing_time_that_comes_twice_is_asked_for_and_shown_as_what_it_is(client, time_machine):
    time_machine.move_to(datetime(2026, 10, 20, 9, tzinfo=UTC), tick=False)
    scene = open_round_scene()
    client.force_login(scene.coordinator)
    where = reverse("rounds:dates", args=[scene.partnership.slug, scene.round.pk])
    due = {"meets_on_day": "", "meets_on_month": "", "meets_on_year": ""} | {
        "due_on_day": "24",
        "due_on_month": "10",
        "due_on_year": "2026",
    }
    given = due | NIGHT | {"closes_time": "1.30am"}

    asked = fill(client, where, **given)
    assert problems(asked) == {"id_closes_which": "Choose the first or the second"}
    assert "so 1:30am comes twice" in words(asked)
    assert "The second, GMT (01:30 in UTC)" in words(asked)
    moments = {"first": datetime(2026, 10, 25, 0, 30, tzinfo=UTC)}
    moments["second"] = moments["first"] + timedelta(hours=1)
    for which, moment in moments.items():
        assert press(client, where, asked, closes_which=which).status_code == 302
        scene.round.refresh_from_db()
        assert scene.round.closes_at == moment
        assert scene.round.takes_answers(moment - timedelta(microseconds=1))
        assert not scene.round.takes_answers(moment)
        said = words(client.get(where.replace("dates/", "")))
        assert f"1:30am {'BST' if which == 'first' else 'GMT'}" in said
        asked = client.get(where)
        assert boxes(asked)["closes_which"] == which

    other = fill(client, where, **given | {"closes_time": "2am"})
    assert other.status_code == 302
    scene.round.refresh_from_db()
    assert scene.round.closes_at == moments["second"] + timedelta(minutes=30)
    spring = {"closes_on_day": "28", "closes_on_month": "3", "closes_on_year": "2027"}
    never = fill(client, where, **given | spring)
    assert problems(never) == {
        "id_closes_time": "The clocks go forward over that time: choose another"
    }
