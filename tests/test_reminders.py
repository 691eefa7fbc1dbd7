"""Those who have not answered are reminded, by the clock and by hand, once a day at most."""

import re
from datetime import date, datetime, timedelta
from threading import Barrier, Thread
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from documents.removal import Words
from mail.models import Message
from reports.places import messages_with
from rounds.models import Answer, Notice, Round
from rounds.services import open_round
from tests.factories import (
    NOW,
    MembershipFactory,
    NoticeFactory,
    PriorityFactory,
    PriorityLeadFactory,
)
from tests.scenes import all_figures, give_back, open_round_scene, write
from tests.smtp import mail_server, send_to_a_mail_server
from tests.writing import boxes, fill, problems, words

pytestmark = pytest.mark.django_db
LONDON = ZoneInfo("Europe/London")
DUE = date(2023, 11, 10)
CLOSES = datetime(2023, 11, 27, 17, tzinfo=LONDON)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def portal(settings):
    settings.PORTAL_ADDRESS = "https://portal.example.org"
    settings.MAIL_AT_ONCE = False


def opened_scene(
    *, due_on=DUE, closes_at=CLOSES, second_priority="", supplier="", **of_partnership
):
    """A round opened on Friday 20 October, with everybody asked; nobody has answered."""
    scene = open_round_scene(now=NOW, opened=False, **of_partnership)
    if second_priority:
        PriorityFactory(plan=scene.plan, reference="2", title=second_priority, order=11)
    if supplier:
        scene.indicator.supplier = MembershipFactory(
            partnership=scene.partnership, user__email=supplier
        )
        scene.indicator.save()
    Round.objects.filter(pk=scene.round.pk).update(due_on=due_on, closes_at=closes_at)
    open_round(round=scene.round, by=scene.coordinator, now=NOW)
    scene.round.refresh_from_db()
    call_command("send_messages")
    mail.outbox.clear()
    return scene


@pytest.fixture
def scene():
    return opened_scene()


def run(clock=None, *at):
    """Both timers, at a time in London if one is given; the messages by address."""
    if clock is not None:
        clock.move_to(datetime(*at, tzinfo=LONDON))
    mail.outbox.clear()
    call_command("send_reminders")
    call_command("send_messages")
    assert len({email.to[0] for email in mail.outbox}) == len(mail.outbox)
    return {email.to[0]: email for email in mail.outbox}


def days_reminded(clock, person, until, hours=(7, 59), twice=True):
    """On which days a person has a message, with the timers run before 8 and twice after."""
    found = []
    day = NOW.date()
    while day < until:
        assert not run(clock, day.year, day.month, day.day, *hours)
        for hour in (8, 16):
            if person.email in run(clock, day.year, day.month, day.day, hour):
                found.append(day)
        day += timedelta(days=1)
    return found


def test_who_is_silent_is_reminded_on_the_days_of_the_setting_and_weekly_until_closing(
    scene, clock
):
    assert days_reminded(clock, scene.lead, date(2023, 12, 5)) == [
        date(2023, 10, 27),
        date(2023, 11, 3),
        date(2023, 11, 9),
        date(2023, 11, 10),
        date(2023, 11, 17),
        date(2023, 11, 24),
    ]
    told = set(Notice.objects.values_list("person__email", flat=True))
    assert told == {scene.lead.email, scene.deputy.email, scene.coordinator.email}


def test_weekends_and_bank_holidays_move_to_the_next_working_day(clock):
    # 14 days before is Christmas Day, 7 before New Year's Day, 1 before a Sunday.
    scene = opened_scene(
        due_on=date(2024, 1, 8), closes_at=datetime(2024, 1, 15, 17, tzinfo=LONDON)
    )
    clock.move_to(datetime(2023, 12, 20, 9, tzinfo=LONDON))
    assert [
        day
        for day in (date(2023, 12, 20) + timedelta(days=n) for n in range(30))
        if scene.lead.email in run(clock, day.year, day.month, day.day, 9)
    ] == [date(2023, 12, 27), date(2024, 1, 2), date(2024, 1, 8), date(2024, 1, 15)]


