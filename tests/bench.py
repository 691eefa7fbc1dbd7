"""How fast the main pages are, and whether they stay so: `make bench` prints it.

Three databases are seeded: one plan in its third year, with nine quarters behind it, so that its
pages show as much as they ever do; the same plan among 100 like it; and the same plan with 100
times the history (past rounds with their answers, rows of history, superseded readings). Each
page is asked for through the whole stack, as a signed-in person. Printed for each page are the
median time and the processor's time of one request in milliseconds; beside the two larger
databases the ratio of the processor's time to the smallest's (goal 1.15 at most), and last its
ratio to a bare Django view that fetches the rows which the page shows and prints every field of
them in a plain table (goal 2 at most for the list and the action, 3 for the report). What misses
its goal is marked with "!".

The database is made for the run and thrown away: SQLite, or what DATABASE_URL names. Of
PostgreSQL only the client's share of the processor's time is seen.
"""

import os
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import mkdtemp

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cspportal.settings")
# As in production: templates are kept once read, queries are not logged.
os.environ["DEBUG"] = "false"
os.environ.setdefault("SECRET_KEY", "for-the-benchmark-alone-which-no-server-ever-uses-0123456789")
os.environ.setdefault("ALLOWED_HOSTS", "testserver")
os.environ.setdefault("EMAIL_URL", "dummymail://")
django.setup()

from django.apps import apps  # noqa: E402
from django.contrib.auth.decorators import login_required  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.models import Q  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.template import engines  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import (  # noqa: E402
    override_settings,
    setup_databases,
    teardown_databases,
)
from django.urls import include, path, reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from actions.models import Action, ActionLead, ActionLink, Milestone  # noqa: E402
from partnerships.quarters import add_months, month_end  # noqa: E402
from performance.models import Reading  # noqa: E402
from rounds.action_page import ANSWERS_ON_A_PAGE  # noqa: E402
from rounds.models import Answer, LeadUpdate, Rag, Round  # noqa: E402
from rounds.services import (  # noqa: E402
    accept_answers,
    close_round,
    open_round,
    submit_update,
)
from tests.factories import (  # noqa: E402
    ActionFactory,
    IndicatorFactory,
    MembershipFactory,
    MilestoneFactory,
    PartnershipFactory,
    PlanFactory,
    PriorityFactory,
    PriorityIndicatorFactory,
    PriorityLeadFactory,
    RoundFactory,
)

PRIORITIES, ACTIONS, MILESTONES, INDICATORS = 4, 5, 3, 2
TURNS, TIMES, WARM_UP = 8, 5, 2
MANY = 100
GROWTH = 1.15
# The databases, each with what its name ends in.
KINDS = {"1 plan": "one", "100 plans": "many", "100 × history": "old"}
ORIGINAL: dict = {}
CLONED: list = []
TEXT = "<p>{}</p>" * 2
WORDS = "The group met, agreed what is next, and told its partners what has been done. " * 4


# Seeding ------------------------------------------------------------------------------


@dataclass
class Place:
    """A partnership in the middle of a quarter, and whom it is looked at by."""

    plan: object
    round: Round
    coordinator: object
    lead: object
    now: datetime

    @property
    def slug(self) -> str:
        return self.plan.partnership.slug


def a_place(now: datetime) -> Place:
    """A plan with 20 actions, in its third year: nine quarters closed, the tenth answered."""
    partnership = PartnershipFactory()
    year = now.year if now.month > 3 else now.year - 1
    plan = PlanFactory(
        partnership=partnership, starts_on=date(year - 2, 4, 1), ends_on=date(year + 1, 3, 31)
    )
    coordinator = MembershipFactory(partnership=partnership, coordinator=True)
    lead = MembershipFactory(partnership=partnership, member=True, post="Strategic lead")
    for number in range(1, PRIORITIES + 1):
        priority = PriorityFactory(plan=plan, reference=str(number), order=number * 10)
        PriorityLeadFactory(priority=priority, membership=lead)
        for place in range(1, ACTIONS + 1):
            action = ActionFactory(
                priority=priority, reference=f"{number}.{place}", order=place * 10
            )
            MilestoneFactory.create_batch(MILESTONES, action=action)
        for _ in range(INDICATORS):
            indicator = IndicatorFactory(partnership=partnership)
            PriorityIndicatorFactory(priority=priority, indicator=indicator)
            _give_readings(indicator, year)
    place = Place(plan, None, coordinator.user, lead.user, now)
    first = RoundFactory(
        plan=plan,
        label="Quarter 1",
        short_label="Q1",
        slug="q1",
        period_starts_on=date(year, 4, 1),
        period_ends_on=date(year, 6, 30),
        today=now.date(),
    )
    _answer(place, first)
    close_round(round=first, now=now)
    starts = [add_months(first.period_starts_on, -3 * number) for number in range(1, 9)]
    _say_again(first, ((starts_on, _last_day(starts_on)) for starts_on in starts))
    place.round = RoundFactory(
        plan=plan,
        period_starts_on=date(year, 7, 1),
        period_ends_on=date(year, 9, 30),
        today=now.date(),
    )
    _answer(place, place.round)
    return place


