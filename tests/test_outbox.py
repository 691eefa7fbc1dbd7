"""The outbox against a real mail server: each message once, and nobody waits for another's."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest
from django.conf import settings as django_settings
from django.core import mail as django_mail
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from mail.delivery import send_due
from mail.letters import Bullets, Button, Letter, Paragraph, paragraphs
from mail.models import GIVE_UP_AFTER, KEPT_FOR, Message
from mail.services import call_off, forget_words, new_message, put_in_outbox, try_again
from tests.factories import NOW
from tests.smtp import SILENT_FOR, mail_server, send_to_a_mail_server

ROOT = Path(__file__).parent.parent
LETTER = Letter("Please answer", [Paragraph("The round is open."), Button("Answer", "https://x/")])


class Clock:
    """A clock that is moved by hand."""

    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now

    def move(self, **by):
        self.now += timedelta(**by)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def server(settings):
    send_to_a_mail_server(settings)
    with mail_server(settings) as server:
        yield server


def put(key, *, letter=LETTER, now=NOW, **more):
    more = {"to": f"{key}@example.org", "sender": "swale"} | more
    [kept] = put_in_outbox([new_message(key=key, letter=letter, now=now, **more)])
    return Message.objects.get(pk=kept.pk)


@pytest.mark.django_db
def test_a_message_goes_out_once_as_text_and_as_a_page_with_its_calendar_entry(server, clock):
    letter = Letter(
        "Round\nBcc: all@example.org",
        [*paragraphs("Dear lead,\r\n\r\nplease <answer>."), Bullets(("1.1 Visits", "1.2 Shops"))],
    )
    made = put("a", letter=letter, reply_to="help@example.org", calendar="BEGIN:VCALENDAR\r\n")
    assert send_due(clock) == (1, 0)
    assert send_due(clock) == (0, 0)

    [email] = server.taken
    assert email["Subject"] == "Round Bcc: all@example.org"
    assert (email["To"], email["Reply-To"]) == ("a@example.org", "help@example.org")
    assert email["Bcc"] is None
    assert email["Message-ID"] == made.message_id
    assert email["Auto-Submitted"] == "auto-generated"
    plain = email.get_body(("plain",)).get_content().replace("\r\n", "\n")
    assert plain.split("\n\n")[:2] == ["Dear lead,", "please <answer>."]
    assert "- 1.1 Visits\n- 1.2 Shops" in plain
    page = email.get_body(("html",)).get_content()
    assert "please &lt;answer&gt;." in page
    [calendar] = email.iter_attachments()
    assert calendar.get_content_type() == "text/calendar"
    made.refresh_from_db()
    assert (made.state, made.ended_at, made.tries) == (Message.State.SENT, NOW, 1)


@pytest.mark.django_db
def test_what_is_asked_for_twice_is_one_message(server, clock):
    first = put("a")
    again = put("a", letter=Letter("Something else", []))
    assert again.pk == first.pk
    assert again.subject == "Please answer"
    assert send_due(clock) == (1, 0)


@pytest.mark.django_db
def test_a_message_that_its_transaction_takes_back_was_never_there(server, clock):
    with transaction.atomic():
        put("a")
        transaction.set_rollback(True)
    assert send_due(clock) == (0, 0)


@pytest.mark.django_db
def test_a_bad_address_is_given_up_at_once_and_holds_nobody_up(server, clock):
    server.refused["bad@example.org"] = "550 5.1.1 No such user"
    bad, good = put("bad"), put("good", now=NOW + timedelta(microseconds=1))
    clock.move(seconds=1)
    assert send_due(clock) == (1, 1)
    assert server.addresses == ["good@example.org"]
    bad.refresh_from_db()
    assert (bad.state, bad.problem) == (Message.State.FAILED, "550 5.1.1 No such user")
    good.refresh_from_db()
    assert good.state == Message.State.SENT
    clock.move(days=1)
    assert send_due(clock) == (0, 0)

    # Once the address is in order somebody lets it be tried again.
    server.refused.clear()
    assert try_again([bad.pk, good.pk], now=clock()) == 1
    assert send_due(clock) == (1, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["to", "reply_to"])
def test_an_address_with_a_header_in_it_is_given_up_and_holds_nobody_up(server, clock, field):
    bad = put("bad", **{field: "a@example.org\nBcc: all@example.org"})
    put("good", now=NOW + timedelta(microseconds=1))
    clock.move(seconds=1)
    assert send_due(clock) == (1, 1)
    assert server.addresses == ["good@example.org"]
    assert server.tries == ["good@example.org"]
    bad.refresh_from_db()
    assert (bad.state, bad.ended_at) == (Message.State.FAILED, clock.now)


@pytest.mark.django_db
def test_an_address_that_is_put_off_is_tried_again_ever_later_for_four_hours(server, clock):
    server.refused["a@example.org"] = "451 4.7.1 Come back later"
    made = put("a")
    tried_at = []
    while clock.now <= NOW + timedelta(hours=5):
        before = len(server.tries)
        send_due(clock)
        if len(server.tries) > before:
            tried_at.append((clock.now - NOW).total_seconds() / 60)
        clock.move(minutes=1)
    assert tried_at == [0, 1, 3, 7, 15, 31, 63, 95, 127, 159, 191, 223, 240]
    made.refresh_from_db()
    assert (made.state, made.problem) == (Message.State.FAILED, "451 4.7.1 Come back later")
    assert made.ended_at == NOW + GIVE_UP_AFTER


@pytest.mark.django_db
def test_while_the_mail_server_is_away_everything_waits_and_then_goes_out_once(settings, clock):
    send_to_a_mail_server(settings)
    made = [put(key) for key in "abc"]
    for _ in range(47):
        assert send_due(clock) == (0, 3)
        assert send_due(clock) == (0, 0)
        clock.move(minutes=5)
    with mail_server(settings) as server:
        assert send_due(clock) == (3, 0)
    assert len(server.taken) == len(made)


@pytest.mark.django_db
def test_a_mail_server_that_stays_away_for_four_hours_fails_what_was_waiting_for_it(
    settings, clock
):
    send_to_a_mail_server(settings)
    made = put("a")
    for _ in range(49):
        send_due(clock)
        clock.move(minutes=5)
    made.refresh_from_db()
    assert (made.state, made.ended_at) == (Message.State.FAILED, NOW + GIVE_UP_AFTER)
    assert "refused" in made.problem


@pytest.mark.django_db
def test_a_server_lost_before_it_had_the_message_is_tried_again_for_four_hours(server, clock):
    server.is_lost_before_data = True
    made = put("a")
    while clock.now <= NOW + GIVE_UP_AFTER:
        send_due(clock)
        clock.move(minutes=1)
    assert len(server.tries) == 13
    assert not server.taken
    made.refresh_from_db()
    assert (made.state, made.ended_at) == (Message.State.FAILED, NOW + GIVE_UP_AFTER)
    assert "may have arrived" not in made.problem


@pytest.mark.django_db
@pytest.mark.parametrize("fault", ["lost_after_data", "silent_after_data"])
def test_a_server_lost_after_it_had_the_message_is_tried_once_more_under_the_same_number(
    server, clock, settings, fault
):
    settings.EMAIL_TIMEOUT = SILENT_FOR / 4
    setattr(server, fault, 1)
    made = put("a")
    assert send_due(clock) == (0, 1)
    clock.move(minutes=1)
    assert send_due(clock) == (1, 0)
    assert {email["Message-ID"] for email in server.taken} == {made.message_id}
    assert len(server.taken) == 2


@pytest.mark.django_db
def test_a_message_whose_fate_is_unknown_twice_is_not_sent_a_third_time(server, clock):
    server.lost_after_data = 9
    made = put("a")
    for _ in range(300):
        send_due(clock)
        clock.move(minutes=1)
    assert len(server.taken) == 2
    made.refresh_from_db()
    assert made.state == Message.State.FAILED
    assert "may have arrived" in made.problem


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_dies_with_a_message_leaves_one_duplicate_at_most(server, clock, settings):
    """The process is killed by the mail server, once it has the message and before it says so."""
    made = put("a", now=NOW - timedelta(days=1))
    database = django_settings.DATABASES["default"]
    if connection.vendor == "sqlite":
        address = f"sqlite:///{connection.settings_dict['NAME']}"
    else:
        address = "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(
            **database | {"NAME": connection.settings_dict["NAME"]}
        )
    environment = os.environ | {
        "DATABASE_URL": address,
        "EMAIL_URL": f"smtp://127.0.0.1:{settings.EMAIL_PORT}",
    }
    for tries in (1, 2, 3):
        worker = subprocess.Popen(
            [sys.executable, "manage.py", "send_messages"], cwd=ROOT, env=environment
        )
        server.on_data = lambda pid=worker.pid: os.kill(pid, signal.SIGKILL)
        assert worker.wait(timeout=60) == (-signal.SIGKILL if tries < 3 else 0)
        made.refresh_from_db()
        assert made.tries == min(tries, 2)
        Message.objects.filter(pk=made.pk, state=Message.State.WAITING).update(next_try_at=NOW)
    assert [email["Message-ID"] for email in server.taken] == [made.message_id] * 2
    assert made.state == Message.State.FAILED


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_each_message_once(server, clock):
    made = put_in_outbox(
        new_message(key=f"{n}", sender="swale", to=f"{n}@example.org", letter=LETTER, now=NOW)
        for n in range(40)
    )
    start, sent = Barrier(2), []

    def work():
        start.wait()
        try:
            sent.append(send_due(clock)[0])
        finally:
            connection.close()

    workers = [Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(sent) == 40
    assert sorted(email["Message-ID"] for email in server.taken) == sorted(
        each.message_id for each in made
    )


@pytest.mark.django_db
def test_a_message_that_is_no_longer_needed_is_not_sent_and_one_that_is_sent_stays_so(
    server, clock
):
    sent = put("sent")
    send_due(clock)
    waiting = put("waiting")
    assert call_off([sent.pk, waiting.pk], now=NOW) == 1
    assert send_due(clock) == (0, 0)
    assert server.addresses == ["sent@example.org"]


@pytest.mark.django_db
def test_the_words_of_a_message_are_forgotten_when_it_has_long_been_sent(server, clock):
    sent, waiting = put("sent"), put("waiting", now=NOW + timedelta(days=1000))
    send_due(clock)
    assert forget_words(now=NOW + KEPT_FOR) == 0
    assert forget_words(now=NOW + KEPT_FOR + timedelta(seconds=1)) == 1
    sent.refresh_from_db()
    waiting.refresh_from_db()
    assert (sent.text, sent.html, sent.subject) == ("", "", "Please answer")
    assert waiting.text


@pytest.mark.django_db(transaction=True)
def test_in_development_a_message_goes_out_with_the_page_that_made_it(settings):
    settings.MAIL_AT_ONCE = True
    put("a")
    assert [email.to for email in django_mail.outbox] == [["a@example.org"]]
    settings.MAIL_AT_ONCE = False
    put("b")
    assert len(django_mail.outbox) == 1
    call_command("send_messages")
    assert [email.to for email in django_mail.outbox] == [["a@example.org"], ["b@example.org"]]


@pytest.mark.django_db
def test_any_number_of_messages_is_put_into_the_outbox_in_one_query():
    with CaptureQueriesContext(connection) as asked:
        put_in_outbox(
            new_message(key=f"{n}", sender="swale", to="a@example.org", letter=LETTER, now=NOW)
            for n in range(48)
        )
    assert len(asked) == 1


@pytest.mark.django_db
def test_the_site_administration_shows_what_was_not_delivered_and_lets_it_be_tried_again(
    server, clock, admin_client
):
    server.refused["a@example.org"] = "550 5.1.1 No such user"
    made = put("a")
    send_due(clock)
    page = admin_client.get("/admin/mail/message/", {"state": "failed"}).content.decode()
    assert "550 5.1.1 No such user" in page
    server.refused.clear()
    admin_client.post(
        "/admin/mail/message/", {"action": "send_again", "_selected_action": [made.pk]}
    )
    call_command("send_messages")
    assert server.addresses == ["a@example.org"]
    assert admin_client.get(f"/admin/mail/message/{made.pk}/change/").status_code == 200
