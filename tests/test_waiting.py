"""Past what the portal can do it says so at once, and gives back what was posted."""

import runpy
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest
from allauth.core.internal.httpkit import get_client_ip
from django.http import HttpResponse
from django.test import override_settings

from cspportal import waiting
from cspportal.waiting import WaitingRoom
from rounds.models import Answer
from tests.scenes import open_round_scene
from tests.test_headers import directives, offences, production
from tests.writing import WRITTEN, address, boxes, press, words

GUNICORN = Path(__file__).resolve().parent.parent / "gunicorn.conf.py"


class Portal:
    """A portal whose one worker is held up until it is let go; what it has answered, in order."""

    def __init__(self):
        self.begun, self.goes_on, self.answered = Event(), Event(), []
        self.room = WaitingRoom(self.answer)
        self.people = ThreadPoolExecutor(20)

    def answer(self, request):
        self.begun.set()
        assert self.goes_on.wait(timeout=20)
        self.answered.append(request.path)
        return HttpResponse("Done")

    def ask(self, request):
        """Somebody asks, and waits; returns once they stand in line or have their answer."""
        is_first, before = not self.begun.is_set(), self.length
        asked = self.people.submit(self.room, request)
        while not (asked.done() or (self.begun.is_set() if is_first else self.length > before)):
            time.sleep(0.001)
        return asked

    @property
    def length(self):
        return sum(map(len, self.room.lines))


@pytest.fixture
def portal(settings):
    settings.REQUESTS_AT_ONCE, settings.REQUESTS_WAITING = 1, 4
    portal = Portal()
    yield portal
    portal.goes_on.set()
    portal.people.shutdown()
    portal.room.workers.shutdown()


def test_what_is_posted_goes_first_and_has_half_the_room_alone(portal, rf):
    asked = [portal.ask(rf.get(f"/page/{number}/")) for number in range(4)]
    asked += [portal.ask(rf.post(f"/save/{number}/", WRITTEN)) for number in range(3)]
    portal.goes_on.set()
    answers = [each.result(timeout=20).status_code for each in asked]

    assert answers == [200, 200, 200, 503, 200, 200, 503]
    assert portal.answered == ["/page/0/", "/save/0/", "/save/1/", "/page/1/", "/page/2/"]


def test_reports_wait_behind_the_pages_on_which_people_work(portal, settings, rf):
    settings.REQUESTS_WAITING = 20
    where = ["/swale/", "/swale/reports/1/", "/p/swale/", "/swale/answers/2/", "/swale/reports/"]
    asked = [portal.ask(rf.get(each)) for each in where]
    asked += [portal.ask(rf.post("/swale/reports/1/issue/", WRITTEN))]
    portal.goes_on.set()

    assert [each.result(timeout=20).status_code for each in asked] == [200] * 6
    assert portal.answered == [
        *("/swale/", "/swale/reports/1/issue/", "/swale/answers/2/"),
        *("/swale/reports/1/", "/p/swale/", "/swale/reports/"),
    ]


def test_a_draft_that_a_script_keeps_waits_behind_what_a_person_saves(portal, rf):
    keep = {"headers": {"Accept": "application/json"}}
    asked = [portal.ask(rf.get("/page/"))]
    asked += [portal.ask(rf.post(f"/draft/{number}/", WRITTEN, **keep)) for number in range(3)]
    asked += [portal.ask(rf.post("/save/", WRITTEN))]
    portal.goes_on.set()
    answers = [each.result(timeout=20).status_code for each in asked]

    assert answers == [200, 200, 200, 503, 200]
    assert portal.answered == ["/page/", "/save/", "/draft/0/", "/draft/1/"]


def test_who_has_waited_too_long_is_turned_away_and_never_answered_afterwards(
    portal, rf, monkeypatch
):
    monkeypatch.setattr(waiting, "LONGEST_WAIT", 0.1)
    first = portal.ask(rf.get("/begun/"))
    second = portal.ask(rf.post("/waits/", {"text": "Written in vain?"}))

    turned_away = second.result(timeout=20)
    portal.goes_on.set()

    assert turned_away.status_code == 503
    assert boxes(turned_away)["text"] == "Written in vain?"
    assert first.result(timeout=20).status_code == 200
    portal.room.workers.shutdown()
    assert portal.answered == ["/begun/"]


def test_a_fault_behind_the_waiting_room_reaches_who_asked(rf, settings):
    settings.REQUESTS_AT_ONCE = 1

    def fail(request):
        raise SystemExit("the process is ending")

    with pytest.raises(SystemExit):
        WaitingRoom(fail)(rf.get("/"))


@pytest.mark.django_db
def test_a_busy_portal_gives_the_text_back_says_when_to_come_and_takes_it_then(
    client, settings, django_assert_num_queries
):
    scene = open_round_scene()
    answer = scene.action_answers[0]
    client.force_login(scene.lead)
    page = client.get(address(scene, answer))
    client.handler._middleware_chain = None
    settings.REQUESTS_AT_ONCE, settings.REQUESTS_WAITING = 1, 0

    with django_assert_num_queries(0):
        refused = press(client, address(scene, answer), page, **WRITTEN | {"text": "So it is."})
        not_shown = client.get(address(scene, answer))

    for response in (refused, not_shown):
        assert (response.status_code, response["Retry-After"]) == (503, "10")
        assert "The portal is very busy just now" in words(response)
        assert directives(response)["default-src"] == ["'none'"]
        assert offences(response) == []
    assert "Nothing was saved" not in words(not_shown)
    assert Answer.objects.get(pk=answer.pk).text == ""
    client.handler._middleware_chain = None
    settings.REQUESTS_AT_ONCE = 0
    assert client.post(address(scene, answer), boxes(refused)).status_code == 302
    assert Answer.objects.get(pk=answer.pk).text == "<p>So it is.</p>"


def test_in_production_there_are_threads_left_to_turn_people_away(monkeypatch):
    settings = production(monkeypatch)

    room = settings["REQUESTS_AT_ONCE"] + settings["REQUESTS_WAITING"]
    assert 0 < room < runpy.run_path(str(GUNICORN))["threads"]


def test_behind_the_proxy_attempts_to_sign_in_are_counted_for_each_address(monkeypatch, rf):
    found = production(monkeypatch)["ALLAUTH_TRUSTED_PROXY_COUNT"]
    request = rf.get("/", headers={"x-forwarded-for": "192.0.2.1, 198.51.100.7"})

    with override_settings(ALLAUTH_TRUSTED_PROXY_COUNT=found):
        assert get_client_ip(request) == "198.51.100.7"
