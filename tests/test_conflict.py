"""Two people at one section: nothing is written over, and the second one chooses.

What either wrote is lost in none of the choices: reasons, dates, markings, the button pressed.
"""

from datetime import date

import pytest
from django.utils import timezone

from partnerships.models import Marking
from rounds.models import Answer
from tests.factories import MilestoneFactory
from tests.scenes import accept, close, open_round_scene, submit, write, write_all
from tests.writing import WRITTEN, address, boxes, fill, press, problems, said, words

pytestmark = pytest.mark.django_db

MINE = {
    "response": "written",
    "text": "Burglary fell. Every victim is visited.",
    "progress": "in_progress",
    "rag": "amber",
    "rag_reason": "Shoplifting rose",
    "way_back": "Radios by December",
}
THEIRS = "<p>Burglary fell. No series was found.</p>"
SNOW = {"rag": "amber", "rag_reason": "Snow", "way_back": "Spring"}


@pytest.fixture(scope="module")
def made(kept):
    return open_round_scene()


@pytest.fixture
def answer(scene):
    return scene.action_answers[0]


@pytest.fixture
def lead(client, scene):
    client.force_login(scene.lead)
    return client


def kept(answer):
    return Answer.objects.get(pk=answer.pk)


def meet(client, scene, answer, mine=MINE, theirs=THEIRS, then="next", **content):
    """Open the page, let the deputy save the section meanwhile, and press the button."""
    page = client.get(address(scene, answer))
    write(scene, answer, theirs, by=scene.deputy, **content)
    response = press(client, address(scene, answer), page, then, **mine)
    assert response.status_code == 409
    return response


def choose(client, scene, answer, page, **chosen):
    return client.post(address(scene, answer, "resolve"), boxes(page) | chosen)


def test_both_versions_are_shown_and_the_saved_one_stays(lead, scene, answer):
    page = meet(lead, scene, answer)

    told = words(page)
    assert "Someone else saved this section while you were writing" in told
    assert "Your version You, just now. Not saved yet Amber In progress Burglary fell." in told
    assert "Saved version Deputy lead, today at" in told
    assert "Why amber: Shoplifting rose" in told
    html = page.content.decode()
    assert "<p>Burglary fell. <ins>Every victim is visited.</ins></p>" in html
    assert "<p>Burglary fell. <ins>No series was found.</ins></p>" in html
    assert kept(answer).text == THEIRS
    assert "checked" not in html.split("Which text should be kept?")[1]


def test_what_one_saved_oneself_in_another_window_is_told_so(lead, scene, answer):
    page = lead.get(address(scene, answer))
    assert fill(lead, address(scene, answer), **WRITTEN).status_code == 302

    late = press(lead, address(scene, answer), page, **MINE)

    told = words(late)
    assert late.status_code == 409
    when = f"today at {timezone.localtime(kept(answer).saved_at):%H:%M}"
    assert f"You saved this section in another window {when}" in told
    assert f"Saved version You, {when}" in told
    assert "Someone else" not in told


def test_the_same_words_saved_twice_are_no_conflict(lead, scene, answer):
    page = lead.get(address(scene, answer))
    write(scene, answer, "<p>Same.</p>", by=scene.deputy)

    response = press(lead, address(scene, answer), page, **WRITTEN | {"text": "Same."})

    assert response.status_code == 302


def test_what_was_typed_is_escaped_on_the_conflict_page(lead, scene, answer):
    mine = MINE | {"text": "<script>alert(1)</script>", "rag_reason": "<b>Snow</b>"}

    html = meet(lead, scene, answer, mine).content.decode()

    assert "<script>alert" not in html
    assert "<b>Snow" not in html


def test_keeping_mine_saves_it_and_the_saved_version_stays_in_the_history(lead, scene, answer):
    page = meet(lead, scene, answer)

    response = choose(lead, scene, answer, page, keep="mine", rating="mine")

    assert f"Saved: {answer.heading}" in said(lead, response)
    found = kept(answer)
    assert found.text == "<p>Burglary fell. Every victim is visited.</p>"
    assert (found.rag, found.rag_reason, found.way_back) == (
        "amber",
        "Shoplifting rose",
        "Radios by December",
    )
    assert found.saved_by == scene.lead
    assert THEIRS in found.history.values_list("text", flat=True)


