"""Pages about the portal itself, the partnership's colour, and the pages of what went wrong."""

import re

import pytest
from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.test import Client
from django.urls import reverse

from partnerships import views
from tests.factories import PASSWORD, MembershipFactory, PartnershipFactory, UserFactory
from tests.scenes import open_round_scene, write_all

ABOUT = ["/help/accessibility/", "/help/privacy/", "/help/cookies/"]


def words(response):
    """What the page says, without its tags and with single spaces."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.mark.parametrize("address", ABOUT)
def test_a_page_about_the_portal_needs_neither_sign_in_nor_database(client, address):
    response = client.get(address)

    assert response.status_code == 200
    assert response.content.decode().count("<h1") == 1
    for each in ABOUT:
        assert f'href="{each}"' in response.content.decode()


def test_a_title_says_the_page_the_portal_and_the_partnership(client, db):
    member = MembershipFactory(partnership__name="Swale Community Safety Partnership")
    client.force_login(member.user)

    home = client.get(member.partnership.get_absolute_url()).content.decode()
    assert "<title>Home – CSP Portal – Swale Community Safety Partnership</title>" in home
    assert "<title>Privacy – CSP Portal</title>" in client.get("/help/privacy/").content.decode()


def test_help_is_named_on_every_page(client, db):
    member = MembershipFactory()
    client.force_login(member.user)

    assert "Ask the community safety coordinator of your partnership" in words(client.get(ABOUT[0]))
    at_home = words(client.get(member.partnership.get_absolute_url()))
    assert "help@example.org or 01632 960123" in at_home


def test_the_cookies_page_names_every_cookie_that_is_set(client, db):
    scene = open_round_scene()
    write_all(scene)
    login = reverse("account_login")
    set_ones = set(client.get(login).cookies)
    set_ones |= set(client.post(login, {"login": scene.lead.email, "password": PASSWORD}).cookies)
    signed_out = client.post(reverse("account_logout"))
    set_ones |= set(signed_out.cookies)
    page = words(client.get("/help/cookies/"))

    assert set_ones == {
        settings.SESSION_COOKIE_NAME,
        settings.CSRF_COOKIE_NAME,
        CookieStorage.cookie_name,
    }
    for name in set_ones:
        assert name in page


def test_the_lifetimes_of_cookies_are_those_of_the_settings(client, settings):
    settings.SESSION_COOKIE_AGE = 3 * 60 * 60
    settings.CSRF_COOKIE_AGE = 5 * 7 * 24 * 60 * 60
    page = words(client.get("/help/cookies/"))

    assert "after 3 hours at the latest" in page
    assert "After 5 weeks" in page


def test_a_colour_becomes_the_four_properties_of_the_brand(client):
    response = client.get("/help/brand/10495a.css")

    assert response["Content-Type"] == "text/css; charset=utf-8"
    properties = dict(re.findall(r"(--[a-z-]+): (#[0-9a-f]{6})", response.content.decode()))
    assert properties == {
        "--brand": "#10495a",
        "--brand-dark": "#0b323d",
        "--brand-tint": "#e9eff0",
        "--brand-on": "#ffffff",
    }
    assert "max-age=31536000" in response["Cache-Control"]
    assert "Set-Cookie" not in response


@pytest.mark.parametrize("colour", ["ffffff", "00ff00", "7a8a99"])
def test_a_colour_too_pale_for_white_text_has_no_style_sheet(client, colour):
    assert client.get(f"/help/brand/{colour}.css").status_code == 404


@pytest.mark.parametrize("colour", ["xyz", "10495A", "10495a0", "%7D"])
def test_what_is_no_colour_has_no_style_sheet(client, colour):
    assert client.get(f"/help/brand/{colour}.css").status_code == 404


def test_each_page_of_a_partnership_has_its_own_colour(client, db):
    member = MembershipFactory(partnership=PartnershipFactory(brand_colour="#5A1049"))
    client.force_login(member.user)

    page = client.get(member.partnership.get_absolute_url()).content.decode()

    assert 'href="/help/brand/5a1049.css"' in page
    assert client.get("/help/brand/5a1049.css").status_code == 200


def test_a_page_that_is_not_there_says_what_to_do(client, db):
    for address in ("/no/such/page/", "/help/no/"):
        response = client.get(address)

        assert response.status_code == 404
        assert "Page not found" in words(response)
        assert 'href="/"' in response.content.decode()


def test_another_partnership_is_not_even_known_to_exist(client, db):
    PartnershipFactory(slug="elsewhere", name="Elsewhere Partnership")
    client.force_login(UserFactory())

    there, nowhere = client.get("/elsewhere/"), client.get("/nowhere/")

    assert there.status_code == nowhere.status_code == 404
    assert words(there) == words(nowhere)
    assert "Elsewhere" not in words(there)


def test_somebody_without_the_right_is_told_what_is_missing_and_whom_to_ask(client, db):
    member = MembershipFactory(partnership__name="Swale Community Safety Partnership")
    client.force_login(member.user)

    response = client.get(reverse("rounds:rounds", args=[member.partnership.slug]))

    assert response.status_code == 403
    said = words(response)
    assert "Swale Community Safety Partnership" in said
    assert "ask the coordinator" in said


def test_a_fault_of_ours_is_owned_up_to_without_the_database(client, monkeypatch):
    """No db fixture: a query would fail the test, and here even a session would need one."""

    def fail(colour):
        raise ValueError("a fault planted by the test")

    monkeypatch.setattr(views, "refuse_pale_colour", fail)
    client.raise_request_exception = False
    client.cookies[settings.SESSION_COOKIE_NAME] = "of somebody signed in"

    response = client.get("/help/brand/10495a.css")

    assert response.status_code == 500
    said = words(response)
    assert "Something went wrong" in said
    assert "tell your coordinator" in said
    assert "fault planted" not in said


def test_a_form_sent_from_an_old_page_is_refused_in_plain_words(db):
    response = Client(enforce_csrf_checks=True).post("/accounts/login/code/", {"email": "a@b.uk"})

    assert response.status_code == 403
    assert "This page was too old to be sent" in words(response)


def test_a_host_that_is_not_ours_gets_the_page_that_could_not_be_read(client, db):
    response = client.get("/help/privacy/", headers={"host": "elsewhere.example"})

    assert response.status_code == 400
    assert "The portal could not read that" in words(response)
