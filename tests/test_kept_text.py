"""A post that cannot be saved gives back what was typed, and stores nothing."""

from datetime import date

import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from partnerships.kept import Posted
from partnerships.models import Marking, Membership
from rounds.models import Answer
from rounds.views import answers
from tests.factories import PASSWORD, GroupHeadingFactory
from tests.scenes import open_round_scene
from tests.writing import WRITTEN, address, boxes, press, words

pytestmark = pytest.mark.django_db

LONG = "We met with “shops” & <b>pubs</b>.\n\n- Two visits\n- One letter"


@pytest.fixture(scope="module")
def made(kept):
    return open_round_scene()


@pytest.fixture
def answer(scene):
    return scene.action_answers[0]


@pytest.fixture
def strict():
    """A browser whose forms are checked as in real use."""
    return Client(enforce_csrf_checks=True)


def kept(answer):
    return Answer.objects.get(pk=answer.pk)


# Signed out in the middle of writing ------------------------------------------------------


def test_a_session_that_ends_while_writing_gives_the_text_back(client, scene, answer):
    client.force_login(scene.lead)
    page = client.get(address(scene, answer))
    client.logout()

    response = press(client, address(scene, answer), page, **WRITTEN | {"text": LONG})

    assert response.status_code == 403
    assert "You have been signed out" in words(response)
    assert boxes(response)["text"] == LONG
    assert "<b>pubs" not in response.content.decode()
    assert kept(answer).text == ""


def test_after_signing_in_again_it_can_be_sent_from_the_same_page(strict, scene, answer):
    strict.force_login(scene.lead)
    where = address(scene, answer)
    page = strict.get(where)
    strict.logout()
    given_back = press(strict, where, page, **WRITTEN | {"text": LONG, "is_sensitive": "on"})

    # In another tab, as the page says; it changes the token of every form.
    tab = strict.get("/accounts/login/")
    strict.post("/accounts/login/", boxes(tab) | {"login": scene.lead.email, "password": PASSWORD})
    again = strict.post(where, boxes(given_back))
    if again.status_code == 403:
        again = strict.post(where, boxes(again))

    assert again.status_code == 302
    found = kept(answer)
    assert (found.rag, found.progress, found.marking) == ("green", "in_progress", Marking.SENSITIVE)
    assert found.text == (
        "<p>We met with “shops” &amp; &lt;b&gt;pubs&lt;/b&gt;.</p>"
        "<ul><li>Two visits</li><li>One letter</li></ul>"
    )


def test_which_button_was_pressed_is_not_forgotten(client, scene, answer):
    client.force_login(scene.lead)
    page = client.get(address(scene, answer))
    client.logout()

    response = press(client, address(scene, answer), page, then="list", text="Half")
    client.force_login(scene.lead)
    again = client.post(address(scene, answer), boxes(response))

    assert again.status_code == 302
    assert kept(answer).text == "<p>Half</p>"


def test_a_short_text_is_shown_and_not_only_carried_along(client, scene, answer):
    client.force_login(scene.lead)
    page = client.get(address(scene, answer))
    client.logout()

    response = press(client, address(scene, answer), page, text="Mine.", rag_reason="Much snow")

    shown = response.content.decode()
    assert "Mine.</textarea>" in shown
    assert "What you sent as “Why is it red or amber?”" in words(response)
    assert "Much snow</textarea>" in shown


def test_what_the_editor_sent_is_given_back_as_lines_to_read(client, scene, answer):
    client.force_login(scene.lead)
    page = client.get(address(scene, answer))
    client.logout()
    html = "<p>We <strong>met</strong>.</p><ul><li>Two visits</li></ul>"

    response = press(
        client, address(scene, answer), page, **WRITTEN | {"text": None}, text_html=html
    )

    assert boxes(response)["text"] == "We **met**.\n\n- Two visits"
    assert "text_html" not in boxes(response)
    client.force_login(scene.lead)
    assert client.post(address(scene, answer), boxes(response)).status_code == 302
    assert kept(answer).text == html


def test_nothing_of_a_signed_out_person_is_stored(client, answer, scene):
    before = Session.objects.count()

    client.post(address(scene, answer), WRITTEN | {"version": "0"})

    assert Session.objects.count() == before
    assert "sessionid" not in client.cookies
    assert kept(answer).state == "not_started"


