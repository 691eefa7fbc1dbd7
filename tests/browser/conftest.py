"""The browser of the browser tests: Debian's Chromium, driven by pytest-playwright."""

import os

import pytest

from tests.browser.chromium import FLAGS, find_chromium

# Playwright keeps an event loop running in this thread; the tests themselves are synchronous.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return {**browser_type_launch_args, "executable_path": find_chromium(), "args": FLAGS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return {**browser_context_args, "locale": "en-GB", "timezone_id": "Europe/London"}


@pytest.fixture(scope="session")
def base_url(live_server):
    """`page.goto("/")` leads to the server of the test."""
    return live_server.url


@pytest.fixture(autouse=True)
def links_lead_here(settings, base_url):
    """So do the links in what is sent."""
    settings.PORTAL_ADDRESS = base_url


@pytest.fixture
def sign_in(client, base_url):
    """Signs a person in, in a window of the browser."""

    def sign_in(context, user):
        client.force_login(user)
        session = client.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": session, "url": base_url}])

    return sign_in
