"""How long something takes, and in which of the seeded databases."""

import statistics
import time
from collections.abc import Callable

from django.db import connection
from django.test import Client

ORIGINAL: dict = {}


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def expect(status: int, response) -> int:
    """How many characters it answered with; the benchmark ends where it answered otherwise."""
    if response.status_code != status:
        raise SystemExit(f"A page answered {response.status_code} in place of {status}.")
    return 0 if response.streaming else len(response.content)


def timed(ask: Callable) -> tuple[float, float]:
    """The time and the processor's time of one request, in milliseconds."""
    began, used = time.perf_counter(), time.process_time()
    ask()
    return (time.perf_counter() - began) * 1000, (time.process_time() - used) * 1000


def medians(samples: list[tuple[float, float]]) -> tuple[float, float]:
    return tuple(statistics.median(each) for each in zip(*samples, strict=True))


def connect_to(suffix: str) -> None:
    """Go on with another of the seeded databases."""
    connection.close()
    connection.settings_dict = ORIGINAL
    connection.settings_dict = connection.creation.get_test_db_clone_settings(suffix)