@pytest.mark.parametrize(
    ("mine", "theirs", "rating"),
    [
        (MINE, {}, ("green", "")),
        (MINE | {"rag": "green"}, SNOW, ("amber", "Snow")),
    ],
)
def test_keeping_mine_with_their_rating_takes_their_reasons(
    lead, scene, answer, mine, theirs, rating
):
    page = meet(lead, scene, answer, mine, **theirs)

    choose(lead, scene, answer, page, keep="mine", rating="theirs")

    found = kept(answer)
    assert found.text == "<p>Burglary fell. Every victim is visited.</p>"
    assert (found.rag, found.rag_reason) == rating


def test_keeping_theirs_changes_nothing(lead, scene, answer):
    page = meet(lead, scene, answer, **SNOW)

    response = choose(lead, scene, answer, page, keep="theirs")

    assert response["Location"].endswith(f"#answer-{answer.pk}")
    assert "The saved version was kept" in said(lead, response)
    found = kept(answer)
    assert (found.text, found.rag_reason, found.version) == (THEIRS, "Snow", 1)


def test_keeping_theirs_with_my_rating(lead, scene, answer):
    page = meet(lead, scene, answer)

    choose(lead, scene, answer, page, keep="theirs", rating="mine")

    found = kept(answer)
    assert (found.text, found.rag, found.rag_reason) == (THEIRS, "amber", "Shoplifting rose")


def test_both_come_into_the_box_and_nothing_is_saved_yet(lead, scene, answer):
    page = meet(lead, scene, answer)

    page = choose(lead, scene, answer, page, keep="both", rating="mine")

    assert page.status_code == 200
    found = boxes(page)
    assert found["text"] == (
        "Burglary fell. No series was found.\n\nBurglary fell. Every victim is visited."
    )
    assert (found["rag"], found["way_back"]) == ("amber", "Radios by December")
    assert kept(answer).version == 1

    saving = lead.post(address(scene, answer), found | {"then": "list"})
    assert saving.status_code == 302
    assert kept(answer).version == 2


def test_with_both_the_reasons_of_both_are_in_the_boxes(lead, scene, answer):
    page = meet(lead, scene, answer, MINE | SNOW | {"rag_reason": "Ice"}, **SNOW)

    found = boxes(choose(lead, scene, answer, page, keep="both"))

    assert (found["rag_reason"], found["way_back"]) == ("Snow\nIce", "Spring")


@pytest.mark.parametrize("keep", ["mine", "both"])
def test_a_marking_that_either_chose_is_not_lost(lead, scene, answer, keep):
    page = meet(lead, scene, answer, WRITTEN, marking=Marking.SENSITIVE)

    response = choose(lead, scene, answer, page, keep=keep)
    if keep == "both":
        press(lead, address(scene, answer), response)

    assert (kept(answer).marking, kept(answer).version) == (Marking.SENSITIVE, 2)


def test_a_choice_is_asked_for_and_what_was_typed_stays(lead, scene, answer):
    page = meet(lead, scene, answer)

    page = choose(lead, scene, answer, page)

    assert page.status_code == 422
    assert problems(page) == {
        "id_keep": "Choose which text should be kept",
        "id_rating": "Choose which progress and rating are right",
    }
    choose(lead, scene, answer, page, keep="mine", rating="mine")
    assert kept(answer).text == "<p>Burglary fell. Every victim is visited.</p>"


def test_ratings_are_asked_about_only_where_they_differ(lead, scene, answer):
    page = meet(lead, scene, answer, WRITTEN)

    assert "Which are right?" not in words(page)
    assert choose(lead, scene, answer, page, keep="mine").status_code == 302


def test_a_third_version_meanwhile_brings_the_page_again(lead, scene, answer):
    page = meet(lead, scene, answer)
    write(scene, kept(answer), "<p>A third one.</p>", by=scene.deputy)

    page = choose(lead, scene, answer, page, keep="mine", rating="mine")

    assert page.status_code == 409
    assert "A third one." in words(page)
    choose(lead, scene, answer, page, keep="mine", rating="mine")
    assert kept(answer).text == "<p>Burglary fell. Every victim is visited.</p>"


def test_half_an_answer_can_be_kept_as_a_draft_and_the_button_pressed_still_counts(
    lead, scene, answer
):
    page = meet(lead, scene, answer, {"text": "Half"}, then="list")

    response = choose(lead, scene, answer, page, keep="mine", rating="mine")

    assert response["Location"] == f"{scene.update.get_absolute_url()}#answer-{answer.pk}"
    found = kept(answer)
    assert (found.text, found.rag, found.state) == ("<p>Half</p>", "", "draft")


