"""The portal as `make run` starts it: the pages people will see, on one's own machine."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# Some other settings of whoever runs the tests must not be those of this server.
SETTINGS = ("DEBUG", "PRODUCTION", "SECRET_KEY", "ALLOWED_HOSTS", "EMAIL_URL", "PORTAL_ADDRESS")
DAMAGED = "damaged1session"


class Server:
    def __init__(self, port, console):
        self.port = port
        self.console = console

    def get(self, path, **headers):
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        return response, response.read().decode()

    def wait_until_it_answers(self, process):
        until = time.monotonic() + 60
        while time.monotonic() < until and process.poll() is None:
            try:
                return self.get("/static/icon.svg")
            except OSError:
                time.sleep(0.1)
        raise AssertionError(f"The server did not start:\n{self.console.read_text()}")


def command(port):
    """What `make run` ends with; all before it is about the database."""
    steps = subprocess.run(
        [
            "make",
            "--no-print-directory",
            "--dry-run",
            "run",
            f"PORT={port}",
            f"PY={sys.executable}",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return steps.stdout.splitlines()[-1]


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """With a database that holds nothing but one session, and that cannot be read."""
    place = tmp_path_factory.mktemp("run")
    with sqlite3.connect(place / "db.sqlite3") as database:
        database.execute("CREATE TABLE django_session (session_key, session_data, expire_date)")
        database.execute("INSERT INTO django_session VALUES (?, '', '2999-13-45 00:00')", [DAMAGED])
    console = place / "console.txt"
    environment = {name: value for name, value in os.environ.items() if name not in SETTINGS}
    environment["DATABASE_URL"] = f"sqlite:///{place / 'db.sqlite3'}"
    port = free_port()
    with console.open("w") as output:
        process = subprocess.Popen(
            ["sh", "-c", command(port)],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            server = Server(port, console)
            server.wait_until_it_answers(process)
            yield server
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait()


def test_a_wrong_address_is_told_in_the_portals_words(server):
    response, page = server.get("/nowhere/at/all/")

    assert response.status == 404
    assert "There is no page at this address" in page
    assert "DEBUG" not in page


def test_so_is_a_fault_and_the_console_tells_the_rest(server):
    response, page = server.get("/accounts/login/", Cookie=f"sessionid={DAMAGED}")

    assert response.status == 500
    assert "This is our fault, not yours." in page
    assert "Traceback" not in page
    assert "Traceback" in server.console.read_text()


def test_pages_are_plain_http_and_their_files_are_there(server):
    response, page = server.get("/accounts/login/")

    assert response.status == 200
    assert "secure" not in response.getheader("Set-Cookie").lower()
    assert response.getheader("Strict-Transport-Security") is None
    for file in ("site.css", "site.js", "vendor/govuk-frontend/govuk-frontend.min.css"):
        assert f"/static/{file}" in page
        assert server.get(f"/static/{file}")[0].status == 200
