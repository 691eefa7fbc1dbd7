"""Whether every issued report is still what was issued."""

from hashlib import sha256

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from reports.models import IssuedReport, ReportFile


class Command(BaseCommand):
    help = "Hash the files of every issued report anew and name those that are not as issued."

    def handle(self, *args, **options):
        faults, files = 0, 0
        reports = IssuedReport.objects.select_related(
            "partnership", "round__plan", "destruction"
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
    files = ReportFile.objects.filter(report=report)
    hashes = report.destruction.hashes if report.is_destroyed else {}
    if not report.is_destroyed and not files.exists():
        yield "it has no files"
    for file in files.iterator(chunk_size=1):
        content = bytes(file.content)
        if report.is_destroyed:
            if content:
                yield f"{file.name} should have been destroyed and still has its bytes"
            if hashes.get(file.name) != file.sha256:
                yield f"{file.name} has another SHA-256 than was kept when it was destroyed"
        elif sha256(content).hexdigest() != file.sha256:
            yield f"{file.name} is not what was issued: its SHA-256 differs"
        elif len(content) != file.size:
            yield f"{file.name} is not as long as what was issued"