def test_text_from_the_editor_goes_through_the_choice_unharmed(lead, scene, answer):
    mine = WRITTEN | {"text": None, "text_html": "<p>A “quoted” <strong>word</strong> &amp; so</p>"}
    page = meet(lead, scene, answer, mine)

    choose(lead, scene, answer, page, keep="mine")

    assert kept(answer).text == "<p>A “quoted” <strong>word</strong> &amp; so</p>"


def test_a_moved_date_goes_through_the_choice(lead, scene, answer):
    moved = {
        "moved": "yes",
        "new_due_on_day": "14",
        "new_due_on_month": "6",
        "new_due_on_year": "2024",
        "date_reason": "The builder is late",
    }
    page = meet(lead, scene, answer, WRITTEN | moved)
    assert "New date: 14 June 2024. The builder is late" in words(page)

    choose(lead, scene, answer, page, keep="mine")

    assert kept(answer).new_due_on == date(2024, 6, 14)


def test_ticked_milestones_go_through_the_choice(lead, scene, answer):
    first, second, third = (
        MilestoneFactory(action=answer.action, title=title, timescale_kind="unknown")
        for title in ("Map", "Launch", "Review")
    )
    mine = MINE | {"done": [str(second.pk), str(third.pk)]}
    page = meet(lead, scene, answer, mine, done=frozenset({first.pk, second.pk}))

    assert "Milestones done: Launch; Review" in words(page)
    assert "Milestones done: Map; Launch" in words(page)
    assert "The milestones that are ticked go with the text" in words(page)
    assert page.text.count('<input type="hidden" name="done"') == 2
    carried = {"done": mine["done"], "rating": "mine"}
    both = choose(lead, scene, answer, page, keep="both", **carried)
    assert boxes(both)["done"] == [str(each.pk) for each in (first, second, third)]
    choose(lead, scene, answer, page, keep="mine", **carried)
    assert kept(answer).done == {second.pk, third.pk}


def test_a_new_date_that_only_the_saved_one_has_comes_into_the_boxes(lead, scene, answer):
    theirs = {"new_due_on": date(2024, 6, 14), "date_reason": "Builder"}
    page = meet(lead, scene, answer, WRITTEN, **theirs)

    found = boxes(choose(lead, scene, answer, page, keep="both"))

    assert (found["moved"], found["new_due_on_day"]) == ("yes", "14")
    assert found["date_reason"] == "Builder"


def test_a_round_that_closes_before_the_choice_gives_the_text_back(lead, scene, answer):
    page = meet(lead, scene, answer)
    close(scene)

    response = choose(lead, scene, answer, page, keep="mine", rating="mine")

    assert response.status_code == 409
    assert boxes(response)["text"] == MINE["text"]
    assert kept(answer).text == THEIRS


def test_a_coordinator_meets_the_same_page(client, scene, answer):
    write_all(scene)
    submit(scene)
    accept(scene)
    client.force_login(scene.coordinator)
    page = client.get(address(scene, answer))
    fill(client, address(scene, answer), text="Edited by another window.")

    page = press(client, address(scene, answer), page, text="Edited here.")

    assert page.status_code == 409
    response = choose(client, scene, answer, page, keep="mine")
    assert response["Location"] == address(scene, answer, "read")
    assert kept(answer).text == "<p>Edited here.</p>"


def test_one_click_over_a_newer_answer_changes_nothing_and_says_so(lead, scene, answer):
    write(scene, answer, THEIRS, by=scene.deputy)

    response = lead.post(
        address(scene, answer, "quick"), {"response": "nothing", "version": answer.version}
    )

    assert "in this section" in said(lead, response)
    assert kept(answer).text == THEIRS


def test_a_page_that_lost_its_version_meets_the_conflict_page(lead, scene, answer):
    write(scene, answer, THEIRS, by=scene.deputy)

    response = fill(lead, address(scene, answer), **MINE, version="x")

    assert response.status_code == 409


def test_other_sections_have_their_conflict_too(lead, scene):
    answer = scene.answer(Answer.Kind.KEY_ISSUES)
    page = meet(lead, scene, answer, {"text": "Second."}, "<p>First.</p>")

    assert choose(lead, scene, answer, page, keep="mine").status_code == 302
    assert kept(answer).text == "<p>Second.</p>"
