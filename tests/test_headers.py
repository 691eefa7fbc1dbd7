"""What every answer carries for the safety of pages, and that no page asks for more."""

import json
import os
import subprocess
import sys
from html.parser import HTMLParser

import pytest
from django.conf import settings
from django.test import Client

from tests.factories import PASSWORD
from tests.scenes import closed_round_scene
from tests.test_access import OK, OPEN_ROUTES, PARTNERSHIP_ROUTES, World, begun_scene

PORTAL_PAGES = [
    "/accounts/login/",
    "/accounts/login/?password",
    "/accounts/login/code/",
    "/accounts/signup/",
    "/accounts/inactive/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/password/reset/key/1-set-password/",
    "/accounts/password/reset/key/done/",
    "/help/accessibility/",
    "/help/privacy/",
    "/help/cookies/",
    "/no/such/page/",
]
PAGES_OF_A_PARTNERSHIP = sorted(name for name, row in PARTNERSHIP_ROUTES.items() if row.get == OK)
LOADED = {"script": "src", "link": "href", "img": "src", "iframe": "src", "source": "src"}


class Inline(HTMLParser):
    """Everything of a page that a strict policy would not run, show or load."""

    def __init__(self, page, nonce):
        super().__init__()
        self.found, self.nonce = [], nonce
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.found += [
            f"<{tag} {name}>" for name in attrs if name == "style" or name.startswith("on")
        ]
        if tag == "style" or (tag == "script" and "src" not in attrs and not self.has_nonce(attrs)):
            self.found.append(f"<{tag}> inside the page")
        loaded = attrs.get(LOADED.get(tag, ""), "")
        if (loaded and not loaded.startswith("/")) or loaded.startswith("//"):
            self.found.append(f"<{tag}> from {loaded}")
        for name in ("href", "action", "formaction", "src"):
            if (attrs.get(name) or "").strip().lower().startswith(("javascript:", "data:")):
                self.found.append(f"<{tag} {name}={attrs[name]}>")

    def has_nonce(self, attrs):
        return bool(self.nonce) and attrs.get("nonce") == self.nonce


def policy(response):
    """The Content-Security-Policy by directive."""
    header = response["Content-Security-Policy"]
    return {name: rest for name, *rest in (part.split() for part in header.split(";"))}


def check_page(response, statuses=(200,)):
    assert response.status_code in statuses, response.status_code
    directives = policy(response)
    sources = [source for found in directives.values() for source in found]
    assert not [source for source in sources if source.startswith("'unsafe")]
    assert not {"*", "https:", "http:", "blob:"} & set(sources)
    assert directives["default-src"] == ["'none'"]
    assert directives["style-src"] == ["'self'"]
    assert directives["frame-ancestors"] == directives["base-uri"] == ["'none'"]
    assert directives["form-action"] == ["'self'"]
    nonces = [source[7:-1] for source in directives["script-src"] if source.startswith("'nonce-")]
    page = response.content.decode()
    assert Inline(page, nonces[0] if nonces else "").found == []
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"
    for feature in ("camera", "geolocation", "microphone", "payment", "usb"):
        assert f"{feature}=()" in response["Permissions-Policy"]


@pytest.mark.parametrize(
    "page",
    [
        '<p style="color: red">',
        "<style>p { color: red }</style>",
        "<script>x()</script>",
        '<script nonce="guessed">x()</script>',
        '<button onclick="x()">',
        '<script src="https://elsewhere.example/x.js"></script>',
        '<link rel="stylesheet" href="//elsewhere.example/x.css">',
        '<a href=" JavaScript:x()">',
    ],
)
def test_what_is_looked_for_is_found(page):
    assert Inline(page, "real").found


@pytest.mark.parametrize("address", PORTAL_PAGES)
def test_a_page_of_the_portal_needs_nothing_unsafe(client, db, address):
    check_page(client.get(address), statuses=(200, 404))


@pytest.mark.parametrize("name", PAGES_OF_A_PARTNERSHIP)
def test_a_page_of_a_partnership_needs_nothing_unsafe(client, db, name):
    scene = begun_scene("here")
    client.force_login(scene.coordinator)

    check_page(client.get(World(scene, scene, {}).address(name, scene)))


@pytest.mark.parametrize("name", PAGES_OF_A_PARTNERSHIP)
def test_nor_does_it_when_its_round_is_closed(client, db, name):
    scene = closed_round_scene(slug="here")
    client.force_login(scene.coordinator)

    check_page(client.get(World(scene, scene, {}).address(name, scene)), statuses=(200, 302))


def test_nor_does_a_page_that_refuses_or_gives_back(client, db):
    scene = begun_scene("here")
    client.force_login(scene.member)

    check_page(client.get("/here/rounds/"), statuses=(403,))
    check_page(client.get(f"/here/updates/{scene.update.pk}/"), statuses=(404,))
    kept = Client().post(f"/here/updates/{scene.update.pk}/submit/", {"text": "<b onload=x>"})
    check_page(kept, statuses=(403,))


def test_the_policy_stands_on_redirects_and_style_sheets_too(client, db):
    for address in ("/", "/help/brand/10495a.css"):
        response = client.get(address)

        assert policy(response)["default-src"] == ["'none'"]
        assert response["X-Content-Type-Options"] == "nosniff"


def test_cookies_are_closed_to_scripts_and_to_other_sites(client, db):
    scene = begun_scene("here")
    response = client.post("/accounts/login/", {"login": scene.lead.email, "password": PASSWORD})

    session = response.cookies[settings.SESSION_COOKIE_NAME]
    assert session["httponly"]
    assert session["samesite"] == "Lax"
    token = client.get("/accounts/password/change/").cookies[settings.CSRF_COOKIE_NAME]
    assert token["httponly"]
    assert token["samesite"] == "Lax"


def test_in_production_everything_goes_over_https():
    environment = {
        "PATH": os.environ["PATH"],
        "DEBUG": "false",
        "SECRET_KEY": "a key of production",
        "ALLOWED_HOSTS": "portal.example.org",
        "EMAIL_URL": "smtp://mail.example.org",
    }
    script = (
        "import json; from cspportal import settings; "
        "print(json.dumps({n: v for n, v in vars(settings).items() "
        "if n.isupper() and isinstance(v, (bool, int))}))"
    )
    answered = subprocess.run(
        [sys.executable, "-c", script],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        check=True,
        text=True,
    )
    set_to = json.loads(answered.stdout)

    assert set_to["DEBUG"] is False
    assert set_to["SECURE_SSL_REDIRECT"] is True
    assert set_to["SESSION_COOKIE_SECURE"] is True
    assert set_to["CSRF_COOKIE_SECURE"] is True
    assert set_to["CSRF_COOKIE_HTTPONLY"] is True
    assert set_to["SECURE_HSTS_SECONDS"] >= 365 * 24 * 60 * 60


def test_every_page_of_the_portal_is_looked_at():
    """One row of the access test each; the two ways of signing in and the 404 page come on top."""
    shown = [name for name, (signed_out, _) in OPEN_ROUTES.items() if signed_out["get"] == OK]

    assert len(PORTAL_PAGES) == len(shown) - len(["partnerships:brand"]) + 2
