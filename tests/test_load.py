"""`make load` counts what it should, and finds what was acknowledged and lost."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.db import connection
from django.test import override_settings
from django.test.testcases import LiveServerThread, _StaticFilesHandler

from cspportal import waiting
from rounds.views import answers, writing
from tests.load import driving
from tests.load.counting import Seen, lost
from tests.load.driving import Run
from tests.load.running import FAULTS
from tests.load.seeding import seed


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch):
    """A portal that keeps no connection after the test, and need not be warmed up."""
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)
    monkeypatch.setattr(driving, "WARM_UP", 1)


def slow(get_response):
    """Work that leaves time for everybody else to come meanwhile."""

    def inner(request):
        time.sleep(0.2)
        return get_response(request)

    return inner


@contextmanager
def portal(*faults, room=60):
    """The portal as production has it, with a waiting room; the port it listens on."""
    middleware = [*settings.MIDDLEWARE, *faults]
    with override_settings(MIDDLEWARE=middleware, REQUESTS_AT_ONCE=1, REQUESTS_WAITING=room):
        server = LiveServerThread("127.0.0.1", _StaticFilesHandler)
        server.start()
        assert server.is_ready.wait(timeout=20)
        assert server.error is None
        yield server.port
        server.terminate()


def drive(port, people, *, leads, number=1, **given):
    run = Run(port, number)
    writers, readers = people
    driven = run.drive(writers[:leads], readers, **{"reports_a_second": 0} | given)
    # In a thread of its own: after a browser test the main one has a loop that runs.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, driven).result()
    return run


@pytest.mark.django_db(transaction=True)
def test_all_is_counted_and_who_is_turned_away_sends_again_what_came_back(monkeypatch):
    monkeypatch.setattr(waiting, "RETRY_AFTER", 1)
    people = seed(5)
    with portal() as port:
        quiet = drive(port, people, leads=4, seconds=0.5, reports_a_second=6)
    with portal(f"{__name__}.slow", room=2) as port:
        busy = drive(port, people, leads=5, number=2, seconds=0, opened_before=True)

    assert quiet.reports.ends == {"shown": 3}
    assert quiet.pages.ends == {"shown": 12}
    # One of them from two windows at once.
    assert quiet.saves.ends == {"saved": 12, "told of another's text": 1}
    assert len(quiet.acknowledged) == 12
    assert busy.saves.ends.pop("saved") == len(busy.acknowledged) == 5
    assert busy.saves.ends.pop("turned away") > 0
    assert not busy.saves.ends
    assert lost(quiet.acknowledged + busy.acknowledged) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("fault", FAULTS.values())
def test_each_planted_fault_is_found(monkeypatch, fault):
    # The naive save takes these places; they are put back afterwards.
    monkeypatch.setattr(writing, "held", writing.held)
    monkeypatch.setattr(answers, "save_held_answer", answers.save_held_answer)
    with portal(f"tests.load.planted.{fault}") as port:
        run = drive(port, seed(4), leads=4, seconds=0.5)

    assert len(lost(run.acknowledged)) == 1


def test_of_a_hundred_requests_the_slowest_five_are_beyond_the_percentile():
    seen = Seen()
    assert seen.percentile(95) == 0
    for number in range(1, 101):
        seen.add("shown", number / 100)

    assert (seen.percentile(50), seen.percentile(95)) == (0.5, 0.95)
