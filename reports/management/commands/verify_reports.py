"""Whether every issued report is still what was issued."""

from hashlib import sha256

from django.core.management.base import BaseCommand, CommandError
from django.db.models import BinaryField
from django.db.models.functions import Cast
from django.utils import timezone

from reports.editions import Edition
from reports.models import IssuedReport, ReportFile

ISSUED_AS = ("html", "docx", "pdf", "json")
"""Every edition was issued as each of these, from the first report on."""


class Command(BaseCommand):
    help = "Hash the files of every issued report anew; name what is missing or not as issued."

    def handle(self, *args, **options):
        faults, files = 0, 0
        reports = IssuedReport.objects.select_related(
            "partnership", "round__plan", "release", "destruction"
        ).order_by("partnership__slug", "round__period_starts_on", "round", "version")
        for report in reports.iterator():
            found = list(faults_of(report))
            name = f"{report.partnership.slug} {report.round.slug} version {report.version}"
            if report.is_destroyed:
                destroyed_on = timezone.localdate(report.destruction.destroyed_at)
                self.stdout.write(f"{name}: destroyed on {destroyed_on:%-d %B %Y}")
            for fault in found:
                self.stdout.write(self.style.ERROR(f"{name}: {fault}"))
            faults += len(found)
            files += report.files.count()
        if faults:
            raise CommandError(f"{faults} {'fault' if faults == 1 else 'faults'} found.")
        self.stdout.write(f"Every file is as it was issued, or destroyed ({files} looked at).")


def faults_of(report):
    """What is wrong with the files of a report; one file is in memory at a time."""
    # SQLite lets a text stand where bytes were: what is there is read as bytes all the same.
    stored = Cast("content", BinaryField())
    files = ReportFile.objects.filter(report=report).defer("content").annotate(stored=stored)
    kept = {}
    for file in files.iterator(chunk_size=1):
        kept.setdefault(file.edition, set()).add(file.format)
        yield from _faults_of_file(file, report)
    if not kept:
        yield "it has no files"
        return
    has_public = len(kept) > 1 or hasattr(report, "release")
    for edition in Edition if has_public else [Edition.FULL]:
        for format in ISSUED_AS:
            if format not in kept.get(edition, ()):
                yield f"its {edition} edition has no file for {format}"


def _faults_of_file(file, report):
    content = bytes(file.stored)
    if report.is_destroyed:
        if content:
            yield f"{file.name} should have been destroyed and still has its bytes"
        if report.destruction.hashes.get(file.name) != file.sha256:
            yield f"{file.name} has another SHA-256 than was kept when it was destroyed"
    elif sha256(content).hexdigest() != file.sha256:
        yield f"{file.name} is not what was issued: its SHA-256 differs"
    elif len(content) != file.size:
        yield f"{file.name} is not as long as what was issued"
