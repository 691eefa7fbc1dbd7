"""The record: what became of each section, when and by whom, for those who may see it."""

import csv
from datetime import datetime
from io import BytesIO, StringIO
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from rounds.models import Answer, Opened
from rounds.record import record_of
from tests.factories import NOW
from tests.scenes import close, open_round_scene, submit, write
from tests.writing import WRITTEN, address, boxes, fill, words

pytestmark = pytest.mark.django_db
LONDON = ZoneInfo("Europe/London")


def at(day, hour=9, minute=0, month=10):
    return datetime(2023, month, day, hour, minute, tzinfo=LONDON)


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def scene(clock):
    """Opened on 18 October 2023, due on the 25th; and sent is what waits."""
    scene = open_round_scene(now=NOW)
    call_command("send_messages")
    return scene


def record(client, scene, answer, person=None):
    client.force_login(person or scene.coordinator)
    return client.get(address(scene, answer, "section_record"))


def named(scene, name):
    """A person as the record names them: with the post of that day."""
    return f"{getattr(scene, name)} ({scene.memberships[name]})"


def test_the_record_of_a_section_tells_its_whole_story(client, scene, clock):
    answer = scene.action_answers[0]
    clock.move_to(at(21))
    client.force_login(scene.lead)
    client.head(address(scene, answer))
    client.get(address(scene, answer), headers={"Sec-Purpose": "prefetch;prerender"})
    assert not Opened.objects.exists()
    client.get(address(scene, answer))
    clock.move_to(at(22))
    client.force_login(scene.lead)
    client.get(address(scene, answer))
    fill(client, address(scene, answer), **WRITTEN)
    fill(client, address(scene, answer), **WRITTEN | {"text": "<p>More.</p>"})
    clock.move_to(at(26))
    client.force_login(scene.lead)
    client.post(address(scene, scene.update, "submit"))
    client.force_login(scene.coordinator)
    page = client.get(address(scene, answer, "return"))
    version = boxes(page)["version"]
    given = {"reason": "Say how many came.", "version": version}
    client.post(address(scene, answer, "return"), given)
    call_command("send_messages")
    clock.move_to(at(28))
    client.force_login(scene.lead)
    fill(client, address(scene, answer), **WRITTEN | {"text": "<p>Twenty came.</p>"})
    client.post(address(scene, scene.update, "submit"))
    clock.move_to(at(29, 0, 30))
    client.force_login(scene.coordinator)
    fill(client, address(scene, answer), **WRITTEN | {"text": "<p>20 came.</p>"})
    answer.refresh_from_db()
    choice = f"{answer.pk}-{answer.version}"
    client.post(address(scene, scene.round, "accept"), {"answer": [choice]})

    page = record(client, scene, answer)

    lead, deputy, coordinator = (named(scene, name) for name in ("lead", "deputy", "coordinator"))
    events = [(event.when, event.what, event.why, event.who) for event in page.context["page"]]
    assert events == [
        ("20 October 2023 at 10:00", "Asked for", "", coordinator),
        ("20 October 2023 at 10:00", "Asked by email", "", lead),
        ("20 October 2023 at 10:00", "Asked by email", "", deputy),
        ("21 October 2023 at 09:00", "Opened for the first time", "", lead),
        ("22 October 2023 at 09:00", "Saved as a draft", "", lead),
        ("22 October 2023 at 09:00", "Saved again", "", lead),
        ("26 October 2023 at 09:00", "Sent to the coordinator", "", lead),
        ("26 October 2023 at 09:00", "Returned", "Say how many came.", coordinator),
        ("26 October 2023 at 09:00", "Told by email that it came back", "", lead),
        ("28 October 2023 at 09:00", "Saved as a draft", "", lead),
        (
            "28 October 2023 at 09:00",
            "Sent to the coordinator again, after the day it was due",
            "",
            lead,
        ),
        ("29 October 2023 at 00:30", "Edited by the coordinator", "", coordinator),
        ("29 October 2023 at 00:30", "Accepted", "", coordinator),
    ]
    assert "“Say how many came.”" in words(page)


def test_the_record_of_a_round_is_paged_and_taken_away(client, scene, clock):
    answer = scene.answer(Answer.Kind.KEY_ISSUES)
    write(scene, answer)
    clock.move_to(at(22, 1, 30, month=11))
    submit(scene)
    client.force_login(scene.coordinator)
    given = {"reason": "=1+1", "version": answer.version + 1}
    client.post(address(scene, answer, "return"), given)
    board, page = (
        client.get(address(scene, scene.round, name)) for name in ("board", "round_record")
    )
    where = address(scene, scene.round, "round_record")
    few = queries_of(client, where)

    files = [client.get(f"{where[:-1]}.{kind}") for kind in ("xlsx", "csv")]

    assert where in board.content.decode()
    what = page.context["page"][0].event.what
    assert what == "Told by email that it came back, not sent yet"
    assert "Returned: Key issues and emerging trends, Priority 1" in words(page)
    sheet = load_workbook(BytesIO(files[0].content)).active
    rows = list(sheet.iter_rows(values_only=True))
    [returned] = [row for row in rows if row[4] == "Returned"]
    coordinator = scene.coordinator
    section = ("Priority 1", "Key issues and emerging trends", "Returned", "=1+1")
    assert returned[1:] == ("01:30", *section, str(coordinator), "Coordinator")
    [cell] = [row[5] for row in sheet.iter_rows() if row[4].value == "Returned"]
    assert cell.data_type == "s"
    read = list(csv.reader(StringIO(files[1].content.decode("utf-8-sig"))))
    assert len(read) == len(rows) == page.context["page"].paginator.count + 1
    assert ["Returned", "'=1+1"] in [row[4:6] for row in read]
    assert few <= 10
    assert queries_of(client, address(scene, answer, "section_record")) <= 10


def queries_of(client, where):
    with CaptureQueriesContext(connection) as asked:
        assert client.get(where).status_code == 200
    return len(asked)


def told(scene, answer):
    return [(event.what, event.who) for event in record_of(scene.round, [answer.pk])]


def test_an_answer_for_a_lead_and_one_taken_in_say_so(client, scene, clock):
    spoken, drafted = scene.action_answers[:2]
    write(scene, drafted)
    client.force_login(scene.coordinator)
    client.post(address(scene, spoken, "quick"), {"response": "verbal", "version": 0})
    close(scene)
    clock.move_to(at(6, month=11))
    client.force_login(scene.coordinator)
    client.post(address(scene, drafted, "take_in"), {"version": 1})

    coordinator = named(scene, "coordinator")
    assert (f"Answered for {scene.update.lead_text}", coordinator) in told(scene, spoken)
    late = "Draft taken in: it had not been sent, after the day it was due"
    assert (late, coordinator) in told(scene, drafted)
