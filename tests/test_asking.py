"""Opening a round asks each person in one message, with a link that is theirs alone."""

import re
from datetime import date, timedelta

import pytest
import time_machine
from allauth.account.stages import LoginStage
from django.contrib.auth import SESSION_KEY
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.shortcuts import redirect
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.adapter import ClosedSignUpAdapter
from mail.models import Message
from partnerships.models import Marking
from priorities.models import PriorityLead
from rounds.models import Answer, Notice, Rag
from rounds.services import ask_everybody, open_round
from tests.factories import NOW, MembershipFactory, PriorityLeadFactory, RoundFactory
from tests.scenes import close, open_round_scene, submit, write
from tests.writing import WRITTEN, address, fill, words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def portal(settings):
    settings.PORTAL_ADDRESS = "https://portal.example.org"
    settings.MAIL_AT_ONCE = False


@pytest.fixture
def scene():
    return open_round_scene(now=NOW, opened=False)


def opened(scene):
    open_round(round=scene.round, by=scene.coordinator, now=NOW)
    call_command("send_messages")
    return {email.to[0]: email for email in mail.outbox}


def link_in(email):
    [found] = set(re.findall(r"https://portal\.example\.org(/asked/\S+)", email.body))
    return found


def test_each_lead_and_deputy_is_asked_once_by_name_of_what_and_when(scene):
    scene.partnership.asking_text = "Two sentences are enough.\n\nThank you."
    scene.partnership.save()
    asked = opened(scene)
    assert sorted(asked) == sorted([scene.lead.email, scene.deputy.email])

    email = asked[scene.lead.email]
    round = scene.round
    round.refresh_from_db()
    assert round.full_label in email.subject
    assert f"{round.due_on:%-d %B %Y}" in email.subject
    for answer in Answer.objects.filter(update__round=round):
        assert f"- {answer.heading}" in email.body
    assert "Two sentences are enough.\n\nThank you." in email.body
    assert "as the deputy" in asked[scene.deputy.email].body
    assert "as the deputy" not in email.body
    assert link_in(email) != link_in(asked[scene.deputy.email])
    [(page, kind)] = email.alternatives
    assert kind == "text/html"
    assert link_in(email) in page
    [(_, calendar, _)] = email.attachments
    assert f"DTSTART;VALUE=DATE:{round.due_on:%Y%m%d}" in calendar

    # Whoever was asked is not asked again; the record says so.
    call_command("send_messages")
    assert len(mail.outbox) == 2
    assert set(Notice.objects.values_list("person", "kind")) == {
        (scene.lead.pk, Notice.Kind.ASKED),
        (scene.deputy.pk, Notice.Kind.ASKED),
    }


def test_the_last_rating_stands_beside_the_action_but_nothing_that_is_withheld(clock):
    scene = open_round_scene(now=NOW)
    first, second, third = scene.actions
    for answer, rag in zip(scene.action_answers, (Rag.AMBER, Rag.RED, Rag.RED), strict=True):
        write(scene, answer, rag=rag, rag_reason="Late", way_back="Soon")
    submit(scene)
    close(scene)
    Answer.objects.filter(action=third).update(marking=Marking.SENSITIVE)
    second.title, second.title_is_withheld = "Operation Canary", True
    second.title_withheld_reason = "A live case"
    second.save()

    clock.move_to(NOW + timedelta(days=92))
    following = RoundFactory(
        plan=scene.plan,
        slug="q3",
        period_starts_on=scene.round.period_ends_on + timedelta(days=1),
        period_ends_on=date(2023, 12, 31),
        today=date(2024, 1, 20),
    )
    open_round(round=following, by=scene.coordinator, now=NOW + timedelta(days=92))
    message = following.notices.get(person=scene.lead).message
    lines = [line for line in message.text.splitlines() if line.startswith("- ")]
    assert lines[1:4] == [
        f"- {first.reference} {first.title} (last quarter: Amber)",
        f"- {second.reference} Title not shown here: sign in to read it (last quarter: Red)",
        f"- {third.reference} {third.title}",
    ]
    assert "Canary" not in message.text + message.html + message.subject + message.calendar


def test_where_nobody_is_linked_the_coordinator_is_asked_and_who_supplies_a_figure_for_it(scene):
    PriorityLead.objects.all().delete()
    supplier = MembershipFactory(partnership=scene.partnership, user__email="analyst@example.org")
    scene.indicator.supplier = supplier
    scene.indicator.save()
    asked = opened(scene)
    assert sorted(asked) == sorted(["analyst@example.org", scene.coordinator.email])
    assert "you are asked as its coordinator" in asked[scene.coordinator.email].body
    of_supplier = asked["analyst@example.org"].body
    assert f"Figures you supply\n------------------\n\n- {scene.indicator.name}" in of_supplier
    assert "Title of action" not in of_supplier