@pytest.mark.parametrize(
    ("due_on", "just_before"),
    [
        # The Monday after the clocks went back: 8 in London is 8 in Greenwich.
        (date(2023, 10, 30), "2023-10-30T07:59:59+00:00"),
        # The working day after they went forward (Good Friday and Easter come first).
        (date(2024, 4, 2), "2024-04-02T06:59:59+00:00"),
    ],
)
def test_reminders_go_from_eight_in_london_whatever_its_clocks_do(clock, due_on, just_before):
    scene = opened_scene(
        due_on=due_on, closes_at=datetime.fromisoformat(just_before) + timedelta(days=1)
    )
    at = datetime.fromisoformat(just_before)
    clock.move_to(at - timedelta(days=4))
    run()
    clock.move_to(at)
    assert not run()
    clock.move_to(at + timedelta(seconds=1))
    assert "is due today" in run()[scene.lead.email].subject


def test_a_run_that_was_missed_is_caught_up_once(scene, clock):
    # Nothing ran on 27 October, 3 and 9 November, nor on the weekend.
    assert not run(clock, 2023, 11, 5, 12)
    assert scene.lead.email in run(clock, 2023, 11, 6, 12)
    for day in (7, 8):
        assert not run(clock, 2023, 11, day, 12)
    assert scene.lead.email in run(clock, 2023, 11, 9, 12)


def test_nobody_is_reminded_on_the_day_of_opening_or_of_what_was_planned_before(clock):
    scene = opened_scene(due_on=NOW.date() + timedelta(days=7))
    assert not run(clock, 2023, 10, 20, 16)
    assert not run(clock, 2023, 10, 25, 9)
    assert scene.lead.email in run(clock, 2023, 10, 26, 9)


def answer_in_one_click(client, scene, answers):
    """As the lead does, from the list of what is asked; it is sent with `send_update`."""
    client.force_login(scene.lead)
    for answer in answers:
        answer.refresh_from_db()
        client.post(
            reverse("rounds:quick", args=[scene.partnership.slug, answer.pk]),
            {"response": Answer.Response.VERBAL, "version": answer.version},
        )


def send_update(client, scene, answers=None):
    answer_in_one_click(client, scene, scene.answers if answers is None else answers)
    client.post(reverse("rounds:submit", args=[scene.partnership.slug, scene.update.pk]))
    client.logout()


def test_the_reminder_names_what_is_missing_and_nothing_else_and_stops_when_all_is_in(
    scene, clock, client
):
    send_update(client, scene, scene.action_answers[:2])
    email = run(clock, 2023, 10, 27, 9)[scene.lead.email]
    assert email.subject == (
        f"Reminder: {scene.round.full_label}, your update for {scene.partnership} is due on "
        "Friday 10 November 2023"
    )
    assert scene.actions[0].title not in email.body
    assert f"- {scene.actions[2].reference} {scene.actions[2].title}" in email.body
    assert "closes on Monday 27 November 2023 at 17:00" in email.body
    [link] = set(re.findall(r"https://portal\.example\.org(/asked/\S+)", email.body))
    assert Client().post(link)["Location"] == scene.partnership.get_absolute_url()

    waiting = [each for each in scene.answers if each.state == Answer.State.NOT_STARTED]
    send_update(client, scene, waiting)
    assert not run(clock, 2023, 11, 3, 9)

    # Returned, it is chased again, from the next day of reminders on.
    clock.move_to(datetime(2023, 11, 6, 9, tzinfo=LONDON))
    client.force_login(scene.coordinator)
    answer = scene.action_answers[0]
    client.post(
        reverse("rounds:return", args=[scene.partnership.slug, answer.pk]),
        {"reason": "Say how many", "version": answer.version},
    )
    assert "look again" in run()[scene.lead.email].subject
    assert not run(clock, 2023, 11, 7, 9)
    assert (
        f"- {answer.heading}: returned to you" in run(clock, 2023, 11, 9, 9)[scene.lead.email].body
    )
    late = run(clock, 2023, 11, 17, 9)[scene.lead.email]
    assert "was due on Friday 10 November 2023" in late.subject
    assert "Late answers are taken until Monday 27 November 2023 at 17:00" in late.body