def test_a_stranger_learns_nothing_from_a_page_given_back(client, scene):
    """The same answer, whether the address exists or not."""
    here = client.post(address(scene, scene.answers[0]), {"text": "Words"})
    nowhere = client.post("/nowhere/answers/999999/", {"text": "Words"})

    assert (here.status_code, nowhere.status_code) == (403, 403)
    assert scene.partnership.name not in here.content.decode()


# A form too old ------------------------------------------------------------------------------


def test_a_form_with_an_old_token_comes_back_with_one_that_works(strict, scene, answer):
    strict.force_login(scene.lead)
    page = strict.get(address(scene, answer))

    response = press(
        strict, address(scene, answer), page, **WRITTEN | {"text": LONG}, csrfmiddlewaretoken="old"
    )

    assert response.status_code == 403
    assert "You have signed in again since you opened the page" in words(response)
    assert boxes(response)["text"] == LONG
    assert kept(answer).text == ""
    assert strict.post(address(scene, answer), boxes(response)).status_code == 302
    assert kept(answer).rag == "green"


def test_passwords_and_codes_are_never_given_back(strict):
    for where, typed in (
        ("/accounts/login/", {"login": "lead@example.org", "password": PASSWORD}),
        ("/accounts/login/code/confirm/", {"code": "KWRTPZ"}),
        ("/admin/login/", {"username": "lead@example.org", "password": PASSWORD}),
        ("/accounts/password/change/", {"oldpassword": "first one", "password1": PASSWORD,
                                        "password2": PASSWORD}),
    ):  # fmt: skip
        response = strict.post(where, typed)
        assert response.status_code == 403, where
        for value in typed.values():
            assert value not in response.content.decode(), (where, value)


def test_the_admins_password_boxes_are_not_given_back_either(strict):
    response = strict.post(
        "/admin/accounts/user/1/password/",
        {"new_password1": PASSWORD, "new_password2": PASSWORD, "usable_password": "true"},
    )

    assert response.status_code == 403
    assert PASSWORD not in response.content.decode()


# The right has ended, or the page is gone --------------------------------------------------


def test_a_lead_whose_post_ends_while_writing_gets_the_text_back(client, scene, answer):
    client.force_login(scene.lead)
    page = client.get(address(scene, answer))
    Membership.objects.filter(user=scene.lead).update(
        starts_on=date(2019, 1, 1), ends_on=date(2019, 1, 2)
    )

    response = press(client, address(scene, answer), page, **WRITTEN | {"text": LONG})

    assert response.status_code == 404
    assert "Nothing was saved" in words(response)
    assert escape(LONG) in response.content.decode()
    assert "<b>pubs" not in response.content.decode()
    assert kept(answer).text == ""


def test_a_post_without_the_right_gives_its_words_back(client, scene):
    client.force_login(scene.member)

    response = client.post(
        reverse("rounds:recommendations", args=[scene.partnership.slug, scene.round.pk]),
        {"recommendations": "Meet <i>sooner</i>.", "marker": "17"},
    )

    assert response.status_code == 403
    page = response.content.decode()
    assert "Nothing was saved" in words(response)
    assert "Meet &lt;i&gt;sooner&lt;/i&gt;." in page
    assert "What you sent as “recommendations”" in words(response)


def test_a_heading_removed_in_another_tab_gives_its_title_back(client, scene):
    client.force_login(scene.administrator)
    heading = GroupHeadingFactory(priority=scene.priority, heading="Groups not yet asked")
    where = reverse("administration:heading", args=[scene.partnership.slug, heading.pk])
    page = client.get(where)
    heading.delete()

    response = press(client, where, page, heading="Groups of the town centre")

    assert response.status_code == 404
    assert "Groups of the town centre" in words(response)


def test_the_page_is_the_same_for_what_is_elsewhere_and_for_what_is_not_there(client, scene):
    elsewhere = open_round_scene()
    client.force_login(scene.lead)
    sent = {"text": "Words of a lead."}

    def page(slug, pk):
        response = client.post(reverse("rounds:answer", args=[slug, pk]), sent)
        assert response.status_code == 404
        assert "Words of a lead." in words(response)
        return words(response)

    own = scene.partnership.slug
    assert page(own, elsewhere.answers[0].pk) == page(own, 999_999)
    assert page(elsewhere.partnership.slug, elsewhere.answers[0].pk) == page("nowhere", 999_999)


