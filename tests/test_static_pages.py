"""Pages about the portal itself, the colour of a partnership, and the error pages."""

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from lxml import html

from cspportal import views
from tests.factories import PASSWORD, UserFactory
from tests.scenes import open_round_scene


def parsed(response):
    return html.fromstring(response.content.decode())


@pytest.mark.parametrize("name", ["accessibility", "privacy", "cookies"])
def test_everybody_reads_the_pages_about_the_portal(client, db, name):
    response = client.get(reverse(f"partnerships:{name}"))

    assert response.status_code == 200
    page = parsed(response)
    assert len(page.xpath("//h1")) == 1
    assert page.xpath("string(//title)").endswith("– CSP Portal")


@pytest.mark.parametrize("name", ["accessibility", "privacy", "cookies"])
def test_every_page_leads_to_them(client, db, name):
    page = parsed(client.get("/accounts/login/"))

    assert page.xpath(f"//footer//a[@href='{reverse(f'partnerships:{name}')}']")


def test_the_cookies_are_named_as_they_are(client, db, settings):
    settings.SESSION_COOKIE_NAME, settings.SESSION_COOKIE_AGE = "portal_session", 6 * 60 * 60
    said = " ".join(parsed(client.get(reverse("partnerships:cookies"))).text_content().split())

    assert "portal_session" in said
    assert "after 6 hours at the latest" in said


def test_every_cookie_that_is_set_is_named(client, db):
    person, login = UserFactory(), reverse("account_login")
    answers = [
        client.get(login),
        client.post(login, {"login": person.email, "password": PASSWORD}),
        client.post(reverse("account_logout")),
    ]
    names = {name for answer in answers for name in answer.cookies}
    said = parsed(client.get(reverse("partnerships:cookies"))).text_content()

    assert len(names) == 3
    for name in names:
        assert name in said


def test_a_dark_colour_gets_a_style_sheet_that_may_be_kept(client):
    response = client.get("/help/brand/10495a.css")

    assert response["Content-Type"] == "text/css; charset=utf-8"
    assert "--brand: #10495a;" in response.content.decode()
    assert "immutable" in response["Cache-Control"]


@pytest.mark.parametrize(
    "colour", ["ffffff", "ffff00", "aaaaaa", "10495A", "12345", "red", "10495a}"]
)
def test_a_pale_colour_or_anything_else_is_not_found(client, db, colour):
    assert client.get(f"/help/brand/{colour}.css").status_code == 404


def test_a_partnership_is_shown_in_its_colour(client, db):
    scene = open_round_scene(brand_colour="#5a1049")
    client.force_login(scene.lead)
    page = parsed(client.get(scene.partnership.get_absolute_url()))

    assert page.xpath("//link[@href='/help/brand/5a1049.css']")


def test_an_address_that_leads_nowhere_says_what_to_do(client, db):
    response = client.get("/nowhere/at/all/")

    assert response.status_code == 404
    assert "Page not found" in parsed(response).xpath("string(//h1)")
    assert parsed(response).xpath("//main//a[@href='/']")


def test_a_page_one_may_not_see_says_whom_to_ask(client, db):
    scene = open_round_scene()
    client.force_login(scene.member)
    response = client.get(reverse("rounds:rounds", args=[scene.partnership.slug]))

    assert response.status_code == 403
    assert "You cannot see this" in parsed(response).xpath("string(//h1)")
    assert "ask the coordinator" in response.content.decode()


def test_a_request_that_makes_no_sense_is_told_so(client, db):
    response = client.get("/help/privacy/", headers={"host": "elsewhere.example"})

    assert response.status_code == 400
    assert len(parsed(response).xpath("//h1")) == 1


def _without_database(request):
    """As a request stands when nothing can be read: not even who asks."""

    def nobody():
        raise OperationalError("the database is away")

    request.user = SimpleLazyObject(nobody)
    return request


def test_a_fault_of_ours_is_told_without_the_database(rf):
    response = views.server_error(_without_database(rf.get("/")))

    assert response.status_code == 500
    assert "This is our fault, not yours." in response.content.decode()


def test_a_fault_of_ours_gives_back_what_was_typed_without_the_database(rf):
    request = _without_database(rf.post("/", {"text": "Typed in vain, and given <back>."}))
    response = views.server_error(request)

    assert response.status_code == 500
    assert "Typed in vain, and given &lt;back&gt;." in response.content.decode()


def test_a_form_that_is_too_old_gives_back_what_was_typed(db):
    client = Client(enforce_csrf_checks=True)
    response = client.post("/help/privacy/", {"text": "Typed in vain, and given back at once."})

    assert response.status_code == 403
    assert "Typed in vain, and given back at once." in response.content.decode()