def _give_readings(indicator, year: int) -> None:
    starts = [date(y, m, 1) for y in (year - 2, year - 1, year) for m in (1, 4, 7, 10)][:-1]
    Reading.objects.bulk_create(
        Reading(
            partnership_id=indicator.partnership_id,
            indicator=indicator,
            period_starts_on=starts_on,
            period_ends_on=_last_day(starts_on),
            value=Decimal(100 + number),
            source="Kent Police",
            entered_at=timezone.now(),
        )
        for number, starts_on in enumerate(starts)
    )


def _last_day(quarter_starts_on: date) -> date:
    return month_end(add_months(quarter_starts_on, 2))


def _answer(place: Place, round: Round) -> None:
    """Open the round; every section of it is written, submitted and accepted."""
    open_round(round=round, by=place.coordinator, now=place.now)
    answers = Answer.objects.filter(update__round=round)
    written = {"response": Answer.Response.WRITTEN, "state": Answer.State.DRAFT}
    written |= {"text": TEXT.format(WORDS, WORDS), "saved_by": place.lead, "saved_at": place.now}
    answers.exclude(kind=Answer.Kind.FIGURES).update(**written)
    answers.filter(kind=Answer.Kind.FIGURES).update(**written | {"text": ""})
    answers.filter(kind=Answer.Kind.ACTION).update(progress="in_progress", rag=Rag.GREEN)
    for update in round.updates.all():
        submit_update(update=update, by=place.lead, now=place.now)
    accept_answers(answers=answers, now=place.now)


def _say_again(round: Round, periods: Iterable[tuple[date, date]]) -> None:
    """The same round with the same answers for other periods; no service is asked, to be quick."""
    updates = list(round.updates.all())
    answers = list(Answer.objects.filter(update__round=round))
    for starts_on, ends_on in periods:
        again = replace_row(
            round,
            label=f"From {starts_on}",
            slug=f"from-{starts_on}",
            period_starts_on=starts_on,
            period_ends_on=ends_on,
        )
        again.save()
        new = LeadUpdate.objects.bulk_create(replace_row(each, round=again) for each in updates)
        of = {each.pk: new[at] for at, each in enumerate(updates)}
        Answer.objects.bulk_create(
            replace_row(each, update=of[each.update_id], period_ends_on=ends_on) for each in answers
        )


def give_history(place: Place) -> None:
    """A hundred times the history: past rounds, superseded readings, rows of history."""
    latest = place.plan.rounds.get(slug="q1")
    closed = place.plan.rounds.filter(state=Round.State.CLOSED).count()
    before = place.plan.starts_on
    months = (before - timedelta(days=30 * number) for number in range(1, closed * (MANY - 1) + 1))
    _say_again(latest, ((starts_on, starts_on + timedelta(days=29)) for starts_on in months))
    readings = list(Reading.objects.filter(partnership=place.plan.partnership))
    for _ in range(MANY - 1):
        Reading.objects.bulk_create(replace_row(each, superseded_at=place.now) for each in readings)
    for model in apps.get_models():
        if hasattr(model._meta, "simple_history_manager_attribute"):
            _multiply(model.history.model)


def _multiply(past) -> None:
    """Each row a hundred times, by the database itself."""
    fields = [field for field in past._meta.concrete_fields if not field.primary_key]
    columns = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    table = connection.ops.quote_name(past._meta.db_table)
    copies = "SELECT 1 UNION ALL SELECT n + 1 FROM copies WHERE n < %s"
    again = f"WITH RECURSIVE copies(n) AS ({copies}) SELECT {columns} FROM {table}, copies"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({columns}) {again}", [MANY - 1])


def replace_row(row, **changed):
    """The same row as a new one, with some of it changed."""
    values = {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if not field.primary_key
    }
    new = type(row)(**values)
    for name, value in changed.items():
        setattr(new, name, value)
    return new


# The bare views --------------------------------------------------------------------------

BARE = engines["django"].from_string(
    "<!DOCTYPE html><title>Bare</title><table>{% for row in rows %}<tr>"
    "{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}</table>"
)


def cells(rows):
    """Every field of each row, as a table's cells."""
    for row in rows:
        yield [getattr(row, field.attname) for field in row._meta.concrete_fields]


def bare(find: Callable):
    @login_required
    def view(request, pk):
        rows = [cell for rows in find(pk) for cell in cells(rows)]
        return HttpResponse(BARE.render({"rows": rows}, request))

    return view


def rows_of_list(pk):
    actions = Action.objects.filter(plan=pk)
    latest = Answer.objects.filter(action__plan=pk, update__round__slug="q1")
    return actions, Milestone.objects.filter(action__plan=pk), latest


def rows_of_action(pk):
    said = Answer.objects.filter(action=pk).select_related("update__round")
    answers = said.order_by("-period_ends_on", "-pk")[:ANSWERS_ON_A_PAGE]
    links = ActionLink.objects.filter(Q(earlier=pk) | Q(later=pk))
    leads = ActionLead.objects.filter(action=pk)
    return Action.objects.filter(pk=pk), Milestone.objects.filter(action=pk), answers, links, leads


