"""What browsers are told about every page, and that the pages keep to it."""

import re
import runpy
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from lxml import html

from rounds.models import Answer
from rounds.services import close_round
from tests.factories import UserFactory
from tests.scenes import open_round_scene, submit, write
from tests.test_access import OK, OPEN_ROUTES, PARTNERSHIP_ROUTES, make_world

SETTINGS = Path(__file__).resolve().parent.parent / "cspportal" / "settings.py"
PRODUCTION = {
    "DEBUG": "false",
    "SECRET_KEY": "of a test",
    "ALLOWED_HOSTS": "portal.example",
    "EMAIL_URL": "smtp://mail.example:25",
    "PORTAL_ADDRESS": "https://portal.example",
}


def directives(response):
    parts = response["Content-Security-Policy"].split(";")
    return {name: sources for name, *sources in (part.split() for part in parts if part.strip())}


def offences(response):
    """What of a page its own Content-Security-Policy would refuse; a file to keep is no page."""
    if response.get("Content-Disposition", "").startswith("attachment"):
        return []
    page = html.fromstring(response.content.decode())
    nonces = re.findall(r"'nonce-([^']+)'", response["Content-Security-Policy"])
    found = [f"<{element.tag} style>" for element in page.xpath("//*[@style]")]
    found += ["<style>"] * len(page.xpath("//style"))
    for element in page.iter():
        found += [f"<{element.tag} {name}>" for name in element.attrib if name.startswith("on")]
    for script in page.xpath("//script[not(@src)]"):
        if not script.get("nonce") or script.get("nonce") not in nonces:
            found.append("<script> without the nonce")
    for address in page.xpath("//script/@src | //link/@href | //img/@src"):
        if not (address.startswith("/") and not address.startswith("//")):
            found.append(address)
    found += page.xpath("//@href[starts-with(., 'javascript:')]")
    return found


@pytest.mark.parametrize(
    "part",
    [
        '<p style="color: red">Red</p>',
        "<style>p { color: red }</style>",
        "<script>x()</script>",
        '<script nonce="guessed">x()</script>',
        '<button onclick="x()">Press</button>',
        '<script src="https://elsewhere.example/x.js"></script>',
        '<link rel="stylesheet" href="//elsewhere.example/x.css">',
        '<a href="javascript:x()">Open</a>',
    ],
)
def test_what_is_looked_for_is_found(part):
    page = HttpResponse(f"<html><body>{part}</body></html>")
    page["Content-Security-Policy"] = "script-src 'self' 'nonce-real'"

    assert len(offences(page)) == 1


@pytest.fixture
def scene(db):
    scene = open_round_scene()
    write(scene, scene.answer(Answer.Kind.ACTION))
    submit(scene)
    write(scene, scene.answer(Answer.Kind.KEY_ISSUES))
    return scene


@pytest.fixture(scope="module")
def world(kept):
    """The people and things of the access table, made once and undone after the last test."""
    return make_world()


PAGES = sorted(name for name, row in PARTNERSHIP_ROUTES.items() if row.get == OK)


@pytest.mark.django_db
@pytest.mark.parametrize("name", PAGES)
def test_no_page_of_a_partnership_has_anything_inline(world, name):
    for person in sorted(PARTNERSHIP_ROUTES[name].people("get")):
        response = world.clients[person].get(world.address(name, world.here))

        assert response.status_code == 200, person
        assert offences(response) == [], person


@pytest.mark.django_db
@pytest.mark.parametrize("name", PAGES)
def test_nor_has_one_of_a_closed_round(world, name):
    people = PARTNERSHIP_ROUTES[name].people("get") & {"coordinator", "administrator"}
    with transaction.atomic():
        close_round(round=world.here.round, now=world.here.now)
        for person in sorted(people):
            response = world.clients[person].get(world.address(name, world.here))
            # These two lead on: nothing is left to close or to give.
            leads_on = name in ("rounds:close", "rounds:give")
            assert response.status_code == (302 if leads_on else 200), person
            assert response.status_code == 302 or offences(response) == [], person
        transaction.set_rollback(True)


