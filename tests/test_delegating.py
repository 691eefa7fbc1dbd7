"""Sections given to somebody else: written and chased by them, checked and sent by the lead."""

import re
from datetime import date, timedelta

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from partnerships.models import Invitation, Marking, Membership
from rounds.calendar import calendar_of
from rounds.models import Answer, Delegation
from rounds.record import record_of
from rounds.services import open_round, send_reminders
from tests.factories import (
    NOW,
    DelegationFactory,
    MeetingFactory,
    MeetingItemFactory,
    MembershipFactory,
    RoundFactory,
)
from tests.scenes import all_figures, close, give_back, open_round_scene, submit, write
from tests.writing import WRITTEN, address, asked, press, problems, words

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
    return re.search(r"https://portal\.example\.org(/(?:asked|invitations)/\S+)", email.body)[1]


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
    check = reverse("reports:check", args=["swale", scene.update.pk])
    assert f"With {scene.memberships['guest']} since" in words(as_(scene.lead).get(check))
    assert guest.post(saved["Location"])["Location"] == page_of(scene, "home")
    assert "Somebody may still be writing" not in words(as_(scene.lead).get(check))
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


def test_who_was_given_a_section_is_told_how_to_keep_it_unfinished(scene):
    [answer, *_] = scene.action_answers
    give(scene, answer)
    guest, where = as_(scene.guest), address(scene, answer)
    amber = WRITTEN | {"rag": "amber"}

    stopped = press(guest, where, guest.get(where), **amber)

    assert "Say why the action is amber" in problems(stopped).values()
    assert "press “Save for later” to keep it as it is" in words(stopped)
    assert press(guest, where, stopped, then="list", **amber).status_code == 302
    # What no save would take is not said to be kept by it.
    wrong = press(guest, where, guest.get(where), **amber | {"response": "nothing"})
    assert "Save for later” to keep" not in words(wrong)


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
    assert posted["Location"] == f"{page_of(scene, 'home')}#answer-{first.pk}"


def test_a_guest_reads_no_sensitive_or_withheld_text_of_the_round_before(scene):
    for answer in scene.action_answers:
        write(scene, answer, "<p>Said before.</p>")
    submit(scene)
    first, second, third = scene.action_answers
    Answer.objects.filter(pk=first.pk).update(marking=Marking.SENSITIVE)
    Answer.objects.filter(pk=second.pk).update(is_withheld=True, withheld_reason="Names.")
    close(scene)
    about = {"meeting": MeetingFactory(round=scene.round), "update": scene.update}
    for text, more in (
        ("Of the priority.", {}),
        ("Of the section.", {"answer": third}),
        ("Secret of it.", {"answer": third, "marking": Marking.SENSITIVE}),
    ):
        MeetingItemFactory(**about, **more, text=f"<p>{text}</p>")
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
    beside = {
        person: words(as_(person).get(address(scene, scene.action_answers[2])))
        for person in (scene.guest, scene.lead)
    }
    for text, may in (("Of the priority.", False), ("Of the section.", True), ("Secret", False)):
        assert (text in beside[scene.guest]) == may, text
        assert text in beside[scene.lead], text
    assert "Said before." in words(as_(scene.lead).get(address(scene, scene.action_answers[0])))


def test_the_board_says_who_has_what_and_the_calendar_tells_a_guest(scene):
    first, second, third = scene.action_answers
    left = MembershipFactory(partnership=scene.partnership, post="Inspector")
    give(scene, first)
    give(scene, second, third, person=left.pk)
    write(scene, third, by=left.user)
    as_(left.user).post(address(scene, third, "finish"))
    coordinator = as_(scene.coordinator)

    board = words(coordinator.get(page_of(scene, "board", scene.round.pk)))
    assert f"{scene.memberships['guest']}: was given 1.1" in board
    assert f"{left}: was given 1.2" in board
    assert f"{left}: has finished 1.3" in board
    Membership.objects.filter(pk=left.pk).update(ends_on=NOW.date() - timedelta(days=1))
    board = words(coordinator.get(page_of(scene, "board", scene.round.pk)))
    assert f"{left}: has left, and had 1.2, 1.3" in board
    listed = words(as_(scene.lead).get(page_of(scene, "update", scene.update.pk)))
    assert f"{left} had it and has left: it is the lead’s again" in listed
    assert "Ready for you to check" not in listed
    dates = calendar_of([scene.access(scene.guest)], now=NOW)
    assert "update due" in dates
    assert "update due" not in calendar_of([scene.access(scene.member)], now=NOW)


