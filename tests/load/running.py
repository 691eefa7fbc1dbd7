"""Makes the database, starts the portal, drives it, counts, and takes all of it down again."""

import argparse
import asyncio
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit, urlunsplit

from django.db import connection

from .counting import Seen, lost
from .driving import Run
from .seeding import Reader, Writer, seed

ROOT = Path(__file__).resolve().parents[2]
FAULTS = {"naive-save": "NaiveSave", "answered-before-written": "AnsweredBeforeWritten"}
LEADS, MINUTES, REPORTS_A_SECOND = 1000, 10, 20
HURRY = 120
"""How many times quicker all leads save once, to go past capacity: ten minutes' leads in five s."""
GOAL = 1.0
"""Seconds in which 95 in 100 saves are to be answered."""
LATE = 1.0
"""Seconds by which a request may be asked late; beyond, this machine cannot drive so much."""
GRACE = 300
"""Seconds that a run may take beyond its time, for those who are turned away to come back."""
MEMORY = 3 * 1024**3
"""Bytes of addresses that a process of the portal may take up."""


def main() -> int:
    asked = _arguments()
    # Whoever ends this run early ends what it has started, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Ended early."))
    with TemporaryDirectory() as files, _database() as address:
        began = time.monotonic()
        leads = max(1, round(LEADS * asked.minutes / MINUTES))
        writers, readers = seed(leads)
        print(f"{leads} leads made in {time.monotonic() - began:.0f} s", flush=True)
        environment = os.environ | {"DATABASE_URL": address, "LOAD_FILES": files}
        if asked.plant:
            environment["LOAD_FAULT"] = FAULTS[asked.plant]
        log = Path(files) / "log"
        used = _processor_time()
        with _portal(environment, log) as port:
            run = Run(port)
            asyncio.run(_drive(run, writers, readers, asked))
        took = _processor_time() - used
        print(f"{took:.0f} s of {os.cpu_count()} processors, with the portal's start and its files")
        result = _told(run, asked)
        _, traceback, last = log.read_text().rpartition("Traceback")
        if traceback:
            print(f"The last fault that the portal told of:\n{traceback}{last[:3000]}")
        return result


def _processor_time() -> float:
    """Seconds of every process that was started here and has ended."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ended.ru_utime + ended.ru_stime


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make load", description="See tests/load/__init__.py.")
    parser.add_argument("--minutes", type=float, default=MINUTES, help="shorter, at the same rate")
    parser.add_argument("--past-capacity", action="store_true", help="everybody saves at once")
    parser.add_argument("--plant", choices=FAULTS, help="a fault that must be found")
    asked = parser.parse_args()
    if not 0 < asked.minutes <= MINUTES:
        parser.error(f"--minutes is more than 0 and at most {MINUTES}.")
    host = connection.settings_dict["HOST"]
    if connection.vendor != "postgresql" or host not in ("127.0.0.1", "localhost", "::1"):
        parser.error("DATABASE_URL must name a PostgreSQL server on this machine: postgres://…")
    return asked


@contextmanager
def _database() -> Iterator[str]:
    """A database of this run alone; its address."""
    name = f"csp_load_{os.getpid()}"
    old = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = name
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))
    finally:
        connection.creation.destroy_test_db(old, verbosity=0)


@contextmanager
def _portal(environment: dict[str, str], log: Path) -> Iterator[int]:
    """The portal as production runs it, on a port of this machine alone; what it says is kept."""
    collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
    subprocess.run(collect, cwd=ROOT, env=environment, check=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with log.open("wb") as console:
        server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "cspportal.wsgi"],
            cwd=ROOT,
            env=environment,
            stdout=console,
            stderr=console,
            start_new_session=True,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY)),
        )
    try:
        _wait_until_it_answers(server, port)
        yield port
    finally:
        server.terminate()
        try:
            server.wait(timeout=40)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def _wait_until_it_answers(server: subprocess.Popen, port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and server.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("The portal did not start.")


async def _drive(
    run: Run, writers: list[Writer], readers: list[Reader], asked: argparse.Namespace
) -> None:
    seconds = asked.minutes * 60 / (HURRY if asked.past_capacity else 1)
    try:
        async with asyncio.timeout(seconds + GRACE):
            await run.drive(
                writers,
                readers,
                seconds=seconds,
                reports_a_second=REPORTS_A_SECOND,
                opened_before=asked.past_capacity,
            )
    except TimeoutError:
        run.is_unfinished = True


def _told(run: Run, asked: argparse.Namespace) -> int:
    """Print what was counted; 1 where a goal was missed."""
    print(f"{'':16}{'asked':>7}{'p50':>9}{'p95':>9}{'p99':>9}")
    for name, seen in (("saves", run.saves), ("their pages", run.pages), ("reports", run.reports)):
        _tell(name, seen)
    ends = run.saves.ends + run.pages.ends + run.reports.ends
    print(f"{ends['turned away']} were turned away: 503, with Retry-After and what was posted.")
    faults = [f"{count} × {end}" for end, count in sorted(ends.items()) if end[0] in "5n"]
    print(f"Other 5xx, and requests not answered: {', '.join(faults) or 'none'}.")
    missing = lost(run.acknowledged)
    for line in missing[:20]:
        print(f"LOST  {line}")
    count = len(run.acknowledged)
    if missing:
        print(f"{len(missing)} of {count} acknowledged saves were lost.")
    else:
        print(f"Nothing acknowledged was lost: all {count} saves are in the history.")
    failures = _failures(run, asked)
    for failure in failures:
        print(f"MISSED  {failure}")
    return 1 if missing or failures else 0


def _tell(name: str, seen: Seen) -> None:
    times = "".join(f"{seen.percentile(each) * 1000:6.0f} ms" for each in (50, 95, 99))
    ends = ", ".join(f"{count} {end}" for end, count in sorted(seen.ends.items()))
    print(f"{name:16}{seen.asked:7}{times}   {ends}")


def _failures(run: Run, asked: argparse.Namespace) -> list[str]:
    kinds = (run.saves, run.pages, run.reports)
    good = {"saved", "shown", "turned away", "told of another's text"}
    found = [
        f"{count} × {end}" for each in kinds for end, count in each.ends.items() if end not in good
    ]
    if run.is_unfinished:
        found.append(f"{GRACE} s later there were people still waiting")
    turned_away = sum(each.ends["turned away"] for each in kinds)
    if asked.past_capacity and not turned_away:
        found.append("nobody was turned away: this was not past capacity")
    if not asked.past_capacity:
        if turned_away:
            found.append(f"{turned_away} turned away, within capacity")
        if run.saves.percentile(95) >= GOAL:
            found.append(f"95 in 100 saves took {run.saves.percentile(95):.2f} s, not {GOAL:.0f} s")
        if run.late > LATE:
            found.append(f"requests came {run.late:.1f} s late: this machine cannot drive so much")
    return found