def rows_of_report(pk):
    round = Round.objects.get(pk=pk)
    year_ago = round.period_starts_on - timedelta(days=640)
    readings = Reading.objects.current().filter(
        partnership=round.partnership_id, period_starts_on__gte=year_ago
    )
    this = LeadUpdate.objects.filter(round=pk)
    last = Answer.objects.filter(update__round__plan=round.plan_id, update__round__slug="q1")
    return this, Answer.objects.filter(update__round=pk), last.defer("text"), readings


urlpatterns = [
    path("bench/list/<int:pk>/", bare(rows_of_list), name="bare_list"),
    path("bench/action/<int:pk>/", bare(rows_of_action), name="bare_action"),
    path("bench/report/<int:pk>/", bare(rows_of_report), name="bare_report"),
    path("", include("cspportal.urls")),
]


# Measuring -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Page:
    """A page that is measured, by whom, and its bare counterpart with the goal against it."""

    name: str
    ask: Callable
    bare: Callable | None = None
    goal: float = 0


def pages(place: Place) -> list[Page]:
    action = place.plan.actions.get(reference="2.3")
    answer = Answer.objects.get(update__round=place.round, action=action)
    reader, lead = signed_in(place.coordinator), signed_in(place.lead)

    def get(name, *args):
        address = reverse(name, args=args)
        return lambda: expect(200, reader.get(address))

    def save():
        version = Answer.objects.values_list("version", flat=True).get(pk=answer.pk)
        address = reverse("rounds:answer", args=[place.slug, answer.pk])
        typed = {
            "version": version,
            "response": "written",
            "text": TEXT.format(WORDS, version),
            "text_format": "html",
            "progress": "in_progress",
            "rag": "green",
        }
        expect(302, lead.post(address, typed))

    Answer.objects.filter(pk=answer.pk).update(state=Answer.State.SUBMITTED, accepted_at=None)
    return [
        Page(
            "list",
            get("rounds:plan", place.slug, place.plan.pk),
            get("bare_list", place.plan.pk),
            2,
        ),
        Page(
            "action",
            get("rounds:action", place.slug, action.pk),
            get("bare_action", action.pk),
            2,
        ),
        Page("board", get("rounds:board", place.slug, place.round.pk)),
        Page(
            "report",
            get("reports:report", place.slug, place.round.pk),
            get("bare_report", place.round.pk),
            3,
        ),
        Page("saving", save),
    ]


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def expect(status: int, response) -> None:
    if response.status_code != status:
        raise SystemExit(f"A page answered {response.status_code} in place of {status}.")


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


def measured(found: list[Page]) -> dict[tuple[str, str], tuple[float, float]]:
    """By database and page, its medians.

    The databases take turns, so that none has the better minute.
    """
    samples = defaultdict(list)
    for _ in range(TURNS):
        for kind in KINDS:
            connect_to(KINDS[kind])
            for page in found:
                for name, ask in ((page.name, page.ask), (f"bare {page.name}", page.bare)):
                    for number in range(WARM_UP + TIMES if ask else 0):
                        sample = timed(ask)
                        if number >= WARM_UP:
                            samples[kind, name].append(sample)
    return {key: medians(found) for key, found in samples.items()}


def seeded() -> list[Page]:
    """Three databases; the same place stands in each of them."""
    place = a_place(timezone.now())
    found = pages(place)
    # Closed, SQLite has everything in the file that is copied, and PostgreSQL lets it be.
    connection.close()
    for suffix in KINDS.values():
        connection.creation.clone_test_db(suffix, verbosity=0)
        CLONED.append(suffix)
    connect_to("many")
    for _ in range(MANY - 1):
        a_place(place.now)
    connect_to("old")
    give_history(place)
    return found


def told(found: list[Page], medians_of: dict) -> None:
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


def main() -> None:
    if connection.vendor == "sqlite":
        name = Path(mkdtemp()) / "bench.sqlite3"
        connection.settings_dict["TEST"]["NAME"] = str(name)
    plain = {"default": {"BACKEND": "django.core.files.storage.FileSystemStorage"}}
    plain["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    made = setup_databases(verbosity=0, interactive=False)
    ORIGINAL.update(connection.settings_dict)
    connection.settings_dict = ORIGINAL
    try:
        with override_settings(
            ROOT_URLCONF="tests.bench", STORAGES=plain, SECURE_SSL_REDIRECT=False
        ):
            print(f"On {connection.vendor}, milliseconds, medians of {TURNS * TIMES} requests")
            found = seeded()
            told(found, measured(found))
    finally:
        connection.close()
        connection.settings_dict = ORIGINAL
        for suffix in CLONED:
            connection.creation.destroy_test_db(suffix=suffix, verbosity=0)
        teardown_databases(made, verbosity=0)


if __name__ == "__main__":
    main()