def test_a_delegate_is_reminded_of_theirs_and_the_lead_in_other_words(scene, clock):
    first, second, third = scene.action_answers
    give(scene, first, second)
    sent_mail()
    write(scene, second, by=scene.guest)
    as_(scene.guest).post(address(scene, second, "finish"))
    sent_mail()
    clock.shift(timedelta(days=6))

    send_reminders(now=NOW + timedelta(days=6))
    told = sent_mail()
    guest, lead = told[scene.guest.email].body, told[scene.lead.email].body
    assert first.heading in guest
    assert "Given to you by Strategic lead" in guest
    for other in (second, third):
        assert other.heading not in guest
    assert f"{first.heading}: with {scene.memberships['guest']}" in lead
    assert f"{second.heading}: ready for you to check" in lead
    assert f"{scene.memberships['guest']}, given 2" in told[scene.coordinator.email].body

    # Word that it is finished takes the place of that day's reminder, and of no later one.
    clock.shift(timedelta(days=1))
    write(scene, first, by=scene.guest)
    as_(scene.guest).post(address(scene, first, "finish"))
    send_reminders(now=NOW + timedelta(days=7))
    assert "has finished" in sent_mail()[scene.lead.email].body
    clock.move_to(NOW + timedelta(days=10))
    send_reminders(now=NOW + timedelta(days=10))
    told = sent_mail()
    assert scene.guest.email not in told
    assert f"{first.heading}: ready for you to check" in told[scene.lead.email].body


def test_what_comes_back_goes_to_its_writer_while_they_have_it(scene):
    first, second, third = scene.action_answers
    give(scene, first, second, third)
    for answer in (first, second):
        write(scene, answer, by=scene.guest)
        as_(scene.guest).post(address(scene, answer, "finish"))
    write(scene, third)
    submit(scene)
    given = Delegation.objects.get(answer=second)
    as_(scene.lead).post(page_of(scene, "take_back", given.pk))
    # What they were to check, the lead has sent meanwhile.
    assert "your update" in sent_mail()[scene.lead.email].subject

    back = []
    for answer in (first, second, third):
        give_back(scene, answer)
        back.append(set(sent_mail()))
    assert back == [
        {scene.guest.email},
        {scene.lead.email, scene.deputy.email},
        {scene.lead.email},
    ]
    home = words(as_(scene.guest).get(page_of(scene, "home")))
    assert "Sent back: Say how many people came." in home
    assert Delegation.objects.get(answer=first).finished_at is None
    told = [event.what for event in record_of(scene.round, [first.pk])]
    assert told.count("Said to be ready for the lead to check") == 1
    listed = words(as_(scene.lead).get(page_of(scene, "update", scene.update.pk)))
    assert f"With {scene.memberships['guest']} since" in listed


def test_a_section_taken_back_opens_no_more_and_gives_back_what_was_typed(scene, clock):
    first, second, third = scene.action_answers
    give(scene, first, second)
    give(scene, third, person=scene.memberships["member"].pk)
    guest, lead = as_(scene.guest), as_(scene.lead)
    page = guest.get(address(scene, first))
    press(guest, address(scene, first), page, **WRITTEN)
    guest.get(page_of(scene, "home"))
    where = page_of(scene, "take_back", Delegation.objects.get(answer=first).pk)
    assert "What is saved in it stays" in words(lead.get(where))
    assert Delegation.objects.get(answer=first).ended_at is None
    sent_mail()
    lead.post(page_of(scene, "take_back", Delegation.objects.get(answer=third).pk))
    lead.post(where)
    board = board_of(scene)
    assert "Others who were asked" not in board
    assert f"{scene.member} : given a section to write 20 October" in board
    assert f"no longer yours to write: {first.heading}" in sent_mail()[scene.guest.email].subject
    assert "was taken back already" in words(lead.post(where, follow=True))

    gone = guest.get(address(scene, first))
    assert gone.status_code == 410
    assert first.title not in words(gone)
    typed = guest.post(address(scene, first), {"text": "Typed too late.", "version": 1})
    assert typed.status_code == 410
    assert "Typed too late." in words(typed)
    assert "We met with shops." in Answer.objects.get(pk=first.pk).text
    assert guest.post(address(scene, second, "quick"), {"response": "nothing", "version": 0})
    assert first.title not in words(guest.get(page_of(scene, "home")))

    clock.move_to(scene.round.closes_at)
    guest, lead = as_(scene.guest), as_(scene.lead)
    assert "What you wrote was not sent" in words(guest.get(address(scene, second)))
    home = words(guest.get(page_of(scene, "home")))
    assert "Not sent before answers closed" in home
    assert first.title not in home
    refused = lead.get(page_of(scene, "give", scene.update.pk), follow=True)
    assert "no section here that could still be given" in words(refused)


# Guests -----------------------------------------------------------------------------------------


def board_of(scene):
    return words(as_(scene.coordinator).get(page_of(scene, "board", scene.round.pk)))


INVITED = {"email": "Open.House@example.org", "post": "Manager, Open House", "note": "In short."}


