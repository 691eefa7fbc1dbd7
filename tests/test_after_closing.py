"""What people find on their first page, and at their sections, once a round has closed."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from rounds.models import Round
from rounds.services import open_round
from tests.factories import NOW, DelegationFactory, RoundFactory
from tests.scenes import accept, close, open_round_scene, submit, write
from tests.test_drafts import keep
from tests.test_late_answers import CLOSED, LATE, let_in
from tests.writing import address, boxes, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def scene(clock, settings):
    """Closed: of three actions one was sent, one drafted by a guest, one by the lead."""
    settings.MAIL_AT_ONCE = False
    scene = open_round_scene(now=NOW)
    first, second, third = scene.action_answers
    write(scene, first)
    submit(scene)
    DelegationFactory(answer=second, membership=scene.memberships["guest"])
    write(scene, second, "<p>Written by a guest.</p>", by=scene.guest)
    write(scene, third, "<p>Written by the lead.</p>")
    clock.move_to(CLOSED)
    close(scene)
    return scene


def home(scene, person):
    client = Client()
    client.force_login(getattr(scene, person))
    response = client.get(scene.partnership.get_absolute_url())
    return client, words(response), response.content.decode()


def next_round(scene):
    return RoundFactory(
        plan=scene.plan,
        slug="2023-24-q3",
        label="Quarter 3",
        short_label="Q3",
        period_starts_on=date(2023, 10, 1),
        period_ends_on=date(2023, 12, 31),
        due_on=date(2024, 1, 26),
        closes_at=NOW + timedelta(days=100),
    )


def issue(client, scene):
    where = reverse("reports:issue", args=[scene.partnership.slug, scene.round.pk])
    response = client.post(where, boxes(client.get(where)))
    assert response.status_code == 302, words(response)


def test_a_closed_round_stays_with_its_coordinator_until_it_is_read_and_issued(scene):
    following = next_round(scene)
    opening = reverse("rounds:open", args=[scene.partnership.slug, following.pk])
    client, said, whole = home(scene, "coordinator")
    assert "A closed round to finish Quarter 2, 2023/24" in said
    assert "For you to read 1 Accepted 0 of 7 sections Not sent 6, 2 in draft" in said
    assert "Report Not issued yet Read and accept" in said
    assert f'href="{scene.round.get_absolute_url()}#read"' in whole
    remark = "Quarter 2, 2023/24 is not finished:"
    wants = "1 answer is still to be accepted and its report has not been issued"
    page = words(client.get(opening))
    assert f"{remark} {wants}" in page
    assert "Open Quarter 3" in page

    accept(scene)
    _, said, _ = home(scene, "coordinator")
    assert "See the report, and issue it" in said
    client.post(opening)
    _, said, _ = home(scene, "coordinator")
    assert said.index("A closed round to finish") < said.index("The round you run")

    Round.objects.filter(pk=following.pk).update(state="planned", opened_at=None)
    issue(client, scene)
    assert "A closed round to finish" not in home(scene, "coordinator")[1]
    assert remark not in words(client.get(opening))
    let_in(client, scene, scene.action_answers[2])
    lead = home(scene, "lead")[0]
    lead.post(address(scene, scene.update, "submit"))
    _, said, _ = home(scene, "coordinator")
    assert "For you to read 1 Accepted 1 of 7 sections" in said
    assert "Report Issued today at" in said


def test_a_lead_and_who_was_given_a_section_are_told_what_was_not_sent(scene, clock):
    _, second, third = scene.action_answers
    lead, said, whole = home(scene, "lead")
    assert "Not sent before answers closed: Priority 1: Safer streets" in said
    assert "Nothing to do" not in said
    assert f"{second.heading} Saved 20 October by {second.saved_as}, not sent" in said
    assert f"{third.heading} Your words of 20 October were not sent" in said
    assert "Ask the coordinator to let them in: help@example.org ." in said
    assert scene.action_answers[0].heading not in said
    assert address(scene, third) in whole
    assert "Written by the lead." in words(lead.get(address(scene, third)))
    guest, said, _ = home(scene, "guest")
    assert f"{second.heading} Your words of 20 October were not sent" in said
    assert third.heading not in said
    assert "Not sent before" not in home(scene, "member")[1]

    page = guest.get(address(scene, second))
    assert page.status_code == 200
    assert "What you wrote was not sent, and is not in the report" in words(page)
    assert "Written by a guest." in words(page)
    refused = guest.post(address(scene, second), {"text": "<p>Too late.</p>", "version": 1})
    assert refused.status_code == 410
    assert "Too late." in words(refused)
    assert "Written by a guest." in words(refused)

    let_in(Client(), scene, second)
    call_command("send_messages")
    clock.move_to(LATE)
    assert second.heading not in home(scene, "lead")[1].split("Not sent before", 1)[1]
    guest, said, _ = home(scene, "guest")
    assert "Not sent before" not in said
    assert "Answers have closed, but this may still come until Friday 3 November, 5pm" in said
    assert "late." not in said
    assert guest.get(address(scene, second)).context["form"]


def test_what_a_guest_never_saved_or_somebody_else_wrote_over(scene, clock):
    clock.move_to(NOW)
    Round.objects.filter(pk=scene.round.pk).update(state="open", closed_at=None)
    _, second, third = scene.action_answers
    DelegationFactory(answer=third, membership=scene.memberships["guest"])
    guest = home(scene, "guest")[0]
    page = guest.get(address(scene, third))
    assert keep(guest, scene, third, page, scene.guest, text="Typed and left.").status_code == 200
    second.refresh_from_db()
    write(scene, second, "<p>The lead put it otherwise.</p>")
    clock.move_to(CLOSED)
    close(scene)

    guest, said, _ = home(scene, "guest")
    assert f"{third.heading} Saved 20 October" in said
    assert "You typed here what was never saved. It is kept for you" in said
    page = words(guest.get(address(scene, third)))
    assert "Typed and left." in page
    assert "Written by the lead." not in page
    over = guest.get(address(scene, second))
    assert over.status_code == 410
    assert "otherwise" not in words(over)


def test_these_pages_ask_a_bounded_number_of_questions(scene):
    second = scene.action_answers[1]
    open_round(round=next_round(scene), by=scene.coordinator, now=CLOSED)
    slug, last = scene.partnership.slug, scene.plan.rounds.latest("period_ends_on")
    pages = {
        ("lead", scene.partnership.get_absolute_url()): 12,
        ("guest", scene.partnership.get_absolute_url()): 12,
        ("coordinator", scene.partnership.get_absolute_url()): 12,
        ("guest", address(scene, second)): 12,
        ("coordinator", reverse("rounds:board", args=[slug, last.pk])): 12,
    }
    found = {}
    for person, where in pages:
        client = Client()
        client.force_login(getattr(scene, person))
        with CaptureQueriesContext(connection) as captured:
            assert client.get(where).status_code == 200
        found[person, where] = len(captured)
    assert all(found[page] <= most for page, most in pages.items()), found


def test_a_round_of_a_closed_plan_and_one_long_past_ask_for_nothing(scene):
    following = next_round(scene)
    Round.objects.filter(pk=following.pk).update(
        state="closed", opened_at=NOW, closed_at=NOW + timedelta(days=1)
    )
    assert "Not sent before" not in home(scene, "lead")[1]
    _, said, _ = home(scene, "coordinator")
    assert said.count("A closed round to finish") == 1
    assert "A closed round to finish Quarter 3" in said
    scene.plan.closed_at = NOW
    scene.plan.save()
    assert "A closed round to finish" not in home(scene, "coordinator")[1]
