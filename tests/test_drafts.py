"""Drafts: what was typed and not saved is kept for its writer alone, and given back."""

import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from rounds.models import Answer, Delegation, Draft, Round
from tests.factories import DelegationFactory, DraftFactory
from tests.scenes import accept, close, open_round_scene, submit, write
from tests.writing import WRITTEN, address, boxes, press, said, words

pytestmark = pytest.mark.django_db

MINE = WRITTEN | {"text": "We met with shops in the snow.", "rag_reason": "Much snow"}


@pytest.fixture(scope="module")
def made(kept):
    return open_round_scene()


@pytest.fixture
def answer(scene):
    return scene.action_answers[0]


def browser(person):
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def lead(scene):
    return browser(scene.lead)


def open_(client, scene, answer):
    page = client.get(address(scene, answer))
    assert page.status_code == 200
    return page


def keep(client, scene, answer, opened, person=None, **changes):
    """What the script does a few seconds after a key was pressed."""
    person = person or scene.lead
    sent = boxes(opened) | {"person": str(person.pk)} | changes
    sent = {name: value for name, value in sent.items() if value is not None}
    return client.post(address(scene, answer, "draft"), sent)


def stored(answer):
    return Answer.objects.get(pk=answer.pk)


def task_list_of(client, scene):
    return words(
        client.get(reverse("rounds:update", args=[scene.partnership.slug, scene.update.pk]))
    )


# Kept and given back --------------------------------------------------------------------------


def test_what_was_typed_comes_back_and_is_no_answer(lead, scene, answer):
    page = open_(lead, scene, answer)
    half = MINE | {"moved": "yes", "new_due_on_day": "31", "new_due_on_month": "Feb"}

    response = keep(lead, scene, answer, page, **half, then="list")

    assert response.status_code == 200
    draft = Draft.objects.get()
    assert response.json() == {"kept_at": f"{timezone.localtime(draft.kept_at):%H:%M}"}
    assert (draft.person, draft.version) == (scene.lead, 0)
    assert not set(draft.boxes) & {"csrfmiddlewaretoken", "then", "page", "person", "version"}
    assert (stored(answer).state, stored(answer).text) == ("not_started", "")

    again = open_(lead, scene, answer)
    told = words(again)
    assert "You had not saved this" in told
    assert f"Draft kept today at {response.json()['kept_at']}" in told
    assert "There is a problem" not in told
    assert {name: boxes(again)[name] for name in half} == half
    assert boxes(again)["page"] != boxes(page)["page"]
    # For nobody else, and on nobody's list but its writer's.
    assert "You have words here that are not saved" in task_list_of(lead, scene)
    for other in (scene.deputy, scene.coordinator):
        assert "snow" not in words(open_(browser(other), scene, answer))
        assert "that are not saved" not in task_list_of(browser(other), scene)


def test_kept_again_it_is_one_draft_and_boxes_as_they_were_are_none(lead, scene, answer):
    page = open_(lead, scene, answer)

    for text in ("We", "We met", "We met with \0shops"):
        assert keep(lead, scene, answer, page, text=None, text_html=f"<p>{text}</p>").json()
    assert Draft.objects.get().boxes["text_html"] == ["<p>We met with shops</p>"]

    assert keep(lead, scene, answer, page).json() == {"kept_at": None}
    assert not Draft.objects.exists()


def test_saving_ends_the_draft_of_its_page_and_one_that_comes_late(lead, scene, answer):
    page = open_(lead, scene, answer)
    keep(lead, scene, answer, page, **MINE)

    assert (
        press(lead, address(scene, answer), page, **WRITTEN | {"text": "Said."}).status_code == 302
    )
    late = keep(lead, scene, answer, page, **MINE)

    assert late.status_code == 409
    assert "This page was saved" in late.json()["why"]
    # Even one that was let in at the same moment.
    Draft.objects.update(kept_at=timezone.now(), mark="another")
    assert "You had not saved this" not in words(open_(lead, scene, answer))
    assert "that are not saved" not in task_list_of(lead, scene)
    call_command("send_reminders")
    assert not Draft.objects.exists()


def test_a_page_opened_with_a_draft_takes_it_over(lead, scene, answer):
    first = open_(lead, scene, answer)
    keep(lead, scene, answer, first, **MINE)
    second = open_(lead, scene, answer)

    assert press(lead, address(scene, answer), second).status_code == 302

    assert "in the snow" in stored(answer).text
    assert "You had not saved this" not in words(open_(lead, scene, answer))
    # The first page is open in another tab still: what is typed there now is kept again.
    assert keep(lead, scene, answer, first, **MINE | {"text": "And in the rain."}).json()["kept_at"]
    assert "in the rain" in words(open_(lead, scene, answer))