def test_a_guest_is_invited_to_sections_and_once_accepted_finds_them(scene, clock):
    first, second, _ = scene.action_answers
    Answer.objects.filter(pk=second.pk).update(marking=Marking.SENSITIVE)
    assert give(scene, first, **INVITED).status_code == 302
    [email] = mail.outbox
    assert email.to == ["open.house@example.org"]
    for said in (first.heading, "Friday 27 October 2023", "In short.", "Strategic lead asks you"):
        assert said in email.body, said
    [(name, calendar, kind)] = email.attachments
    assert (name, kind) == ("due.ics", "text/calendar")
    assert "DTSTART;VALUE=DATE:20231027" in calendar
    listed = words(as_(scene.lead).get(page_of(scene, "update", scene.update.pk)))
    assert "With Manager, Open House since 20 October, who has not accepted" in listed

    # Given more before they have come in: they are invited anew, to everything, and the note of
    # a marked text does not go by email.
    assert give(scene, second, **INVITED | {"note": "Leave it out."}).status_code == 302
    membership = Membership.objects.get(post="Manager, Open House", role="guest")
    for said in (first.heading, "In short.", second.heading, "Sign in to read their note."):
        assert said in mail.outbox[-1].body, said
    assert "Leave it out." not in mail.outbox[-1].body
    # So they are by the administrator, who sends the invitation again.
    again = reverse("administration:invite_again", args=["swale", membership.pk])
    as_(scene.administrator).post(again)
    assert second.heading in mail.outbox[-1].body
    form = f"https://portal.example.org{page_of(scene, 'word', scene.update.pk)}"
    assert f"Once you have accepted, take the form here:\n\n- {form}" in mail.outbox[-1].body
    *old, new = (link_in(each) for each in mail.outbox)
    guest = Client()
    assert [guest.get(each).status_code for each in old] == [410, 410]
    assert "Manager, Open House: has not accepted the invitation yet, and was given 1.1, 1.2 " in (
        board_of(scene)
    )
    clock.shift(60)
    assert guest.post(new).status_code == 302
    board = board_of(scene)
    assert "Manager, Open House: was given 1.1, 1.2 Invited 20 October Remind now" in board
    assert (
        "open.house@example.org : "
        + "; ".join(
            ["invited to write a section 20 October; accepted the invitation 20 October"] * 3
        )
    ) in board
    told = [each.what for each in record_of(scene.round, [second.pk])]
    assert "Given to open.house@example.org (Manager, Open House)" in told
    assert told[-3:] == ["Invited by email"] * 2 + ["Accepted the invitation"]
    home = words(guest.get(page_of(scene, "home")))
    assert first.heading in home
    assert second.heading in home
    assert guest.get(page_of(scene, "plans")).status_code == 403


def test_what_cannot_be_given_says_why_and_keeps_what_was_typed(scene):
    first = scene.action_answers[0]
    lead = as_(scene.lead)
    where = page_of(scene, "give", scene.update.pk)
    for sent, said in (
        ({}, {"id_sections": "Choose at least one section"}),
        ({"sections": first.pk}, {"id_person": "Choose a person, or type the address of a guest"}),
        (
            {"sections": first.pk, "person": scene.memberships["guest"].pk} | INVITED,
            {"id_person": "Choose a person or type an address, not both"},
        ),
        ({"sections": first.pk, "email": "a@example.org"}, {"id_post": "Say what their post is"}),
        ({"sections": first.pk, "person": scene.memberships["coordinator"].pk}, {}),
    ):
        answer = lead.post(where, sent | {"note": "Kept as typed."})
        assert answer.status_code == 422
        assert "Kept as typed." in answer.content.decode()
        found = problems(answer)
        for each in said.values():
            assert each in found.values(), (each, found)
    for email in (scene.deputy.email, scene.coordinator.email):
        refused = give(scene, first, email=email, post="Somebody")
        assert refused.status_code == 409
        assert "can write this update already" in words(refused)
    write(scene, first)
    submit(scene)
    assert give(scene, first).status_code == 422
    assert not Delegation.objects.exists()
    assert not Invitation.objects.exists()


def test_the_pages_ask_as_much_of_the_database_for_many_as_for_one(scene):
    answers = scene.answers
    pages = {
        scene.lead: [page_of(scene, "update", scene.update.pk), page_of(scene, "home")],
        scene.coordinator: [page_of(scene, "board", scene.round.pk)],
        scene.guest: [page_of(scene, "home"), address(scene, answers[0])],
    }
    pages[scene.lead] += [page_of(scene, "give", scene.update.pk), address(scene, answers[0])]

    def counts():
        found = []
        for person, addresses in pages.items():
            client = as_(person)
            for each in addresses:
                with CaptureQueriesContext(connection) as captured:
                    assert client.get(each).status_code == 200
                found.append(len(captured))
        return found

    DelegationFactory(answer=answers[0], membership=scene.memberships["guest"])
    counts()  # Opening a section for the first time is kept.
    few = counts()
    for answer in answers[1:]:
        DelegationFactory(answer=answer, membership=scene.memberships["guest"])
        DelegationFactory.create_batch(2, answer=answer)
    assert counts() == few
    assert all(count <= 12 for count in few), few

    guest = as_(scene.guest)
    page = guest.get(address(scene, scene.action_answers[0]))
    with CaptureQueriesContext(connection) as saving:
        press(guest, address(scene, scene.action_answers[0]), page, **WRITTEN)
    assert len(asked(saving)) <= 14