def test_who_supplies_a_figure_is_reminded_of_it_until_it_is_in_on_their_link(clock):
    scene = opened_scene(supplier="analyst@example.org")
    email = run(clock, 2023, 10, 27, 9)["analyst@example.org"]
    assert f"Figures you supply\n------------------\n\n- {scene.indicator.name}" in email.body
    for action in scene.actions:
        assert action.title not in email.body
    [link] = set(re.findall(r"https://portal\.example\.org(/asked/\S+)", email.body))
    assert Client().post(link)["Location"] == scene.partnership.get_absolute_url()

    write(scene, scene.answer("figures"), figures=all_figures(scene)[:1])
    assert "analyst@example.org" in run(clock, 2023, 11, 3, 9)
    write(scene, scene.answer("figures"), figures=all_figures(scene))
    told = run(clock, 2023, 11, 9, 9)
    assert scene.lead.email in told
    assert "analyst@example.org" not in told


def test_who_has_left_or_cannot_sign_in_is_not_reminded(scene, clock):
    membership, out = scene.memberships["lead"], scene.deputy
    membership.ends_on = NOW.date()
    membership.save()
    out.is_active = False
    out.save()
    # Nobody else is linked: the coordinator is asked, in the message that says how it stands.
    [(address, email)] = run(clock, 2023, 10, 27, 9).items()
    assert address == scene.coordinator.email
    assert "you are asked as its coordinator" in email.body
    assert "0 of 7 sections sent" in email.body


def test_a_person_has_one_message_a_day_for_all_rounds_with_a_link_for_each(scene, clock):
    other = opened_scene(slug="elsewhere", name="Elsewhere Partnership")
    PriorityLeadFactory(
        priority=other.priority,
        membership=MembershipFactory(
            partnership=other.partnership, member=True, user=scene.lead, post="Adviser"
        ),
    )
    email = run(clock, 2023, 10, 27, 9)[scene.lead.email]
    assert email.subject == "Reminder: 2 rounds wait for your update"
    for each in (scene, other):
        assert f"{each.round.full_label}, {each.partnership}: your update\n" in email.body
    links = re.findall(r"https://portal\.example\.org(/asked/\S+)", email.body)
    assert sorted(Client().post(link)["Location"] for link in links) == sorted(
        each.partnership.get_absolute_url() for each in (scene, other)
    )
    assert "coordinator@" not in email.body
    # What one partnership destroys is looked for in it too.
    message = Message.objects.get(to=scene.lead.email, key__startswith="reminder")
    for each in (scene, other):
        found = [found for found, _ in messages_with(each.partnership, Words.of(["Safer streets"]))]
        assert message in found


def test_who_runs_the_round_is_told_who_answered_who_is_late_and_whom_mail_misses(
    clock, client, settings
):
    scene = opened_scene(second_priority="Quiet nights")
    send_to_a_mail_server(settings)
    with mail_server(settings) as server:
        server.refused[scene.lead.email] = "550 5.1.1 No such user"
        run(clock, 2023, 10, 27, 9)
        send_update(client, scene)
        run(clock, 2023, 11, 17, 9)
    email = [each for each in server.taken if each["To"] == scene.coordinator.email][-1]
    text = email.get_body(("plain",)).get_content().replace("\r\n", "\n")
    assert email["Subject"].startswith(f"Reminder: {scene.round.full_label}, your update")
    assert "Nobody is linked to it who could answer" in text
    assert "7 of 9 sections sent. The update was due on Friday 10 November 2023." in text
    late = "Quiet nights: 2 of 2 sections; nobody is linked to it, so answer for them"
    assert f"Late\n----\n\n- Priority 2: {late}" in text
    assert "Answered\n--------\n\n- Priority 1: Safer streets" in text
    assert f"- {scene.lead.email}: 550 5.1.1 No such user" in text
    assert f"https://portal.example.org{scene.round.get_absolute_url()}" in text


# What waits in the outbox ----------------------------------------------------------------------


