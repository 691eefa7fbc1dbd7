"""The record of a round and the return rates, taken away as tables."""

from decimal import Decimal

from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from partnerships.access import in_partnership
from partnerships.models import Marking
from rounds.rates import ALL, rates_until
from rounds.record import record_of_round
from rounds.views.fetch import round_to_run

from .downloads import CSV, XLSX, download
from .renderers.tables import as_csv, as_xlsx
from .sheets import Column, Sheet

RECORD = (
    Column("Date", 13),
    Column("Time", 8),
    Column("Priority", 14),
    Column("Section", 40),
    Column("What", 44),
    Column("Reason or note", 40),
    Column("Who", 24),
    Column("Post", 36),
)

RATES = (
    Column("Round", 16),
    Column("Organisation", 44),
    Column("Asked", 10),
    Column("In time", 10),
    Column("Late", 10),
    Column("No answer", 10),
    Column("Given for them", 16),
)


@require_safe
@never_cache
@in_partnership
def record_xlsx(request, access, pk):
    """The record of a round as an Excel file."""
    round = round_to_run(access, pk)
    lines = record_of_round(round)
    is_sensitive = any(line.answer.is_sensitive for line in lines)
    file = as_xlsx(
        [_record(lines)],
        title=f"Record of {round.full_label}",
        author=str(access.partnership),
        marking=Marking.SENSITIVE.label if is_sensitive else Marking.OFFICIAL.label,
    )
    return download(file, XLSX, f"{access.partnership.slug}-{round.slug}-record.xlsx")


@require_safe
@never_cache
@in_partnership
def record_csv(request, access, pk):
    """The record of a round as CSV."""
    round = round_to_run(access, pk)
    file = as_csv(_record(record_of_round(round)))
    return download(file, CSV, f"{access.partnership.slug}-{round.slug}-record.csv")


@require_safe
@never_cache
@in_partnership
def rates_xlsx(request, access, pk):
    """The return rates of the last rounds as an Excel file."""
    round = round_to_run(access, pk)
    file = as_xlsx(
        [_rates(rates_until(round, access.today))],
        title=f"Return rates up to {round.full_label}",
        author=str(access.partnership),
        marking=Marking.OFFICIAL.label,
    )
    return download(file, XLSX, f"{access.partnership.slug}-{round.slug}-return-rates.xlsx")


@require_safe
@never_cache
@in_partnership
def rates_csv(request, access, pk):
    """The return rates of the last rounds as CSV."""
    round = round_to_run(access, pk)
    file = as_csv(_rates(rates_until(round, access.today)))
    return download(file, CSV, f"{access.partnership.slug}-{round.slug}-return-rates.csv")


def _rates(rates):
    """One line an organisation and round; at the end those for all."""
    rows = []
    for name, row in [*rates.rows, (ALL, rates.all)]:
        for label, rate in row:
            counts = rate.asked, rate.in_time, rate.late, rate.nothing, rate.given
            rows.append((label, name, *(Decimal(count) for count in counts)))
    return Sheet("Return rates", RATES, tuple(rows))


def _record(lines):
    """One line an event, the earliest first."""
    rows = []
    for line in lines:
        event, local = line.event, timezone.localtime(line.event.at)
        section = line.answer.update.label, line.answer.heading
        said = event.what, event.why, event.name, event.post
        rows.append((local.date(), f"{local:%H:%M}", *section, *said))
    return Sheet("Record", RECORD, tuple(rows))
