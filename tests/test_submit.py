"""Sending an update: what goes, what stays, and what the lead is told."""

import re
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from actions.models import Progress
from partnerships.quarters import Period
from performance.models import Reading
from rounds.models import Answer, LeadUpdate, Rag, Round
from rounds.services import Figure
from tests.factories import PriorityLeadFactory
from tests.scenes import close, give_back, open_round_scene, write, write_all

pytestmark = pytest.mark.django_db
State = Answer.State
YEAR = Period(date(2022, 10, 1), date(2023, 9, 30))


@pytest.fixture(scope="module")
def made(kept):
    return open_round_scene()


@pytest.fixture
def scene(client, scene):
    client.force_login(scene.lead)
    return scene


def address(scene, name):
    return reverse(f"rounds:{name}", args=[scene.partnership.slug, scene.update.pk])


def send(client, scene):
    """Press "Submit", and follow to the page after it."""
    return client.post(address(scene, "submit"), follow=True)


def words(response):
    assert response.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def states(scene):
    return [answer.state for answer in scene.answers]


def history():
    return LeadUpdate.history.count(), Answer.history.count()


def test_a_whole_update_is_sent_and_told_with_what_happens_next(client, scene):
    write_all(scene)
    response = send(client, scene)

    assert response.redirect_chain == [(address(scene, "sent"), 302)]
    assert states(scene) == [State.SUBMITTED] * 7
    update = scene.update
    assert (update.submitted_by, update.submitted_at is not None) == (scene.lead, True)
    said = words(response)
    assert "Update submitted" in said
    assert "Priority 1: Safer streets, Quarter 2, 2023/24" in said
    assert "7 of 7 sections have been sent to the coordinator." in said
    assert "not complete" not in said


def test_gaps_may_be_left_and_are_told(client, scene):
    write(scene, scene.action_answers[0])
    said = words(send(client, scene))

    assert states(scene).count(State.SUBMITTED) == 1
    assert states(scene).count(State.NOT_STARTED) == 6
    assert "1 of 7 sections has been sent to the coordinator." in said
    assert "6 sections are not complete. Fill them in" in said


def test_a_draft_that_lacks_something_stays_with_its_lead(client, scene):
    whole, half, _ = scene.action_answers
    write(scene, whole)
    write(scene, half, rag=Rag.AMBER)

    send(client, scene)

    half.refresh_from_db()
    whole.refresh_from_db()
    assert (whole.state, half.state) == (State.SUBMITTED, State.DRAFT)


def test_sent_twice_is_one_submission_with_no_second_row_of_history(client, scene):
    write_all(scene)
    send(client, scene)
    sent_at, rows = scene.update.submitted_at, history()

    again = send(client, scene)

    assert again.redirect_chain == [(address(scene, "sent"), 302)]
    assert history() == rows
    assert scene.update.submitted_at == sent_at


def test_what_is_finished_later_goes_with_the_next_sending(client, scene):
    write(scene, scene.action_answers[0])
    send(client, scene)
    write(scene, scene.action_answers[1])
    send(client, scene)

    assert states(scene).count(State.SUBMITTED) == 2


def test_a_returned_section_goes_again_once_it_is_revised(client, scene):
    write_all(scene)
    send(client, scene)
    answer = give_back(scene, scene.action_answers[0])
    send(client, scene)
    answer.refresh_from_db()
    assert answer.state == State.RETURNED

    write(scene, answer, "<p>Forty people came.</p>")
    send(client, scene)
    answer.refresh_from_db()
    assert answer.state == State.SUBMITTED


def test_nothing_written_is_nothing_sent_and_said_on_the_list(client, scene):
    response = send(client, scene)

    assert response.redirect_chain == [(address(scene, "update"), 302)]
    assert "Nothing is ready to be sent yet. Answer at least one section first." in words(response)
    assert scene.update.submitted_at is None