def test_a_reminder_that_waits_is_called_off_once_everything_is_in(scene, clock, client):
    clock.move_to(datetime(2023, 10, 27, 9, tzinfo=LONDON))
    call_command("send_reminders")
    send_update(client, scene)
    mail.outbox.clear()
    call_command("send_messages")
    assert not mail.outbox
    states = Message.objects.filter(key__startswith="reminder").values_list("state", flat=True)
    assert set(states) == {Message.State.CALLED_OFF}


def test_a_reminder_that_waited_long_says_what_is_missing_when_it_goes(scene, clock, client):
    clock.move_to(datetime(2023, 10, 27, 9, tzinfo=LONDON))
    call_command("send_reminders")
    send_update(client, scene, scene.action_answers[:1])
    clock.move_to(datetime(2023, 10, 27, 9, 20, tzinfo=LONDON))
    mail.outbox.clear()
    call_command("send_messages")
    [email] = [each for each in mail.outbox if each.to == [scene.lead.email]]
    assert scene.actions[0].title not in email.body
    assert scene.actions[1].title in email.body
    [link] = set(re.findall(r"https://portal\.example\.org(/asked/\S+)", email.body))
    assert Client().post(link)["Location"] == scene.partnership.get_absolute_url()
    [of_coordinator] = [each for each in mail.outbox if each.to == [scene.coordinator.email]]
    assert "1 of 7 sections sent" in of_coordinator.subject