def test_kept_on_the_next_page_the_earlier_draft_goes_and_a_later_one_of_another_tab_stays(
    lead, scene, answer
):
    first = open_(lead, scene, answer)
    keep(lead, scene, answer, first, **MINE)
    second = open_(lead, scene, answer)

    keep(lead, scene, answer, second, text="We met in the snow, twice.")
    assert Draft.objects.get().page == boxes(second)["page"]
    keep(lead, scene, answer, first, text="Written in the first tab.")
    keep(lead, scene, answer, second, text="We met in the snow, thrice.")

    assert Draft.objects.count() == 2


def test_a_person_has_five_drafts_of_a_section_at_most(lead, scene, answer):
    pages = [open_(lead, scene, answer) for _ in range(6)]
    for number, page in enumerate(pages):
        keep(lead, scene, answer, page, text=f"Written on page {number}.")

    kept = Draft.objects.order_by("pk").values_list("page", flat=True)
    assert list(kept) == [boxes(page)["page"] for page in pages[1:]]


def test_thrown_away_after_asking(lead, scene, answer):
    where = address(scene, answer, "throw_away")
    assert lead.get(where).status_code == 302
    keep(lead, scene, answer, open_(lead, scene, answer), **MINE)

    asked = lead.get(where)
    assert "We met with shops in the snow." in words(asked)
    assert Draft.objects.exists()
    other = browser(scene.deputy).post(where)
    assert other.status_code == 302
    assert Draft.objects.exists()

    assert "thrown away" in said(lead, lead.post(where))
    assert not Draft.objects.exists()


# Two versions ---------------------------------------------------------------------------------


def overtaken(lead, scene, answer):
    keep(lead, scene, answer, open_(lead, scene, answer), **MINE)
    write(scene, answer, "<p>We met with pubs.</p>", by=scene.deputy)
    return open_(lead, scene, answer)


def test_what_was_saved_meanwhile_stands_beside_the_draft(lead, scene, answer):
    page = overtaken(lead, scene, answer)

    told = words(page)
    assert "This section was saved after you began your draft" in told
    assert "Your draft Not saved. Kept for you, today at" in told
    assert "Saved version Deputy lead, today at" in told
    chosen = boxes(page) | {"keep": "mine", "rating": "mine"}
    assert lead.post(address(scene, answer, "resolve"), chosen).status_code == 302
    assert "in the snow" in stored(answer).text
    assert "You had not saved this" not in words(open_(lead, scene, answer))


def test_keeping_the_saved_version_ends_the_draft(lead, scene, answer):
    page = overtaken(lead, scene, answer)

    chosen = boxes(page) | {"keep": "theirs", "rating": "theirs"}
    assert lead.post(address(scene, answer, "resolve"), chosen).status_code == 302

    assert not Draft.objects.exists()
    assert stored(answer).text == "<p>We met with pubs.</p>"


def test_a_draft_that_says_what_was_saved_meanwhile_is_nothing_unsaved(lead, scene, answer):
    keep(lead, scene, answer, open_(lead, scene, answer), **WRITTEN | {"text": "We met."})
    write(scene, answer, "<p>We met.</p>", by=scene.deputy, progress="in_progress", rag="green")

    assert boxes(open_(lead, scene, answer))["text"] == "We met."
    assert not Draft.objects.exists()


def test_two_tabs_of_one_person_are_chosen_from_and_neither_is_saved_by_it(lead, scene, answer):
    first, second = (open_(lead, scene, answer) for _ in range(2))
    keep(lead, scene, answer, first, **MINE)
    keep(lead, scene, answer, second, **MINE | {"text": "We met with pubs.", "rag": "not_rated"})

    page = open_(lead, scene, answer)
    told = words(page)
    assert "You have two drafts of this section" in told
    assert told.index("We met with pubs.") < told.index("Your earlier draft")
    assert told.index("Your earlier draft") < told.index("in the snow")
    resolve = address(scene, answer, "resolve")
    assert lead.post(resolve, boxes(page)).status_code == 422
    merged = lead.post(resolve, boxes(page) | {"keep": "both", "rating": "theirs"})

    assert stored(answer).state == "not_started"
    assert "data-unsaved" in merged.content.decode()
    text = boxes(merged)["text"]
    assert "in the snow" in text
    assert "pubs" in text
    assert press(lead, address(scene, answer), merged, **DONE_WELL).status_code == 302
    assert stored(answer).rag == "green"
    assert "You had not saved this" not in words(open_(lead, scene, answer))
    assert not Draft.objects.live().exists()


