"""Seeds the databases, measures and prints."""

from collections import defaultdict
from pathlib import Path
from tempfile import mkdtemp

from django.db import connection
from django.test.utils import override_settings, setup_databases, teardown_databases
from django.utils import timezone

from .measuring import ORIGINAL, connect_to, medians, timed
from .pages import Page, pages
from .reports import tell_of_reports
from .seeding import MANY, a_place, give_history

TURNS, TIMES, WARM_UP = 8, 5, 2
GROWTH = 1.15
# The databases, each with what its name ends in.
KINDS = {"1 plan": "one", "100 plans": "many", "100 × history": "old"}
REPORTS = "reports"
CLONED: list[str] = []
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
SETTINGS = {
    "ROOT_URLCONF": "tests.bench.pages",
    "STORAGES": STORAGES,
    "SECURE_SSL_REDIRECT": False,
    # Nobody's password is asked for here, and to keep one well takes as long as many pages.
    "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
}


def main() -> None:
    if connection.vendor == "sqlite":
        name = Path(mkdtemp()) / "bench.sqlite3"
        connection.settings_dict["TEST"]["NAME"] = str(name)
    made = setup_databases(verbosity=0, interactive=False)
    ORIGINAL.update(connection.settings_dict)
    connection.settings_dict = ORIGINAL
    try:
        with override_settings(**SETTINGS):
            print(f"On {connection.vendor}, milliseconds, medians of {TURNS * TIMES} requests")
            clone(REPORTS)
            found = seeded()
            tell_of_pages(found, measured(found))
            connect_to(REPORTS)
            tell_of_reports()
    finally:
        connection.close()
        connection.settings_dict = ORIGINAL
        for suffix in CLONED:
            connection.creation.destroy_test_db(suffix=suffix, verbosity=0)
        teardown_databases(made, verbosity=0)


def clone(suffix: str) -> None:
    """The database as it stands now, once more."""
    # Closed, SQLite has everything in the file that is copied, and PostgreSQL lets it be.
    connection.close()
    connection.creation.clone_test_db(suffix, verbosity=0)
    CLONED.append(suffix)


def seeded() -> list[Page]:
    """Three databases; the same place stands in each of them."""
    place = a_place(timezone.now())
    found = pages(place)
    for suffix in KINDS.values():
        clone(suffix)
    connect_to(KINDS["100 plans"])
    for _ in range(MANY - 1):
        a_place(place.now)
    connect_to(KINDS["100 × history"])
    give_history(place)
    compare_reports(next(page for page in found if page.name == "report"))
    return found


def compare_reports(report: Page) -> None:
    """A report that printed more in one of the databases could not be compared with the others."""
    lengths = set()
    for suffix in KINDS.values():
        connect_to(suffix)
        lengths.add(report.ask())
    if len(lengths) > 1:
        raise SystemExit("The report does not print the same in every database.")


def measured(found: list[Page]) -> dict[tuple[str, str], tuple[float, float]]:
    """By database and page, its medians.

    The databases take turns, so that none has the better minute.
    """
    samples = defaultdict(list)
    for _ in range(TURNS):
        for kind, suffix in KINDS.items():
            connect_to(suffix)
            for page in found:
                for name, ask in ((page.name, page.ask), (f"bare {page.name}", page.bare)):
                    for number in range(WARM_UP + TIMES if ask else 0):
                        sample = timed(ask)
                        if number >= WARM_UP:
                            samples[kind, name].append(sample)
    return {key: medians(found) for key, found in samples.items()}


def tell_of_pages(found: list[Page], medians_of: dict) -> None:
    print(f"{'':15}{'page':8}{'time':>8}{'cpu':>8}{'to 1 plan':>11}{'to bare':>9}")
    for kind in KINDS:
        for page in found:
            wall, cpu = medians_of[kind, page.name]
            grown = cpu / medians_of["1 plan", page.name][1]
            line = f"{kind:15}{page.name:8}{wall:8.1f}{cpu:8.1f}"
            line += f"{grown:10.2f}{'!' if grown > GROWTH else ' '}"
            if page.bare:
                times = cpu / medians_of[kind, f"bare {page.name}"][1]
                line += f"{times:8.2f}{'!' if times > page.goal else ''}"
            print(line)


if __name__ == "__main__":
    main()