@pytest.mark.django_db(transaction=True)
def test_two_timers_at_once_make_each_message_once(scene, clock):
    clock.move_to(datetime(2023, 10, 27, 9, tzinfo=LONDON))
    start, problems = Barrier(2), []

    def remind():
        try:
            start.wait()
            call_command("send_reminders")
        except Exception as problem:
            problems.append(problem)
        finally:
            connection.close()

    threads = [Thread(target=remind) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems
    reminders = Message.objects.filter(key__startswith="reminder")
    assert sorted(reminders.values_list("to", flat=True)) == sorted(
        [scene.lead.email, scene.deputy.email, scene.coordinator.email]
    )


# The board -------------------------------------------------------------------------------------


def board(scene, client, name="board"):
    client.force_login(scene.coordinator)
    return client.get(reverse(f"rounds:{name}", args=[scene.partnership.slug, scene.round.pk]))


def press_button(scene, client, name, person=None):
    """As a coordinator on the board; what the next page says."""
    client.force_login(scene.coordinator)
    where = reverse(f"rounds:{name}", args=[scene.partnership.slug, scene.round.pk])
    return words(client.post(where, {"person": person.pk} if person else {}, follow=True))


def test_the_board_says_when_each_was_told_and_sends_again_what_was_not_delivered(
    scene, clock, client, settings
):
    said = words(board(scene, client))
    assert said.count("Asked 20 October Remind now") == 2
    send_to_a_mail_server(settings)
    with mail_server(settings) as server:
        server.refused[scene.lead.email] = "550 5.1.1 No <such> user"
        run(clock, 2023, 10, 27, 9)
        page = board(scene, client)
        said = words(page)
        assert "Asked 20 October, reminded 27 October Remind now" in said
        assert (
            f"Not delivered to {scene.lead.email}: 550 5.1.1 No <such> user. "
            "Put the address right, then send again. Send again"
        ) in said
        assert "&lt;such&gt;" in page.text
        assert "is not one that was not delivered" in press_button(
            scene, client, "send_again", scene.deputy
        )
        assert "is not one" in press_button(scene, client, "send_again", scene.member)

        scene.lead.email = "right@example.org"
        scene.lead.save()
        said = press_button(scene, client, "send_again", scene.lead)
        assert "on its way again, to right@example.org" in said
        assert "reminded 27 October, not sent yet" in said
        # Sent a day later, it says what is missing then, and its link is good.
        send_update(client, scene, scene.action_answers[:1])
        clock.move_to(datetime(2023, 10, 28, 9, tzinfo=LONDON))
        call_command("send_messages")
        email = server.taken[-1]
    assert email["To"] == "right@example.org"
    text = email.get_body(("plain",)).get_content()
    assert scene.actions[0].title not in text
    link = re.search(r"https://portal\.example\.org(/asked/\S+)", text)[1]
    assert Client().post(link)["Location"] == scene.partnership.get_absolute_url()
    assert "Not delivered" not in words(board(scene, client))


def test_a_coordinator_reminds_one_or_all_by_hand_and_nobody_twice_on_a_day(scene, clock, client):
    # Not on the day on which everybody was asked.
    said = press_button(scene, client, "remind", scene.lead)
    assert f"Not reminded: {scene.lead}, told of a round today already" in said
    clock.move_to(datetime(2023, 10, 21, 9, tzinfo=LONDON))
    said = press_button(scene, client, "remind", scene.lead)
    assert f"A reminder is on its way to {scene.lead}." in said
    # Looking sends nothing.
    page = words(board(scene, client, "remind"))
    assert f"{scene.lead}: 7 sections, last reminded 21 October" in page
    assert f"{scene.deputy}: 7 sections, asked 20 October" in page
    said = press_button(scene, client, "remind")
    assert f"A reminder is on its way to {scene.deputy}." in said
    assert f"Not reminded: {scene.lead}, told of a round today already" in said
    mail.outbox.clear()
    call_command("send_messages")
    assert sorted(email.to[0] for email in mail.outbox) == sorted(
        [scene.lead.email, scene.deputy.email]
    )

    send_update(client, scene)
    assert "everything was sent" in words(board(scene, client, "remind"))
    assert "nobody was reminded" in press_button(scene, client, "remind", scene.lead)
    assert "nobody was reminded" in press_button(scene, client, "remind", scene.member)
    clock.move_to(CLOSES)
    assert "takes no answers any more" in press_button(scene, client, "remind")
    assert "Remind" not in words(board(scene, client))


def test_who_was_told_what_stays_on_the_board_when_all_is_in_and_closed(scene, clock, client):
    run(clock, 2023, 10, 27, 9)
    send_update(client, scene)
    send_update(client, scene)
    client.force_login(scene.coordinator)
    client.post(reverse("rounds:close", args=[scene.partnership.slug, scene.round.pk]))
    said = words(board(scene, client))
    assert "Who was told what by email (2 people)" in said
    assert f"{scene.lead} : asked 20 October; reminded 27 October" in said


def test_a_message_sent_again_is_that_days_only_one(scene, clock, client, settings):
    send_to_a_mail_server(settings)
    with mail_server(settings) as server:
        server.refused[scene.lead.email] = "550 5.1.1 No such user"
        run(clock, 2023, 10, 27, 9)
        server.refused.clear()
        clock.move_to(datetime(2023, 10, 30, 9, tzinfo=LONDON))
        assert "on its way again" in press_button(scene, client, "send_again", scene.lead)
        assert "told of a round today already" in press_button(scene, client, "remind", scene.lead)
        call_command("send_messages")
        assert server.taken[-1]["To"] == scene.lead.email
        # The other way about: told today, it is not sent again.
        server.refused[scene.deputy.email] = "550 5.1.1 No such user"
        run(clock, 2023, 11, 3, 9)
        clock.move_to(datetime(2023, 11, 6, 9, tzinfo=LONDON))
        NoticeFactory(round=elsewhere(), person=scene.deputy, day=date(2023, 11, 6))
        said = press_button(scene, client, "send_again", scene.deputy)
        assert f"{scene.deputy} was told of a round today already" in said


def elsewhere():
    return open_round_scene(now=NOW, opened=False, slug="elsewhere").round


def test_who_was_spared_a_reminder_can_be_reminded_by_hand_that_day(scene, clock, client):
    clock.move_to(datetime(2023, 10, 27, 9, tzinfo=LONDON))
    call_command("send_reminders")
    send_update(client, scene)
    mail.outbox.clear()
    call_command("send_messages")
    assert scene.lead.email not in {email.to[0] for email in mail.outbox}
    give_back(scene, scene.action_answers[0])
    assert "A reminder is on its way" in press_button(scene, client, "remind", scene.lead)
    call_command("send_messages")
    [_, email] = [each for each in mail.outbox if each.to == [scene.lead.email]]
    assert email.subject.startswith("Reminder")
    assert "told of a round today already" in press_button(scene, client, "remind", scene.lead)


def test_an_asking_that_waited_long_asks_only_for_what_is_still_missing(clock, client):
    scene = open_round_scene(now=NOW)
    send_update(client, scene, scene.action_answers[:1])
    clock.move_to(datetime(2023, 10, 20, 10, 30, tzinfo=LONDON))
    mail.outbox.clear()
    call_command("send_messages")
    [email] = [each for each in mail.outbox if each.to == [scene.lead.email]]
    assert "6 sections" in email.body
    assert scene.actions[0].title not in email.body
    [link] = set(re.findall(r"https://portal\.example\.org(/asked/\S+)", email.body))
    assert Client().post(link)["Location"] == scene.partnership.get_absolute_url()
    [notice] = Notice.objects.filter(person=scene.lead)
    assert scene.action_answers[0].pk not in notice.about


def test_who_supplies_a_figure_stands_below_and_who_cannot_sign_in_has_no_button(clock, client):
    scene = opened_scene(supplier="analyst@example.org")
    scene.deputy.is_active = False
    scene.deputy.save()
    said = words(board(scene, client))
    post = scene.indicator.supplier.post
    assert f"Others who were asked {post} Asked 20 October Remind now" in said
    assert said.count("Remind now") == 2
    # Once their figure is in, nobody waits for them, though its section is not sent.
    write(scene, scene.answer("figures"), figures=all_figures(scene)[:1])
    assert "Others who were asked" in words(board(scene, client))
    write(scene, scene.answer("figures"), figures=all_figures(scene))
    assert "Others who were asked" not in words(board(scene, client))
    client.post(reverse("rounds:close", args=[scene.partnership.slug, scene.round.pk]))
    said = words(board(scene, client))
    assert "Remind now" not in said
    assert "Others who were asked" not in said


def test_reminding_many_takes_as_many_queries_as_reminding_few(scene, clock, client):
    def counted():
        Notice.objects.all().delete()
        Message.objects.all().delete()
        client.force_login(scene.coordinator)
        where = reverse("rounds:remind", args=[scene.partnership.slug, scene.round.pk])
        counts = []
        for ask in (client.get, client.post):
            with CaptureQueriesContext(connection) as captured:
                ask(where)
            counts.append(len(captured))
        return counts

    few = counted()
    for _ in range(12):
        PriorityLeadFactory(
            priority=scene.priority,
            membership=MembershipFactory(partnership=scene.partnership, member=True),
        )
    assert counted() == few
    assert Notice.objects.count() == 14
    assert few[0] <= 14, few
    assert few[1] <= 22, few


# The setting -----------------------------------------------------------------------------------


def test_an_administrator_sets_the_days_and_a_slip_is_given_back_with_what_to_do(
    scene, clock, client
):
    client.force_login(scene.administrator)
    where = reverse("administration:settings_messages", args=[scene.partnership.slug])
    for typed, said in (
        ("14, a week", "Enter whole numbers of days, such as 14, 7, 1, 0"),
        ("-1", "Enter whole numbers of days, such as 14, 7, 1, 0"),
        ("100", "Enter no more than 90 days before"),
        (", ".join(map(str, range(11))), "Enter no more than 10 days"),
    ):
        page = fill(client, where, reminder_days=typed)
        assert problems(page) == {"id_reminder_days": said}
        assert boxes(page)["reminder_days"] == typed
    fill(client, where, reminder_days="2, 10,2")
    scene.partnership.refresh_from_db()
    assert scene.partnership.reminder_days == [10, 2]
    assert boxes(client.get(where))["reminder_days"] == "10, 2"
    assert scene.lead.email in run(clock, 2023, 10, 31, 9)
    assert scene.lead.email in run(clock, 2023, 11, 8, 9)
    assert not run(clock, 2023, 11, 10, 9)

    client.force_login(scene.administrator)
    fill(client, where, reminder_days="")
    assert "After the due date, every week" in words(
        client.get(reverse("administration:settings", args=[scene.partnership.slug]))
    )
    assert not run(clock, 2023, 11, 10, 9)
    assert scene.lead.email in run(clock, 2023, 11, 17, 9)
