"""What members are told by email when a report is issued: that it is there, and where."""

from django.conf import settings

from mail.letters import Button, Letter, Paragraph

from .models import IssuedReport


def letter_of_issue(report: IssuedReport) -> Letter:
    """Nothing of the report itself stands in it; who opens it reads what their post allows."""
    round, partnership = report.round, report.round.partnership
    of_which = (
        f"It is version {report.version}, a correction; the page says what was corrected."
        if report.version > 1
        else "It stays as it is from now on."
    )
    return Letter(
        subject=f"The report of {round.full_label} has been issued",
        blocks=[
            Paragraph(
                f"The report of {round.full_label} of {partnership} has been issued by "
                f"{report.post}. {of_which}"
            ),
            Paragraph("It can be read on the web, and as Word and PDF."),
            Button("Read the report", f"{settings.PORTAL_ADDRESS}{report.get_absolute_url()}"),
        ],
    )