@pytest.mark.parametrize("closed", ["by the coordinator", "by its closing moment"])
def test_a_closed_round_takes_nothing_and_says_so(client, scene, closed):
    write_all(scene)
    if closed == "by the coordinator":
        close(scene)
    else:
        Round.objects.update(
            opened_at=scene.now - timedelta(days=2), closes_at=scene.now - timedelta(minutes=1)
        )

    response = send(client, scene)

    assert "Quarter 2, 2023/24 closed on" in words(response)
    assert "The coordinator can still add an answer for you." in words(response)
    assert states(scene) == [State.DRAFT] * 7


def test_a_deputy_sends_too(client, scene):
    write_all(scene)
    client.force_login(scene.deputy)
    send(client, scene)

    assert scene.update.submitted_by == scene.deputy


def test_a_coordinator_may_not_send_for_a_lead(client, scene):
    write_all(scene)
    client.force_login(scene.coordinator)

    assert client.post(address(scene, "submit")).status_code == 403
    assert states(scene) == [State.DRAFT] * 7

    PriorityLeadFactory(priority=scene.priority, membership=scene.memberships["coordinator"])
    send(client, scene)
    assert states(scene) == [State.SUBMITTED] * 7


@pytest.mark.parametrize("person", ["member", "guest", "administrator"])
def test_nobody_else_sends(client, scene, person):
    write_all(scene)
    client.force_login(getattr(scene, person))

    assert client.post(address(scene, "submit")).status_code == 404
    assert states(scene) == [State.DRAFT] * 7


def test_a_look_at_the_address_sends_nothing(client, scene):
    write_all(scene)

    assert client.get(address(scene, "submit")).status_code == 405
    assert states(scene) == [State.DRAFT] * 7


def test_figures_become_readings_and_progress_and_dates_reach_the_plan(client, scene):
    figure = Figure(scene.indicator.pk, YEAR, Decimal(412), "Kent Police", True)
    write(scene, scene.answer(Answer.Kind.FIGURES), "", figures=[figure])
    write(
        scene,
        scene.action_answers[0],
        progress=Progress.COMPLETE,
        new_due_on=date(2024, 1, 31),
        date_reason="The grant came late.",
    )
    assert not Reading.objects.exists()

    send(client, scene)

    reading = Reading.objects.get()
    assert (reading.value, reading.source, reading.is_provisional) == (412, "Kent Police", True)
    assert (reading.period_starts_on, reading.period_ends_on) == (YEAR.starts_on, YEAR.ends_on)
    action = scene.actions[0]
    action.refresh_from_db()
    assert (action.progress, action.due_on) == (Progress.COMPLETE, date(2024, 1, 31))


def test_what_was_promised_for_the_meeting_is_repeated(client, scene):
    write(scene, scene.action_answers[1], response="verbal", text="", progress="", rag="")

    assert "You said you would speak about 1.2 Title of action 1.2." in words(send(client, scene))


def test_the_page_after_sending_is_not_shown_before(client, scene):
    response = client.get(address(scene, "sent"), follow=True)

    assert response.redirect_chain == [(address(scene, "update"), 302)]
    assert "Update submitted" not in words(response)


def test_the_page_after_sending_does_not_point_into_the_past(client, scene):
    write_all(scene)
    send(client, scene)
    close(scene)

    said = words(client.get(address(scene, "sent")))

    assert "Update submitted" in said
    assert "before Monday" not in said


def test_the_queries_are_the_same_however_many_actions_there_are(client):
    sending, after = [], []
    for actions in (8, 48, 480):
        scene = open_round_scene(actions=actions)
        Answer.objects.filter(update=scene.update).update(
            state="draft", response="verbal", saved_at=scene.now, version=1
        )
        client.force_login(scene.lead)
        submit, sent = address(scene, "submit"), address(scene, "sent")
        with CaptureQueriesContext(connection) as queries:
            assert client.post(submit)["Location"] == sent
        sending.append(len(list(groupby(_tables_of(queries)))))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(sent).status_code == 200
        after.append(len(queries))

    assert len(set(sending)) == len(set(after)) == 1, (sending, after)
    assert after[0] <= 14
    assert sending[0] <= 14


def _tables_of(queries):
    """The verb and table of each; the database takes a long list of rows in several of them."""
    statements = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    return [re.findall(r'^\w+|"\w+"', statement)[:2] for statement in statements]