def test_no_form_of_a_section_has_anything_inline(client, scene):
    client.force_login(scene.lead)
    for answer in scene.answers:
        address = reverse("rounds:answer", args=[scene.partnership.slug, answer.pk])
        assert offences(client.get(address)) == []
        assert offences(client.post(address, {"version": answer.version})) == []


@pytest.mark.parametrize(
    "name", sorted(name for name, (out, _) in OPEN_ROUTES.items() if out["get"] == OK)
)
def test_no_open_page_has_anything_inline(client, db, name):
    if name == "partnerships:brand":
        assert client.get(reverse(name, args=["10495a"]))["Content-Type"].startswith("text/css")
        return
    args = ["1", "set-password"] if name == "account_reset_password_from_key" else []
    assert offences(client.get(reverse(name, args=args))) == []


@pytest.mark.parametrize("name", ["account_change_password", "account_logout"])
def test_no_page_of_an_account_has_anything_inline(client, db, name):
    client.force_login(UserFactory())

    assert offences(client.get(reverse(name))) == []


def test_error_pages_have_nothing_inline(client, scene):
    assert offences(client.get("/nowhere/at/all/")) == []
    typed = {"text": "<b>Typed</b> <script>in</script> vain, and given back."}
    section = reverse("rounds:answer", args=[scene.partnership.slug, scene.answers[0].pk])
    assert offences(client.post(section, typed)) == []


@pytest.mark.parametrize("address", ["/accounts/login/", "/nowhere/at/all/", "/help/privacy/"])
def test_nothing_may_run_or_load_but_what_is_ours(client, db, address):
    policy = directives(client.get(address))

    assert policy["default-src"] == ["'none'"]
    assert policy["style-src"] == ["'self'"]
    for name in ("frame-ancestors", "base-uri"):
        assert policy[name] == ["'none'"]
    for sources in policy.values():
        assert not {"'unsafe-inline'", "'unsafe-eval'", "*", "http:", "https:"} & set(sources)


@pytest.mark.parametrize(
    "address", ["/accounts/login/", "/nowhere/at/all/", "/help/brand/10495a.css"]
)
def test_browsers_are_told_to_be_careful(client, db, address):
    response = client.get(address)

    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    for feature in ("camera", "geolocation", "microphone", "payment", "usb"):
        assert f"{feature}=()" in response["Permissions-Policy"]


def test_pages_of_signed_in_people_are_not_kept_by_others(client, scene):
    client.force_login(scene.lead)

    assert "Cookie" in client.get(scene.partnership.get_absolute_url())["Vary"]


def test_the_cookies_are_out_of_reach_of_scripts_and_other_sites(db):
    client = Client()
    person = UserFactory(email="lead@police.example")
    client.get("/accounts/login/")
    client.post("/accounts/login/", {"login": person.email, "password": "a long enough password"})

    session, csrf = client.cookies["sessionid"], client.cookies["csrftoken"]
    assert session["httponly"]
    assert csrf["httponly"]
    assert session["samesite"] == csrf["samesite"] == "Lax"
    assert session["expires"] == session["max-age"] == ""


def production(monkeypatch, **changed):
    for name, value in (PRODUCTION | changed).items():
        monkeypatch.setenv(name, value)
    return runpy.run_path(str(SETTINGS))


def test_production_speaks_https_only(monkeypatch):
    settings = production(monkeypatch)

    for name in (
        "SECURE_SSL_REDIRECT",
        "SESSION_COOKIE_SECURE",
        "CSRF_COOKIE_SECURE",
        "SECURE_HSTS_INCLUDE_SUBDOMAINS",
        "SECURE_CONTENT_TYPE_NOSNIFF",
    ):
        assert settings[name] is True, name
    assert settings["SECURE_HSTS_SECONDS"] >= 365 * 24 * 60 * 60
    assert settings["DEBUG"] is False
    assert settings["ALLOWED_HOSTS"] == ["portal.example"]


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS", "EMAIL_URL", "PORTAL_ADDRESS"])
def test_production_does_not_start_without_what_it_needs(monkeypatch, name):
    for key, value in PRODUCTION.items():
        monkeypatch.setenv(key, value)
    monkeypatch.delenv(name)

    with pytest.raises(ImproperlyConfigured, match=name):
        runpy.run_path(str(SETTINGS))