def test_who_has_left_or_cannot_sign_in_is_not_asked(scene):
    left, out = scene.memberships["lead"], scene.deputy
    left.ends_on = NOW.date() - timedelta(days=1)
    left.save()
    out.is_active = False
    out.save()
    assert sorted(opened(scene)) == [scene.coordinator.email]


# The link ------------------------------------------------------------------------------------


@pytest.fixture
def link(scene):
    return link_in(opened(scene)[scene.lead.email])


def test_ten_looks_by_a_mail_scanner_let_nobody_in_and_leave_the_link_working(scene, link):
    for _ in range(5):
        scanner = Client()
        page = scanner.get(link)
        assert page.status_code == 200
        assert scanner.head(link).status_code == 200
        assert SESSION_KEY not in scanner.session
        assert "no-store" in page["Cache-Control"]
        # A link may be passed on: it does not tell the address.
        assert scene.lead.email not in page.content.decode()
        assert f"Continue as {scene.lead.email[0]}…@e…" in words(page)
    person = Client()
    response = person.post(link)
    assert response["Location"] == scene.partnership.get_absolute_url()
    assert person.session[SESSION_KEY] == str(scene.lead.pk)


def test_a_link_lets_its_person_in_once_and_then_sends_a_code(scene, link, clock):
    Client().post(link)
    mail.outbox.clear()
    again = Client()
    assert "Email me a code" in words(again.get(link))
    response = again.post(link)
    assert SESSION_KEY not in again.session
    [email] = mail.outbox
    assert email.to == [scene.lead.email]
    # The link may have been passed on: the page for the code does not tell the address either.
    page = again.get(response["Location"])
    assert scene.lead.email not in page.content.decode()
    assert f"A code is on its way to {scene.lead.email[0]}…@e… and works" in words(page)
    code = re.search(r"^\s+(\S+)$", email.body, flags=re.M)[1]
    clock.shift(timedelta(minutes=9, seconds=59))
    done = again.post(response["Location"], {"code": code})
    assert done["Location"] == scene.partnership.get_absolute_url()
    assert again.session[SESSION_KEY] == str(scene.lead.pk)


class SecondFactorStage(LoginStage):
    """Stands for a second factor that is required of everybody, and asked for on a page."""

    key = "second-factor"
    urlname = "account_confirm_login_code"

    def handle(self):
        return redirect("account_confirm_login_code"), True


class AsksForASecondFactor(ClosedSignUpAdapter):
    def get_login_stages(self):
        return [*super().get_login_stages(), f"{__name__}.SecondFactorStage"]


def test_a_link_replaces_no_second_factor_that_is_required(scene, link, settings):
    settings.ACCOUNT_ADAPTER = f"{__name__}.AsksForASecondFactor"
    lead = Client()
    assert lead.post(link)["Location"] == reverse("account_confirm_login_code")
    assert SESSION_KEY not in lead.session


@pytest.mark.parametrize(
    ("later", "by_code"),
    [(timedelta(hours=24, seconds=-1), False), (timedelta(hours=24), True)],
)
def test_for_24_hours_after_sending_a_link_lets_in_directly(scene, link, clock, later, by_code):
    clock.move_to(NOW + later)
    client = Client()
    client.post(link)
    assert (SESSION_KEY not in client.session) is by_code


def test_a_message_that_was_not_sent_lets_nobody_in_directly(scene):
    open_round(round=scene.round, by=scene.coordinator, now=NOW)
    message = scene.round.notices.get(person=scene.lead).message
    link = re.search(r"(/asked/\S+)", message.text)[1]
    client = Client()
    client.post(link)
    assert SESSION_KEY not in client.session


def test_with_the_round_closed_the_link_says_so_and_lets_nobody_in(scene, link, clock):
    clock.move_to(scene.round.closes_at)
    client = Client()
    for response in (client.get(link), client.post(link)):
        assert response.status_code == 410
        assert "takes no answers any more" in words(response)
    assert SESSION_KEY not in client.session


def test_a_link_is_no_good_for_anybody_else(scene, link, client):
    client.force_login(scene.deputy)
    assert client.get(link).status_code == 409
    assert client.post(link).status_code == 409
    assert client.get(link[:-4] + "/").status_code == 404
    client.force_login(scene.lead)
    assert client.get(link)["Location"] == scene.partnership.get_absolute_url()


def left(scene):
    scene.memberships["lead"].ends_on = NOW.date() - timedelta(days=1)
    scene.memberships["lead"].save()


def switched_off(scene):
    scene.lead.is_active = False
    scene.lead.save()


def moved(scene):
    scene.lead.email = "new@example.org"
    scene.lead.save()