@pytest.mark.parametrize("name", ["password", "new_password1", "code", "token", "reset_token"])
def test_a_page_that_is_not_there_echoes_nothing_secret(client, scene, name):
    client.force_login(scene.lead)

    response = client.post(
        "/nowhere/to/be/found/", {name: "Sheppey swift water", "text": "Beside it."}
    )

    assert response.status_code == 404
    assert "Sheppey" not in response.content.decode()
    assert "Beside it." not in response.content.decode()


def test_files_are_never_given_back(client):
    file = SimpleUploadedFile("minutes.txt", b"Minutes of the meeting")

    response = client.post("/nowhere/to/be/found/", {"text": "Words beside it", "file": file})

    assert response.status_code == 404
    assert "Words beside it" in words(response)
    assert "inutes" not in response.content.decode()


def test_too_much_for_an_address_without_a_page_is_answered_404(client, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10

    response = client.post(
        "/nowhere/to/be/found/", "text=" + "Words " * 9,
        content_type="application/x-www-form-urlencoded",
    )  # fmt: skip

    assert response.status_code == 404


def test_a_page_only_looked_at_says_nothing_of_saving(client, scene):
    client.force_login(scene.lead)

    for where in ("/nowhere/to/be/found/", address(scene, scene.answers[0]) + "nowhere/"):
        assert "Nothing was saved" not in words(client.get(where))


# The database is away, and our own faults ------------------------------------------------------


@pytest.fixture
def database_away(monkeypatch):
    """Every question to the database fails, once this is called."""

    def fail(*args, **kwargs):
        raise OperationalError("server closed the connection unexpectedly")

    return lambda: monkeypatch.setattr(connection, "cursor", fail)


def test_without_the_database_the_text_comes_back_and_when_to_try_again(
    client, scene, answer, database_away, monkeypatch
):
    client.force_login(scene.lead)
    page = client.get(address(scene, answer))
    database_away()

    response = press(client, address(scene, answer), page, **WRITTEN | {"text": LONG})
    monkeypatch.undo()

    assert response.status_code == 503
    assert response["Retry-After"] == "60"
    assert "The portal cannot save anything just now" in words(response)
    assert boxes(response)["text"] == LONG
    assert client.post(address(scene, answer), boxes(response)).status_code == 302


def test_a_page_asked_for_without_the_database_says_so_and_offers_no_text(
    client, scene, answer, database_away, monkeypatch
):
    client.force_login(scene.lead)
    database_away()

    response = client.get(address(scene, answer))
    monkeypatch.undo()

    assert response.status_code == 503
    page = words(response)
    assert "Nothing was saved" not in page
    assert "Send it again" not in page


def test_when_saving_fails_half_way_nothing_is_saved_and_the_text_comes_back(
    client, scene, answer, monkeypatch
):
    client.force_login(scene.lead)
    page = client.get(address(scene, answer))
    monkeypatch.setattr(
        Answer, "save", lambda *args, **kwargs: (_ for _ in ()).throw(OperationalError("locked"))
    )

    response = press(client, address(scene, answer), page, **WRITTEN | {"text": LONG})

    assert response.status_code == 503
    assert boxes(response)["text"] == LONG
    assert kept(answer).version == 0


def test_a_fault_of_ours_gives_the_text_back(client, scene, answer, monkeypatch):
    client.force_login(scene.lead)
    page = client.get(address(scene, answer))

    def broken(*args, **kwargs):
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(answers, "save_held_answer", broken)
    client.raise_request_exception = False

    response = press(client, address(scene, answer), page, **WRITTEN | {"text": LONG})

    assert response.status_code == 500
    assert "Something went wrong" in words(response)
    assert boxes(response)["text"] == LONG
    assert "a fault of ours" not in response.content.decode()
    monkeypatch.undo()
    assert client.post(address(scene, answer), boxes(response)).status_code == 302


def test_every_page_that_gives_text_back_asks_nothing_of_the_database(
    client, scene, answer, django_assert_num_queries
):
    with django_assert_num_queries(0):
        response = client.post(address(scene, answer), WRITTEN)
    assert response.status_code == 403


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("rag_reason", "Why is it red or amber?"),
        ("m-51-title", "title"),
        ("action-3-closing_reason", "closing reason"),
    ],
)
def test_what_is_given_back_is_named_in_words(name, label):
    assert Posted(name, "").label == label
