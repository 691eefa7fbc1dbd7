"""The reports: as a page, as Word and PDF, issued, of a plan with long answers; and the memory."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from partnerships.access import accesses_of
from reports.example import load_example
from reports.issued_files import contents_of, hash_of
from reports.models import IssuedReport
from reports.services.issuing import issue_report
from rounds.models import Answer, Round

from .measuring import expect, medians, signed_in, timed
from .seeding import PRIORITIES, a_place

GOALS = {"page": 40, "Word": 150, "PDF": 150}
LONG_REPORT = 1000
LONG_ANSWERS = 40
PARAGRAPH = f"<p>{'word ' * 49}word</p>"
TIMES, WARM_UP = 20, 2
FEW, MANY = 20, 220
MEMORY = Path("/proc/self/statm")
FLAT = 1.05


@dataclass(frozen=True)
class Line:
    """Something that is asked for, and how many milliseconds it may take; 0 for no goal."""

    report: str
    form: str
    ask: Callable
    goal: int = 0


def tell_of_reports() -> None:
    """Seeds the database that is connected, measures and prints."""
    load_example(now=timezone.now())
    quarter = Round.objects.select_related("plan", "partnership").get(
        partnership__slug="swale", slug="2023-24-q2"
    )
    coordinator = User.objects.get(email="coordinator@example.org")
    drafts = list(_drafts("Q2 2023/24", quarter, coordinator, GOALS))
    issued = list(_issued(quarter, coordinator))
    place = a_place(timezone.now(), actions=LONG_ANSWERS // PRIORITIES)
    long_answers = Answer.objects.filter(update__round=place.round, kind=Answer.Kind.ACTION)
    if long_answers.update(text=PARAGRAPH * 10) != LONG_ANSWERS:
        raise SystemExit("The long report has not as many actions as it says.")
    goals = dict.fromkeys(GOALS, LONG_REPORT)
    long = list(_drafts("40 × 500 words", place.round, place.coordinator, goals))
    print(f"\n{'report':20}{'form':10}{'time':>8}{'cpu':>8}{'goal':>8}")
    for line in [*drafts, *issued, *long]:
        wall, cpu = medians([timed(line.ask) for _ in range(WARM_UP + TIMES)][WARM_UP:])
        goal = f"{line.goal:8}{'!' if wall > line.goal else ''}" if line.goal else ""
        print(f"{line.report:20}{line.form:10}{wall:8.1f}{cpu:8.1f}{goal}")
    if MEMORY.exists():
        _tell_of_memory(drafts)


def _drafts(report: str, round: Round, reader: User, goals: dict[str, int]) -> Iterator[Line]:
    slug = round.partnership.slug
    page = reverse("reports:report", args=[slug, round.pk])
    word, pdf = (
        reverse("reports:report_file", args=[slug, round.pk, ending]) for ending in ("docx", "pdf")
    )
    for (form, goal), address in zip(goals.items(), (page, word, pdf), strict=True):
        yield Line(report, form, _asked(reader, address), goal)


def _issued(round: Round, reader: User) -> Iterator[Line]:
    now = timezone.now()
    access = next(
        each
        for each in accesses_of(reader, timezone.localdate(now))
        if each.partnership == round.partnership
    )
    report = IssuedReport.objects.filter(round=round).first() or issue_report(
        round=round, by=access, now=now, looked_at=hash_of(contents_of(round, now=now))
    )
    for file in report.files.filter(edition="full", format__in=["html", "docx", "pdf"]):
        address = reverse("reports:issued_file", args=[round.partnership.slug, file.pk])
        yield Line("Q2 issued", file.format, _asked(reader, address))


def _asked(reader: User, address: str) -> Callable:
    client = signed_in(reader)

    def ask() -> None:
        response = client.get(address)
        expect(200, response)
        # What is streamed is made while it is read.
        b"".join(response)

    return ask


def _tell_of_memory(lines: list[Line]) -> None:
    print(f"\n{'memory, MB':20}{'form':10}{f'after {FEW}':>12}{f'after {MANY}':>12}")
    for line in lines:
        for _ in range(FEW):
            line.ask()
        few = _memory()
        for _ in range(MANY - FEW):
            line.ask()
        many = _memory()
        flat = "" if many < few * FLAT else "!"
        print(f"{line.report:20}{line.form:10}{few:12.1f}{many:12.1f}{flat}")


def _memory() -> float:
    """What this process holds in memory, in megabytes."""
    pages = int(MEMORY.read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024**2