DONE_WELL = {"progress": "in_progress"}


# What is refused --------------------------------------------------------------------------------


def test_why_it_was_not_kept_is_told_in_words(lead, scene, answer, settings):
    page = open_(lead, scene, answer)
    signed_out = keep(Client(), scene, answer, page, **MINE)
    assert (signed_out.status_code, signed_out.json()) == (401, {"why": "You are signed out."})
    # Somebody else has signed in in this browser since the page was opened.
    other = keep(browser(scene.deputy), scene, answer, page, **MINE)
    assert (other.status_code, other.json()["why"][:13]) == (409, "Somebody else")
    long = keep(lead, scene, answer, page, text="Words " * 40_000)
    assert (long.status_code, "200,000" in long.json()["why"]) == (413, True)
    assert keep(lead, scene, answer, page, **MINE, page="'; drop").status_code == 409
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(scene.lead)
    assert keep(strict, scene, answer, page, **MINE).status_code == 403
    assert not Draft.objects.exists()


def test_keeping_asks_a_bounded_number_of_queries(
    lead, scene, answer, django_assert_max_num_queries
):
    page = open_(lead, scene, answer)
    keep(lead, scene, answer, page, **MINE)

    with django_assert_max_num_queries(12):
        keep(lead, scene, answer, page, **MINE | {"text": "Otherwise."})
    with django_assert_max_num_queries(10):
        open_(lead, scene, answer)


def test_a_tab_left_open_over_the_closing_moment_is_told_that_nothing_was_sent(lead, scene, answer):
    page = open_(lead, scene, answer)
    seconds = int(re.search(r'data-closes-in="(\d+)"', page.content.decode())[1])
    left = (Round.objects.get(pk=scene.round.pk).closes_at - timezone.now()).total_seconds()
    assert abs(seconds - left) < 60
    close(scene)

    late = keep(lead, scene, answer, page, **MINE).json()

    assert late["kept_at"]
    assert "closed on" in late["not_sent"]
    assert "in the snow" in Draft.objects.get().boxes["text"][0]
    # With nothing typed it says so too, and keeps nothing.
    untouched = keep(lead, scene, answer, page).json()
    assert (untouched["kept_at"], untouched["not_sent"]) == (None, late["not_sent"])


# The round closes ---------------------------------------------------------------------------------


def test_a_save_after_closing_comes_back_and_stays_as_the_writers_draft(lead, scene, answer):
    page = open_(lead, scene, answer)
    close(scene)

    refused = press(lead, address(scene, answer), page, **MINE)

    assert refused.status_code == 409
    assert boxes(refused)["text"] == MINE["text"]
    told = words(open_(lead, scene, answer))
    assert "You had not saved this" in told
    assert "We met with shops in the snow." in told
    assert "ask the coordinator to open the round" in told
    assert stored(answer).text == ""
    # Nothing of it is anywhere the coordinator looks.
    coordinator = browser(scene.coordinator)
    board = reverse("rounds:board", args=[scene.partnership.slug, scene.round.pk])
    drafts = reverse("rounds:drafts", args=[scene.partnership.slug, scene.round.pk])
    check = reverse("reports:check", args=[scene.partnership.slug, scene.update.pk])
    for where in (board, drafts, check, address(scene, answer, "read"), address(scene, answer)):
        assert "in the snow" not in words(coordinator.get(where, follow=True)), where

    Round.objects.filter(pk=scene.round.pk).update(
        state="open", closed_at=None, closes_at=timezone.now() + timedelta(days=1)
    )
    assert boxes(open_(lead, scene, answer))["text"] == MINE["text"]


def test_before_closing_the_coordinator_learns_how_many_and_no_words(lead, scene, answer):
    where = reverse("rounds:close", args=[scene.partnership.slug, scene.round.pk])
    coordinator = browser(scene.coordinator)
    assert "not saved" not in words(coordinator.get(where))
    for each in scene.action_answers[:2]:
        keep(lead, scene, each, open_(lead, scene, each), **MINE)
    deputy = browser(scene.deputy)
    keep(deputy, scene, answer, open_(deputy, scene, answer), scene.deputy, **MINE)

    told = words(coordinator.get(where))

    assert "2 with words that are not saved" in told
    assert f"{answer.heading} {scene.update.label}" in told
    assert "snow" not in told


