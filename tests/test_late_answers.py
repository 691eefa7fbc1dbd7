"""After closing, answers are let in one by one: until a moment, with a reason."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.links import hash_of
from rounds.models import Answer
from tests.factories import NOW, DelegationFactory, NoticeFactory
from tests.scenes import close, open_round_scene, write
from tests.writing import WRITTEN, address, asked, boxes, fill, problems, words

pytestmark = pytest.mark.django_db
LONDON = ZoneInfo("Europe/London")
CLOSED = datetime(2023, 10, 31, 9, tzinfo=LONDON)
LATE = datetime(2023, 10, 31, 20, tzinfo=LONDON)
UNTIL = {"closes_on_day": "3", "closes_on_month": "11", "closes_on_year": "2023"}
REASON = "The analyst was on leave."


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def scene(clock, settings):
    """A closed round in which one section was drafted and nothing was sent."""
    settings.PORTAL_ADDRESS = "https://portal.example.org"
    settings.MAIL_AT_ONCE = False
    scene = open_round_scene(now=NOW)
    write(scene, scene.action_answers[1])
    clock.move_to(CLOSED)
    close(scene)
    call_command("send_messages")
    mail.outbox.clear()
    return scene


def as_(client, scene, name):
    client.force_login(getattr(scene, name))
    return client


def let_in(client, scene, answer, **changes):
    where = address(scene, answer, "let_in")
    return fill(as_(client, scene, "coordinator"), where, **UNTIL | {"reason": REASON} | changes)


def test_the_row_of_a_priority_leaves_open_which_of_its_sections(client, scene):
    page = as_(client, scene, "coordinator").get(address(scene, scene.round, "board")).text
    [where] = set(re.findall(r'href="([^"]*/let-in/[^"]*)"', page))
    shown = client.get(where.replace("&amp;", "&"))
    boxes = re.findall("<input[^>]*name=.sections.[^>]*>", shown.text)
    assert len(boxes) == 7
    assert not [box for box in boxes if "checked" in box]
    assert f"{scene.action_answers[1].heading} (draft)" in words(shown)
    refused = client.post(where, {"reason": REASON})
    assert "Choose at least one section" in words(refused)

    late = scene.action_answers[0]
    told = words(client.get(let_in(client, scene, late)["Location"]))
    assert f"may be answered late, until Friday 3 November, 5pm: {late.heading}." in told


def test_a_late_answer_is_let_in_written_and_sent(client, scene, clock):
    late, other = scene.action_answers[:2]
    assert let_in(client, scene, late).status_code == 302
    board = words(client.get(address(scene, scene.round, "board")))
    assert "Let in late until Friday 3 November, 5pm" in board
    call_command("send_messages")
    told = {email.to[0]: email for email in mail.outbox}
    assert set(told) == {scene.lead.email, scene.deputy.email}
    email = told[scene.lead.email]
    assert REASON in email.body
    assert not email.attachments  # The day in the round's calendar file has passed.
    assert late.heading in email.body
    assert other.heading not in email.body
    assert "until Friday 3 November 2023 at 17:00" in email.subject

    clock.move_to(LATE)
    [link] = set(re.findall(r"https://portal\.example\.org(/asked/\S+)", email.body))
    lead = Client()
    home = lead.post(link, follow=True)
    assert "Let in late until Friday 3 November, 5pm" in words(home)
    assert "Done so far 0 of 1 section let in late" in words(home)
    assert "Due" not in words(home).split("Let in late until")[0]
    page = words(lead.get(scene.update.get_absolute_url()))
    assert "1 section may still be answered late" in page
    assert "0 of 1 section let in late is done." in page
    assert "Answers closed" in page
    assert "Not sent" in page
    assert REASON in page
    refused = fill_closed(lead, scene, other)
    assert "Quarter 2, 2023/24 closed on 20 October 2023" in refused
    saved = fill(lead, address(scene, late), **WRITTEN)
    assert saved["Location"] == reverse(
        "reports:check", args=[scene.partnership.slug, scene.update.pk]
    )
    check = lead.get(saved["Location"])
    assert "Submit to the coordinator" in words(check)
    # The other sections are gaps, too; but they were not let in.
    assert check.context["check"].button == "Submit"
    assert "not complete" not in words(check)
    assert "6 sections can no longer be answered, and print as they stand below." in words(check)
    assert "You can change it until" not in words(check)
    lead.post(address(scene, scene.update, "submit"))
    sent = words(lead.get(address(scene, scene.update, "sent")))
    assert "The round is closed: only what was let in late can still be changed" in sent
    assert "submit again" not in sent

    states = [each.state for each in scene.action_answers]
    assert states == ["submitted", "draft", "not_started"]
    as_(client, scene, "coordinator")
    record = words(client.get(address(scene, late, "section_record")))
    assert f"Let in late, until 3 November 2023 at 17:00 “{REASON}”" in record
    assert "Told by email that it may come late" in record
    assert "Sent to the coordinator, after the day it was due" in record
    assert "Late" in words(client.get(address(scene, scene.round, "board")))
    where = [scene.partnership.slug, scene.round.pk]
    report = client.get(reverse("reports:report", args=where))
    assert "We met with shops" in words(report)
    assert REASON not in words(report)
    returned = {"reason": "Which shops?", "version": Answer.objects.get(pk=late.pk).version}
    client.post(address(scene, late, "return"), returned)
    assert Answer.objects.get(pk=late.pk).state == "returned"


def test_a_late_section_of_somebody_else_keeps_no_link_alive(client, scene):
    let_in(client, scene, scene.action_answers[0])
    for person, status in ((scene.member, 410), (scene.deputy, 200)):
        token = f"a-token-of-{person.pk}"
        NoticeFactory(
            round=scene.round,
            person=person,
            day=CLOSED.date(),
            message__to=person.email,
            token_hash=hash_of(token),
        )
        assert Client().get(reverse("asked", args=[token])).status_code == status


def fill_closed(client, scene, answer):
    typed = WRITTEN | {"version": answer.version, "then": "next"}
    response = client.post(address(scene, answer), typed)
    assert response.status_code == 409
    assert "We met with shops" in words(response)
    return words(response)


def test_when_the_moment_has_passed_it_is_closed_again_with_the_text_kept(client, scene, clock):
    answer = scene.action_answers[0]
    let_in(client, scene, answer)
    clock.move_to(datetime(2023, 11, 3, 16, 59, 59, tzinfo=LONDON))
    as_(client, scene, "lead")
    page = client.get(address(scene, answer))
    assert "version" in boxes(page)
    clock.move_to(datetime(2023, 11, 3, 17, tzinfo=LONDON))
    refused = fill_closed(client, scene, answer)
    assert "could be answered late until 3 November 2023 at 17:00" in refused
    assert client.get(address(scene, answer)).context["form"] is None
    assert "Let in late" not in words(client.get(scene.partnership.get_absolute_url()))


def test_a_whole_update_is_let_in_and_what_is_wrong_is_said(client, scene):
    answer = scene.action_answers[0]
    everything = [str(each.pk) for each in scene.answers]
    wrong = let_in(client, scene, answer, sections=None, reason=" ", closes_on_year="2022")
    assert wrong.status_code == 422
    assert problems(wrong) == {
        "id_sections": "Choose at least one section",
        "id_reason": "Say why it is let in late",
        "id_closes_on_day": "That time has passed: choose a later one",
    }
    foreign = let_in(client, scene, answer, sections=["999999"])
    assert foreign.status_code == 422
    where = address(scene, answer, "let_in")
    given = UNTIL | {"closes_time": "5pm", "reason": REASON, "sections": everything}
    with CaptureQueriesContext(connection) as saving:
        client.post(where, given)
    assert Answer.objects.filter(let_in_reason=REASON).count() == len(everything)
    assert len(asked(saving)) <= 14
    call_command("send_messages")
    assert len(mail.outbox) == 2


def waiting_for(scene):
    """Whom a message about a late answer waits for."""
    notices = scene.round.notices.filter(kind="let_in", message__state="waiting")
    return {notice.person for notice in notices.select_related("person")}


def test_what_waits_about_a_late_answer_is_called_off_once_it_is_not_so(client, scene, clock):
    first, second, third = scene.action_answers
    DelegationFactory(answer=first, membership=scene.memberships["guest"])
    let_in(client, scene, first)
    assert waiting_for(scene) == {scene.lead, scene.deputy, scene.guest}
    clock.shift(60)
    let_in(client, scene, first, closes_on_day="2")
    notices = scene.round.notices.filter(kind="let_in")
    assert notices.filter(message__state="called_off").count() == 3
    let_in(client, scene, second)
    taking_back = reverse("rounds:take_back", args=[scene.partnership.slug, first.given.get().pk])
    as_(client, scene, "lead").post(taking_back)
    typed = boxes(client.get(address(scene, first))) | WRITTEN | {"then": "next"}
    client.post(address(scene, first), typed)
    client.post(address(scene, scene.update, "submit"))
    call_command("send_messages")
    assert not waiting_for(scene)
    assert notices.filter(message__state="called_off").count() == 8  # Of the second too, a draft.

    let_in(client, scene, third)
    clock.move_to(datetime(2023, 11, 3, 17, tzinfo=LONDON))
    mail.outbox.clear()
    call_command("send_messages")
    assert not mail.outbox
    assert not waiting_for(scene)


def test_what_was_let_in_is_taken_back_as_long_as_nothing_was_sent_under_it(client, scene, clock):
    first, second, third = scene.action_answers
    let_in(client, scene, first, sections=[first.pk, second.pk, third.pk])
    call_command("send_messages")
    clock.shift(60)
    let_in(client, scene, second)  # Told of both times; of the second nobody has heard yet.
    clock.shift(60)
    where = address(scene, second, "let_in_no_more")
    assert where in client.get(address(scene, second, "read")).content.decode()
    assert problems(fill(client, where, sections=None)) == {
        "id_sections": "Choose at least one section"
    }
    assert Answer.objects.filter(let_in_until=None).count() == 4
    mail.outbox.clear()
    with CaptureQueriesContext(connection) as taking_back:
        client.post(where, {"sections": [second.pk, third.pk]})
    assert len(asked(taking_back)) <= 14
    call_command("send_messages")
    assert {email.to[0] for email in mail.outbox} == {scene.lead.email, scene.deputy.email}
    assert all("no late answer is taken any more" in email.subject for email in mail.outbox)
    for email in mail.outbox:
        assert [each.heading in email.body for each in scene.action_answers] == [False, True, True]
    record = words(client.get(address(scene, second, "section_record")))
    assert "Not let in late any more" in record
    fill_closed(as_(client, scene, "lead"), scene, third)

    # What was sent, be it returned since, has come late: that is not undone.
    fill(client, address(scene, first), **WRITTEN)
    client.post(address(scene, scene.update, "submit"))
    version = Answer.objects.get(pk=first.pk).version
    returned = {"reason": "Which shops?", "version": version}
    as_(client, scene, "coordinator").post(address(scene, first, "return"), returned)
    where = address(scene, first, "let_in_no_more")
    assert where not in client.get(address(scene, first, "read")).content.decode()
    said = words(client.post(where, {"sections": [first.pk]}, follow=True))
    assert "No section of it is let in late, or it has been sent" in said
    assert Answer.objects.exclude(let_in_until=None).get() == first


@pytest.mark.parametrize(
    ("now", "proposed"),
    [
        (LATE, "1 11 2023 5pm"),
        # Before Christmas; and in London, though not in Greenwich, past the midnight of a Friday.
        (datetime(2023, 12, 22, 9, tzinfo=LONDON), "27 12 2023 5pm"),
        (datetime(2024, 6, 6, 23, 30, tzinfo=UTC), "10 6 2024 5pm"),
    ],
)
def test_the_next_working_day_is_proposed_at_the_hour_of_closing(
    client, scene, clock, now, proposed
):
    clock.move_to(now)
    page = as_(client, scene, "coordinator").get(address(scene, scene.action_answers[0], "let_in"))
    found = boxes(page)
    names = ("closes_on_day", "closes_on_month", "closes_on_year", "closes_time")
    assert " ".join(found[name] for name in names) == proposed


def test_nothing_is_let_in_while_the_round_takes_answers(client, clock):
    scene = open_round_scene(now=NOW)
    as_(client, scene, "coordinator")
    where = address(scene, scene.action_answers[0], "let_in")
    page = client.get(where, follow=True)
    assert "is not closed: nothing has to be let in late" in words(page)
    client.post(where, UNTIL | {"reason": REASON, "sections": [scene.action_answers[0].pk]})
    assert not Answer.objects.exclude(let_in_until=None).exists()
