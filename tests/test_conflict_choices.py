"""What the choice between two versions must not lose: reasons, markings and the button pressed."""

import pytest

from partnerships.models import Marking
from rounds.models import Answer
from tests.scenes import open_round_scene
from tests.writing import WRITTEN, address, boxes, press, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene():
    return open_round_scene()


@pytest.fixture
def answer(scene):
    return scene.action_answers[0]


def kept(answer):
    return Answer.objects.get(pk=answer.pk)


def conflict(client, scene, answer, *, mine, theirs, then="next"):
    """The page of both versions: the deputy has saved while the lead was writing."""
    client.force_login(scene.lead)
    opened = client.get(address(scene, answer))
    client.force_login(scene.deputy)
    saved = press(client, address(scene, answer), opened, "list", **WRITTEN | theirs)
    assert saved.status_code == 302, words(saved)
    client.force_login(scene.lead)
    response = press(client, address(scene, answer), opened, then, **WRITTEN | mine)
    assert response.status_code == 409, words(response)
    return response


def choose(client, scene, answer, page, **choice):
    return client.post(address(scene, answer, "resolve"), boxes(page) | choice)


SNOW = {"rag": "amber", "rag_reason": "Snow", "way_back": "Spring"}
ICE = {"rag": "amber", "rag_reason": "Ice", "way_back": "Spring"}


def test_with_both_the_reasons_of_both_are_in_the_boxes(client, scene, answer):
    page = conflict(client, scene, answer, mine=ICE, theirs=SNOW)

    found = boxes(choose(client, scene, answer, page, keep="both"))

    assert (found["rag_reason"], found["way_back"]) == ("Snow\nIce", "Spring")


def test_keeping_theirs_keeps_their_reasons_too(client, scene, answer):
    page = conflict(client, scene, answer, mine=ICE, theirs=SNOW)

    choose(client, scene, answer, page, keep="theirs")

    assert (kept(answer).rag_reason, kept(answer).version) == ("Snow", 1)


def test_keeping_mine_with_their_rating_takes_their_reasons(client, scene, answer):
    mine = {"rag": "green", "text": "Mine."}
    page = conflict(client, scene, answer, mine=mine, theirs=SNOW)

    choose(client, scene, answer, page, keep="mine", rating="theirs")

    found = kept(answer)
    assert (found.text, found.rag, found.rag_reason) == ("<p>Mine.</p>", "amber", "Snow")


@pytest.mark.parametrize("keep", ["mine", "both"])
def test_a_marking_that_either_chose_is_not_lost(client, scene, answer, keep):
    theirs = {"text": "Theirs.", "is_sensitive": "on"}
    page = conflict(client, scene, answer, mine={}, theirs=theirs)

    response = choose(client, scene, answer, page, keep=keep)
    if keep == "both":
        press(client, address(scene, answer), response)

    assert kept(answer).marking == Marking.SENSITIVE
    assert kept(answer).version == 2


def test_a_new_date_that_only_the_saved_one_has_comes_into_the_boxes(client, scene, answer):
    day = {"new_due_on_day": "14", "new_due_on_month": "6", "new_due_on_year": "2024"}
    theirs = {"moved": "yes", "date_reason": "Builder"} | day
    page = conflict(client, scene, answer, mine={"text": "Mine."}, theirs=theirs)

    found = boxes(choose(client, scene, answer, page, keep="both"))

    assert (found["moved"], found["new_due_on_day"]) == ("yes", "14")
    assert found["date_reason"] == "Builder"


def test_the_button_that_was_pressed_still_counts_after_the_choice(client, scene, answer):
    mine = {"text": "Half", "progress": None, "rag": None}
    page = conflict(client, scene, answer, mine=mine, theirs={}, then="list")

    response = choose(client, scene, answer, page, keep="mine", rating="mine")

    assert response["Location"] == f"{scene.update.get_absolute_url()}#answer-{answer.pk}"
    assert (kept(answer).text, kept(answer).rag) == ("<p>Half</p>", "")


def test_other_sections_have_their_conflict_too(client, scene):
    answer = scene.answer(Answer.Kind.KEY_ISSUES)
    client.force_login(scene.lead)
    opened = client.get(address(scene, answer))
    press(client, address(scene, answer), opened, text="First.")

    page = press(client, address(scene, answer), opened, text="Second.")

    assert page.status_code == 409
    assert choose(client, scene, answer, page, keep="mine").status_code == 302
    assert kept(answer).text == "<p>Second.</p>"
