"""A real mail server for tests, on this machine alone, that does what it is told to."""

import asyncio
import socket
from contextlib import contextmanager
from email import message_from_bytes, policy

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

SILENT_FOR = 1
"""Seconds in which it says nothing: longer than a test that has it so waits for it."""


class MailServer:
    """Takes what comes, unless it is told otherwise for an address or the next time."""

    def __init__(self):
        self.taken = []
        self.refused = {}
        self.is_lost_before_data = False
        self.lost_after_data = 0
        self.silent_after_data = 0
        self.on_data = lambda: None
        self.tries = []

    async def handle_RCPT(self, server, session, envelope, address, options):
        self.tries.append(address)
        if self.is_lost_before_data:
            server.transport.abort()
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        email = message_from_bytes(envelope.content, policy=policy.default)
        self.taken.append(email)
        self.on_data()
        if self.lost_after_data:
            self.lost_after_data -= 1
            server.transport.abort()
        if self.silent_after_data:
            self.silent_after_data -= 1
            await asyncio.sleep(SILENT_FOR)
        return "250 OK"

    @property
    def addresses(self):
        return sorted(email["To"] for email in self.taken)


class QuietSMTP(SMTP):
    """Its greeting names no machine."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs, hostname="mail.example.org", ident="ready")


class QuietController(Controller):
    def factory(self):
        return QuietSMTP(self.handler)


def send_to_a_mail_server(settings):
    """Set where everything is sent: a port of this machine that nobody listens at yet."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings.EMAIL_PORT = free.getsockname()[1]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_TIMEOUT = 5
    settings.MAIL_AT_ONCE = False


@contextmanager
def mail_server(settings):
    """A server that runs where everything is sent."""
    server = MailServer()
    controller = QuietController(server, hostname="127.0.0.1", port=settings.EMAIL_PORT)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()