@pytest.mark.parametrize("change", [left, switched_off, moved])
def test_a_link_goes_with_the_post_the_account_and_the_address(scene, link, change):
    change(scene)
    client = Client()
    assert client.post(link).status_code == 410
    assert SESSION_KEY not in client.session


def test_asking_takes_as_many_queries_for_many_people_as_for_few(scene):
    def asking():
        Notice.objects.all().delete()
        with CaptureQueriesContext(connection) as captured:
            ask_everybody(round=scene.round, now=NOW)
        return len(captured)

    open_round(round=scene.round, by=scene.coordinator, now=NOW)
    few = asking()
    for _ in range(12):
        PriorityLeadFactory(
            priority=scene.priority,
            membership=MembershipFactory(partnership=scene.partnership, member=True),
        )
    assert asking() == few
    assert scene.round.notices.count() == 14


# An answer that is returned -------------------------------------------------------------------


def returned(client, scene, answer, reason):
    client.force_login(scene.coordinator)
    fill(client, address(scene, answer, "return"), reason=reason)
    mail.outbox.clear()
    call_command("send_messages")
    return mail.outbox


def test_who_wrote_an_answer_is_told_that_it_came_back_and_why(scene, client):
    opened(scene)
    first, second, _ = scene.action_answers
    write(scene, first)
    write(scene, second, by=scene.deputy)
    submit(scene)
    [email] = returned(client, scene, first, "Say how many came.\r\n\r\nAnd when.")
    assert email.to == [scene.lead.email]
    assert f"please look again at {first.heading}" in email.subject
    assert "Say how many came.\n\nAnd when." in email.body
    [email] = returned(client, scene, second, "Shorter, please.")
    assert email.to == [scene.deputy.email]
    # Its link lets its writer in as that of the asking does.
    person = Client()
    person.post(link_in(email))
    assert person.session[SESSION_KEY] == str(scene.deputy.pk)


def test_one_given_on_behalf_comes_back_to_everybody_whom_it_is_asked_of(scene, client):
    opened(scene)
    answer = scene.action_answers[0]
    client.force_login(scene.coordinator)
    fill(client, address(scene, answer), **WRITTEN)
    sent = returned(client, scene, answer, "The date, please.")
    assert sorted(email.to[0] for email in sent) == sorted([scene.lead.email, scene.deputy.email])


def test_the_reason_of_a_sensitive_answer_does_not_go_by_email(scene, client):
    opened(scene)
    answer = scene.action_answers[0]
    write(scene, answer, marking=Marking.SENSITIVE)
    submit(scene)
    [email] = returned(client, scene, answer, "Leave out Canary Lane.")
    assert "Canary" not in email.body + email.alternatives[0][0] + email.subject
    assert "Sign in to read it." in email.body


def test_word_of_a_return_that_waits_is_called_off_once_the_answer_is_sent_again(
    scene, client, clock
):
    def sent():
        clock.shift(60)
        write(scene, answer)
        submit(scene)

    opened(scene)
    answer = scene.action_answers[0]
    client.force_login(scene.coordinator)
    sent()
    fill(client, address(scene, answer, "return"), reason="Say how many came.")
    sent()
    [email] = returned(client, scene, answer, "And when.")  # The reason before is answered.
    assert "And when." in email.body
    sent()
    fill(client, address(scene, answer, "return"), reason="Shorter, please.")
    sent()
    mail.outbox.clear()
    call_command("send_messages")
    assert not mail.outbox
    told = scene.round.notices.filter(kind=Notice.Kind.RETURNED).order_by("pk")
    states = [notice.message.state for notice in told.select_related("message")]
    assert states == ["called_off", "sent", "called_off"]


# Looking at it beforehand --------------------------------------------------------------------


def test_the_coordinator_reads_the_message_before_opening_with_the_partnerships_own_words(
    scene, client
):
    client.force_login(scene.administrator)
    where = reverse("administration:settings_messages", args=[scene.partnership.slug])
    fill(client, where, asking_text="Ring Ann on 01795 <417850>.\r\n\r\nThank you.")
    client.force_login(scene.coordinator)
    where = reverse("rounds:message", args=[scene.partnership.slug, scene.round.pk])
    before = client.get(where)
    assert "Ring Ann on 01795 <417850>. Thank you." in words(before)
    for action in scene.actions:
        assert f"<li>{action.reference} {action.title}</li>" in before.text
    assert not Message.objects.exists()

    asked = opened(scene)[scene.lead.email]
    assert "Ring Ann on 01795 <417850>.\n\nThank you." in asked.body
    assert "Ring Ann on 01795 &lt;417850&gt;." in asked.alternatives[0][0]
    # Afterwards it has what is still to come.
    for answer in scene.action_answers[:2]:
        write(scene, answer)
    submit(scene)
    shown = words(client.get(where))
    assert scene.actions[0].title not in shown
    assert scene.actions[2].title in shown
