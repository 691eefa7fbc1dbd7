"""A round that closes: what is being saved is in its report, or refused with its text."""

from threading import Event, Thread

import pytest
from django.db import connection, transaction
from django.test import Client

from rounds.models import Answer, Round
from rounds.services import close_round
from tests.factories import NOW
from tests.scenes import open_round_scene, write
from tests.writing import address, boxes

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
