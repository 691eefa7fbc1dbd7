"""Signing in and out, by code and by password, from the front door."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories import PASSWORD, UserFactory

LOGIN = "/accounts/login/"
ASK = "/accounts/login/code/"
ENTER = "/accounts/login/code/confirm/"
ADDRESS = "lead@police.example"


@pytest.fixture(autouse=True)
def nothing_counted(db):
    """Attempts are counted in the cache, which outlives a test's transaction."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def person():
    return UserFactory(email=ADDRESS)


def by_password(client, email=ADDRESS, password=PASSWORD, query=""):
    return client.post(LOGIN + query, {"login": email, "password": password})


def ask(client, email=ADDRESS, query=""):
    return client.post(ASK + query, {"email": email})


def mailed_code():
    (code,) = re.findall(r"^ +([A-Z]{6})$", mail.outbox[-1].body, re.MULTILINE)
    return code


def is_signed_in(client):
    return "_auth_user_id" in client.session


def words(response):
    """What the page says, without its tags and with single spaces."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_the_sign_in_page_offers_a_code_and_leads_to_the_password(client):
    page = client.get(LOGIN).content.decode()
    assert "Email me a code" in page
    assert 'type="password"' not in page
    assert f'href="{LOGIN}?password"' in page

    page = client.get(LOGIN + "?password").content.decode()
    assert 'type="password"' in page
    assert f'href="{LOGIN}"' in page


def test_a_code_from_the_email_signs_in_and_leads_where_one_wanted_to_go(client, person):
    query = "?next=/help/privacy/"
    assert f'action="{ASK}?next=' in client.get(LOGIN + query).content.decode()

    asked = ask(client, query=query)
    assert asked["Location"] == f"{ENTER}?next=%2Fhelp%2Fprivacy%2F"
    assert not is_signed_in(client)

    entered = client.post(asked["Location"], {"code": mailed_code()})
    assert entered["Location"] == "/help/privacy/"
    assert is_signed_in(client)


def test_the_email_says_in_plain_words_what_to_do(client, person):
    ask(client)

    (message,) = mail.outbox
    assert message.to == [ADDRESS]
    assert message.subject == "Your code for the CSP Portal"
    assert "It works for ten minutes" in message.body
    assert "testserver" not in message.subject + message.body


def test_the_code_may_be_typed_small_and_with_spaces_around_it(client, person):
    ask(client, "LEAD@Police.Example")
    client.post(ENTER, {"code": f" {mailed_code().lower()} "})

    assert is_signed_in(client)


def test_a_code_works_once(client, person):
    ask(client)
    code = mailed_code()
    client.post(ENTER, {"code": code})
    client.post(reverse("account_logout"))

    response = client.post(ENTER, {"code": code})

    assert response["Location"] == LOGIN
    assert not is_signed_in(client)


def test_a_wrong_code_is_told_and_five_of_them_end_the_code(client, person):
    ask(client, query="?next=/help/privacy/")
    for _ in range(4):
        response = client.post(ENTER, {"code": "WRONGC"})
        assert response.status_code == 200
        assert "This is not the code we sent" in words(response)

    response = client.post(ENTER + "?next=/help/privacy/", {"code": "WRONGC"})
    assert response["Location"] == f"{LOGIN}?next=%2Fhelp%2Fprivacy%2F"
    assert "That was tried too often" in words(client.get(response["Location"]))

    client.post(ENTER, {"code": mailed_code()})
    assert not is_signed_in(client)


def test_a_code_that_is_too_old_leads_back_with_the_address_wanted(client, person):
    ask(client)
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        response = client.post(ENTER + "?next=/help/privacy/", {"code": mailed_code()})
        page = client.get(response["Location"])

    assert response["Location"] == f"{LOGIN}?next=%2Fhelp%2Fprivacy%2F"
    assert "Your code is too old to be used. Ask for a new one." in words(page)
    assert not is_signed_in(client)


def test_somebody_waiting_for_a_code_can_ask_for_another_or_use_the_password(client, person):
    ask(client, "misspelt@police.example")

    assert client.get(LOGIN).status_code == 200
    assert ask(client)["Location"] == ENTER
    client.post(ENTER, {"code": mailed_code()})
    assert is_signed_in(client)


@pytest.mark.parametrize("email", [ADDRESS, "Lead@POLICE.example", f" {ADDRESS} "])
def test_a_password_signs_in_whatever_the_case_of_the_address(client, person, email):
    response = by_password(client, email, query="?next=/help/privacy/")

    assert response["Location"] == "/help/privacy/"
    assert is_signed_in(client)


def test_after_signing_in_nobody_is_told_that_they_did(client, person):
    by_password(client)

    assert "govuk-notification-banner" not in client.get("/help/privacy/").content.decode()


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(client, person):
    wrong = by_password(client, password="not the password")
    unknown = by_password(client, email="nobody@police.example")

    assert wrong.status_code == unknown.status_code == 200
    assert words(wrong) == words(unknown)
    assert "The email address and the password do not belong together" in words(wrong)
    assert PASSWORD not in unknown.content.decode()


def test_an_unknown_address_is_asked_for_a_code_like_a_known_one(client, person):
    known = ask(client)
    page = words(client.get(ENTER))
    client.cookies.clear()
    unknown = ask(client, "nobody@police.example")

    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert words(client.get(ENTER)).replace("nobody@police.example", ADDRESS) == page
    assert mail.outbox[-1].to == ["nobody@police.example"]
    assert "ask the coordinator of your partnership" in mail.outbox[-1].body
    client.post(ENTER, {"code": ""})
    client.post(ENTER, {"code": "-"})
    assert not is_signed_in(client)


def test_a_reset_of_an_unknown_password_is_answered_like_that_of_a_known_one(client, person):
    known = client.post("/accounts/password/reset/", {"email": ADDRESS})
    unknown = client.post("/accounts/password/reset/", {"email": "nobody@police.example"})

    assert known["Location"] == unknown["Location"] == "/accounts/password/reset/done/"
    assert [message.to for message in mail.outbox] == [[ADDRESS], ["nobody@police.example"]]


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example"],
)
def test_nobody_is_led_to_another_site(client, person, elsewhere):
    assert by_password(client, query=f"?next={elsewhere}")["Location"] == "/"
    client.post(reverse("account_logout"))

    asked = ask(client, query=f"?next={elsewhere}")
    assert client.post(asked["Location"], {"code": mailed_code()})["Location"] == "/"
    left = client.post(reverse("account_logout") + f"?next={elsewhere}")
    assert left["Location"] == LOGIN


def test_the_wanted_address_cannot_write_into_the_page(client):
    page = client.get(LOGIN, {"next": '"><script>x</script>', "password": ""}).content.decode()

    assert "<script>x" not in page


def test_somebody_switched_off_is_told_after_the_right_password_only(client):
    UserFactory(email=ADDRESS, is_active=False)

    wrong = by_password(client, password="not the password")
    assert "The email address and the password do not belong together" in words(wrong)
    right = by_password(client)

    assert right["Location"] == reverse("account_inactive")
    assert "ask the coordinator" in words(client.get(right["Location"]))
    assert not is_signed_in(client)


def test_somebody_switched_off_gets_no_code_but_an_email_that_says_why(client):
    UserFactory(email=ADDRESS, is_active=False)
    ask(client)

    assert mail.outbox[-1].subject == "You asked to sign in to the CSP Portal"
    assert "your account has been switched off" in mail.outbox[-1].body


def test_a_password_can_be_tried_five_times_in_five_minutes(client, person):
    for _ in range(5):
        by_password(client, password="not the password")

    response = by_password(client)

    assert "That was tried too often" in words(response)
    assert not is_signed_in(client)


def test_a_fourth_code_within_a_minute_is_refused(client, person):
    for _ in range(3):
        assert ask(client).status_code == 302

    response = ask(client)

    assert "That was tried too often" in words(response)
    assert len(mail.outbox) == 3


def test_a_flood_from_one_place_gets_a_page_that_says_to_wait(client, person):
    for number in range(30):
        by_password(client, f"person{number}@police.example")

    response = by_password(client)

    assert response.status_code == 429
    assert "Too many attempts" in words(response)


def test_attempts_are_counted_where_all_workers_see_them(settings):
    assert settings.CACHES["default"]["BACKEND"].endswith("DatabaseCache")


def test_nobody_signs_up(client):
    assert "Ask the coordinator of your partnership to add you" in words(
        client.get("/accounts/signup/")
    )
    client.post("/accounts/signup/", {"email": ADDRESS, "password1": PASSWORD})
    assert not type(UserFactory.build()).objects.exists()


def test_signing_out_takes_a_press_of_a_button(client, person):
    client.force_login(person)

    assert "Sign out" in words(client.get(reverse("account_logout")))
    assert is_signed_in(client)

    response = client.post(reverse("account_logout"))
    assert response["Location"] == LOGIN
    assert not is_signed_in(client)
    assert "You have signed out" in words(client.get(LOGIN))


def test_a_link_from_an_email_sets_a_new_password_once(client, person, settings):
    settings.PORTAL_ADDRESS = "https://portal.example.org"
    client.post("/accounts/password/reset/", {"email": ADDRESS.upper()})
    assert mail.outbox[-1].subject == "Choose a new password for the CSP Portal"
    (link,) = re.findall(r"https://portal\.example\.org(/\S+)", mail.outbox[-1].body)
    form = client.get(link)["Location"]
    typed = {"password1": "another long password", "password2": "another long password"}

    different = client.post(form, typed | {"password2": "something else"})
    assert "You must type the same password each time" in words(different)
    done = client.post(form, typed)
    assert "Your new password is set" in words(client.get(done["Location"]))

    assert "This link cannot be used" in words(client.get(link))
    by_password(client, password="another long password")
    assert is_signed_in(client)


def test_a_password_is_changed_by_somebody_who_knows_it(client, person):
    client.force_login(person)
    address = reverse("account_change_password")
    typed = {"password1": "another long password", "password2": "another long password"}

    wrong = client.post(address, {"oldpassword": "not it"} | typed)
    assert "Enter the password you use now" in words(wrong)
    right = client.post(address, {"oldpassword": PASSWORD} | typed)

    assert right["Location"] == "/"
    assert is_signed_in(client)
    person.refresh_from_db()
    assert person.check_password("another long password")


def test_somebody_without_a_password_can_choose_one(client):
    person = UserFactory(password=None)
    client.force_login(person)
    typed = {"password1": "another long password", "password2": "another long password"}

    assert client.get(reverse("account_change_password"))["Location"] == reverse(
        "account_set_password"
    )
    client.post(reverse("account_set_password"), typed)
    person.refresh_from_db()
    assert person.check_password("another long password")


def test_a_password_never_comes_back_in_a_page(person):
    client = Client(enforce_csrf_checks=True)
    secret = "a secret that nobody may read over a shoulder"
    names = ("password", "oldpassword", "password1", "password2")

    response = client.post(LOGIN, {"login": ADDRESS} | dict.fromkeys(names, secret))

    assert response.status_code == 403
    assert secret not in response.content.decode()


def test_the_session_ends_with_the_browser(client, person):
    ask(client)
    client.post(ENTER, {"code": mailed_code()})

    assert client.session.get_expire_at_browser_close()
