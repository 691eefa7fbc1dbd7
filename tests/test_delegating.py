"""Sections given to somebody else: written and chased by them, checked and sent by the lead."""

import re
from datetime import date

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from partnerships.models import Marking
from rounds.models import Answer, Delegation
from rounds.services import open_round
from tests.factories import NOW, RoundFactory
from tests.scenes import all_figures, close, open_round_scene, submit, write
from tests.writing import WRITTEN, address, press, words

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
    return open_round_scene(now=NOW, slug="swale", actions=3)


def page_of(scene, name, *args):
    return reverse(f"rounds:{name}", args=["swale", *args])


def as_(person):
    client = Client()
    client.force_login(person)
    return client


def give(scene, *sections, by=None, **to):
    """Give sections on the page, to the guest of the scene unless another is named."""
    to = to or {"person": scene.memberships["guest"].pk}
    where = page_of(scene, "give", scene.update.pk)
    given = {"sections": [each.pk for each in sections]} | to
    return as_(by or scene.lead).post(where, given)


def sent_mail():
    """What the outbox has sent since, by address: the last to each."""
    mail.outbox.clear()
    call_command("send_messages")
    return {email.to[0]: email for email in mail.outbox}


def link_in(email):
    return re.search(r"https?://[^/\s]+(/(?:asked|invitations)/\S+)", email.body)[1]


def test_a_guest_is_told_writes_finishes_and_the_lead_checks_and_sends(scene):
    first, second, _ = scene.action_answers
    note = "Two sentences on the night buses."
    to = {"person": scene.memberships["guest"].pk, "note": note}
    assert give(scene, first, scene.answer("group"), **to).status_code == 302

    email = sent_mail()[scene.guest.email]
    assert "2 sections for you to write by Friday 27 October 2023" in email.subject
    for said in (first.heading, "Streets Group", note, "Given to you by Strategic lead"):
        assert said in email.body, said
    assert second.heading not in email.body
    guest = Client()
    assert guest.post(link_in(email)).status_code == 302
    home = words(guest.get(page_of(scene, "home")))
    assert first.heading in home
    assert note in home
    assert second.heading not in home

    page = guest.get(address(scene, first))
    saved = press(guest, address(scene, first), page, **WRITTEN)
    assert saved["Location"] == address(scene, first, "finish")
    assert guest.post(saved["Location"])["Location"] == page_of(scene, "home")
    assert "Finished" in words(guest.get(page_of(scene, "home")))
    told = sent_mail()
    assert set(told) == {scene.lead.email, scene.deputy.email}
    assert first.heading in told[scene.lead.email].subject

    kept = Answer.objects.get(pk=first.pk)
    assert (kept.state, kept.saved_by) == ("draft", scene.guest)
    lead = as_(scene.lead)
    listed = words(lead.get(page_of(scene, "update", scene.update.pk)))
    assert "Ready for you to check" in listed
    assert f"With {scene.memberships['guest']} since 20 October" in listed
    assert "Ready for you to check 1 section" in words(lead.get(page_of(scene, "home")))
    lead.post(page_of(scene, "submit", scene.update.pk))
    assert Answer.objects.get(pk=first.pk).state == "submitted"
    assert "Sent by the lead" in words(guest.get(page_of(scene, "home")))
    again = guest.post(address(scene, first), {**WRITTEN, "version": 1})
    assert "The lead has sent this section" in words(again)
    assert give(scene, first, second).status_code == 422


def test_one_click_is_enough_and_the_figures_and_a_group_can_be_given(scene):
    figures, group, first = scene.answer("figures"), scene.answer("group"), scene.action_answers[0]
    give(scene, figures, group, first)
    guest = as_(scene.guest)
    sent_mail()

    clicked = guest.post(address(scene, group, "quick"), {"response": "nothing", "version": 0})
    assert clicked["Location"] == address(scene, group, "finish")
    page = guest.get(address(scene, figures))
    assert "Reports of damage" in words(page)
    write(scene, figures, "", by=scene.guest, figures=all_figures(scene))
    assert guest.post(address(scene, figures, "finish")).status_code == 302
    assert guest.get(address(scene, first, "finish"))["Location"] == address(scene, first)
    assert guest.post(address(scene, first, "finish"))["Location"] == address(scene, first)
    assert set(Delegation.objects.exclude(finished_at=None).values_list("answer", flat=True)) == {
        figures.pk
    }


def test_what_is_given_to_a_guest_opens_that_and_nothing_else(scene):
    first, second, _ = scene.action_answers
    give(scene, first)
    guest = as_(scene.guest)
    page = words(guest.get(address(scene, first)))
    for hidden in (second.title, "What changed in this section", "All earlier updates"):
        assert hidden not in page, hidden
    for name, number in (
        ("answer", second.pk),
        ("finish", second.pk),
        ("quick", second.pk),
        ("answer_changes", first.pk),
        ("answer_publication", first.pk),
        ("read", first.pk),
        ("update", scene.update.pk),
        ("give", scene.update.pk),
        ("submit", scene.update.pk),
        ("take_back", Delegation.objects.get().pk),
        ("action", first.action_id),
        ("plan", scene.plan.pk),
        ("board", scene.round.pk),
    ):
        where = page_of(scene, name, number)
        got = {guest.get(where).status_code, guest.post(where).status_code}
        assert got <= {403, 404, 405}, (name, got)
    posted = guest.post(address(scene, first), {**WRITTEN, "version": 0, "then": "publication"})
    assert posted["Location"].startswith(page_of(scene, "home"))


def test_a_guest_reads_no_sensitive_or_withheld_text_of_the_round_before(scene):
    for answer in scene.action_answers:
        write(scene, answer, "<p>Said before.</p>")
    submit(scene)
    first, second, _ = scene.action_answers
    Answer.objects.filter(pk=first.pk).update(marking=Marking.SENSITIVE)
    Answer.objects.filter(pk=second.pk).update(is_withheld=True, withheld_reason="Names.")
    close(scene)
    scene.round = RoundFactory(
        plan=scene.plan,
        label="Quarter 3",
        slug="2023-24-q3",
        period_starts_on=date(2023, 10, 1),
        period_ends_on=date(2023, 12, 31),
    )
    open_round(round=scene.round, by=scene.coordinator, now=NOW)
    give(scene, *scene.action_answers)

    seen = [
        "Said before." in words(as_(scene.guest).get(address(scene, answer)))
        for answer in scene.action_answers
    ]
    assert seen == [False, False, True]
    assert "Said before." in words(as_(scene.lead).get(address(scene, scene.action_answers[0])))
