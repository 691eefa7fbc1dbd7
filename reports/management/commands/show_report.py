"""Print the report of a round, for another program or as a page."""

import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from partnerships.models import Partnership
from reports.as_html import as_html
from reports.as_json import as_json
from reports.content import build_report
from reports.editions import Edition, NotForPublic
from reports.formats import FORMATS
from reports.layout import layout_of
from reports.models import ReportFile
from reports.renderers import CannotPrint
from rounds.models import Round


class Command(BaseCommand):
    help = "Print the report of a round, as it stands now or as it was issued: swale 2023-24-q2"

    def create_parser(self, *args, **kwargs):
        # Every command's own --version says Django's; here it is the report's.
        return super().create_parser(*args, conflict_handler="resolve", **kwargs)

    def add_arguments(self, parser):
        parser.add_argument("partnership", help="Its address, such as swale.")
        parser.add_argument("round", help="Its address, such as 2023-24-q2.")
        parser.add_argument("--format", choices=["json", "html", *FORMATS], default="json")
        parser.add_argument(
            "--version",
            dest="issued_version",
            metavar="N",
            type=int,
            help="An issued version, byte for byte; without it the report as it stands now.",
        )
        parser.add_argument("--edition", choices=list(Edition), default=Edition.FULL)
        parser.add_argument("--output", metavar="FILE", type=Path, help="Write it to a file.")

    def handle(self, *args, **options):
        round = round_called(partnership_called(options["partnership"]), options["round"])
        edition = Edition(options["edition"])
        if options["issued_version"] is None:
            printed = printed_as(options["format"], report_of(round, edition), round.partnership)
        else:
            printed = stored_as(options["format"], round, options["issued_version"], edition)
        if options["output"]:
            write(options["output"], printed)
        elif options["format"] in FORMATS:
            show_file(printed)
        else:
            # Whatever the terminal's own encoding is: the report has true minus signs.
            sys.stdout.reconfigure(encoding="utf-8")
            self.stdout.write(printed.decode(), ending="")


def report_of(round, edition):
    """As it stands now."""
    try:
        return build_report(round, edition=edition, now=timezone.now())
    except NotForPublic as error:
        raise CommandError(str(error)) from error


def show_file(printed):
    """Into a pipe; on a screen there would be nothing to read."""
    if sys.stdout.isatty():
        raise CommandError("A file like this is not for the screen: add --output FILE.")
    sys.stdout.buffer.write(printed)


def printed_as(format, report, partnership):
    """The report's bytes in one of the formats."""
    if format == "json":
        return as_json(report).encode()
    if format == "html":
        return as_html(report, brand_colour=partnership.brand_colour).encode()
    try:
        return FORMATS[format].render(layout_of(report))
    except CannotPrint as error:
        raise CommandError(str(error)) from error


def stored_as(format, round, version, edition):
    """The bytes that were stored when this version was issued."""
    issued = list(round.issued_reports.select_related("destruction"))
    for report in issued:
        if report.version == version:
            break
    else:
        there = ", ".join(str(report.version) for report in reversed(issued)) or "none yet"
        raise CommandError(f"Version {version} was not issued. Issued versions: {there}.")
    if report.is_destroyed:
        destroyed_on = timezone.localdate(report.destruction.destroyed_at)
        raise CommandError(f"Version {version} was destroyed on {destroyed_on:%-d %B %Y}.")
    try:
        return bytes(report.files.get(edition=edition, format=format).content)
    except ReportFile.DoesNotExist as error:
        public = " to the public" if edition == Edition.PUBLIC else ""
        raise CommandError(f"Version {version} was not issued{public} as {format}.") from error


def partnership_called(slug):
    partnerships = list(Partnership.objects.all())
    for partnership in partnerships:
        if partnership.slug == slug:
            return partnership
    there = ", ".join(each.slug for each in partnerships) or "none yet"
    raise CommandError(f"There is no partnership “{slug}”. There is: {there}.")


def round_called(partnership, slug):
    rounds = list(
        Round.objects.of(partnership).select_related("plan", "partnership").latest_first()
    )
    opened = ", ".join(round.slug for round in rounds if not round.is_planned) or "none yet"
    for round in rounds:
        if round.slug == slug and round.is_planned:
            raise CommandError(
                f"“{slug}” has not been opened, so nothing has been asked. "
                f"Rounds with a report: {opened}."
            )
        if round.slug == slug:
            return round
    raise CommandError(f"{partnership} has no round “{slug}”. Rounds with a report: {opened}.")


def write(path, printed):
    try:
        path.write_bytes(printed)
    except OSError as error:
        raise CommandError(f"Cannot write {path}: {error.strerror}.") from error