def test_what_was_typed_on_an_answer_accepted_meanwhile_stays_too(lead, scene, answer):
    page = open_(lead, scene, answer)
    write(scene, answer)
    submit(scene)
    accept(scene)

    assert press(lead, address(scene, answer), page, **MINE).status_code == 409

    assert "We met with shops in the snow." in words(open_(lead, scene, answer))


def test_drafts_go_90_days_after_their_round_was_closed(scene, answer):
    now = timezone.now()
    long_ago, later = now - timedelta(days=91), now - timedelta(days=89)
    old = DraftFactory(answer=answer, person=scene.lead, kept_at=long_ago)
    call_command("send_reminders")
    assert Draft.objects.filter(pk=old.pk).exists(), "its round is open"
    typed_since = DraftFactory(answer=answer, person=scene.lead, kept_at=later)
    rounds = Round.objects.filter(pk=scene.round.pk)
    rounds.update(state="closed", closed_at=later)
    call_command("send_reminders")
    assert Draft.objects.count() == 2

    rounds.update(closed_at=long_ago)
    call_command("send_reminders")

    assert list(Draft.objects.all()) == [typed_since]


# Figures ------------------------------------------------------------------------------------------


def test_figures_typed_and_not_saved_come_back(lead, scene):
    figures = scene.answer(Answer.Kind.FIGURES)
    page = open_(lead, scene, figures)
    name = next(each for each in boxes(page) if each.endswith("-current-value"))

    assert keep(lead, scene, figures, page).json() == {"kept_at": None}
    assert keep(lead, scene, figures, page, **{name: "1,70x"}).json()["kept_at"]
    again = open_(lead, scene, figures)

    assert "You had not saved this" in words(again)
    assert boxes(again)[name] == "1,70x"
    assert "There is a problem" not in words(again)
    # Of a closed round it is shown, with nothing to save.
    rounds = Round.objects.filter(pk=scene.round.pk)
    rounds.update(state="closed", closed_at=timezone.now())
    assert ": 1,70x" in words(open_(lead, scene, figures))
    rounds.update(state="open", closed_at=None)
    source = name.replace("value", "source")
    response = press(lead, address(scene, figures), again, **{name: "1704", source: "Kent Police"})
    assert response.status_code == 302
    assert "You had not saved this" not in words(open_(lead, scene, figures))


def test_figures_typed_on_two_pages_are_offered_at_once(lead, scene):
    figures = scene.answer(Answer.Kind.FIGURES)
    pages = [open_(lead, scene, figures) for _ in range(2)]
    now = next(each for each in boxes(pages[0]) if each.endswith("-current-value"))
    before = now.replace("current", "previous")
    for page, typed in zip(pages, ({now: "1,450", before: "1,500"}, {now: "1,704"}), strict=True):
        assert keep(lead, scene, figures, page, **typed).json()["kept_at"]
    Draft.objects.filter(page=boxes(pages[0])["page"]).update(
        kept_at=timezone.now() - timedelta(minutes=5)
    )

    both = open_(lead, scene, figures)

    assert (boxes(both)[now], boxes(both)[before]) == ("1,704", "1,500")
    assert "You had typed something else before" in words(both)
    assert ": 1,450, kept today at" in words(both)
    sources = {each.replace("value", "source"): "Kent Police" for each in (now, before)}
    assert press(lead, address(scene, figures), both, **sources).status_code == 302
    assert "You had not saved this" not in words(open_(lead, scene, figures))
    assert not Draft.objects.live().exists()


# A section that was given away ----------------------------------------------------------------


def test_who_was_given_a_section_has_drafts_of_it_while_they_may_write_it(scene, answer):
    DelegationFactory(answer=answer, membership=scene.memberships["guest"])
    guest = browser(scene.guest)
    page = open_(guest, scene, answer)
    assert keep(guest, scene, answer, page, scene.guest, **MINE).json()["kept_at"]
    assert "You had not saved this" in words(open_(guest, scene, answer))

    close(scene)

    for there in ("throw_away", "answer"):
        kept = guest.get(address(scene, answer, there))
        assert MINE["text"] in words(kept)
        assert "form" not in kept.context
    # What is typed in a tab that is still open is kept too, until somebody takes the section back.
    late = keep(guest, scene, answer, page, scene.guest, **MINE | {"text": "And rain."}).json()
    assert "closed on" in late["not_sent"]
    assert "And rain." in words(guest.get(address(scene, answer)))
    Delegation.objects.update(ended_at=timezone.now(), ended_by=scene.lead)
    assert keep(guest, scene, answer, page, scene.guest, **MINE).status_code == 410
