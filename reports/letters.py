"""What people are told by email about reports: where something is, and nothing of its content."""

from accounts.links import full_address
from mail.letters import Button, Letter, Paragraph

from .models import DestructionRequest, IssuedReport


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
            Button("Read the report", full_address(report.get_absolute_url())),
        ],
    )


def letter_of_request(request: DestructionRequest) -> Letter:
    """To the other site administrators: neither the words that must go nor the reason."""
    round, partnership = request.report.round, request.partnership
    return Letter(
        subject=f"A request to destroy a report of {partnership} waits for you",
        blocks=[
            Paragraph(
                f"{request.asked_by} asks that version {request.report.version} of the report of "
                f"{round.full_label} be destroyed. A second site administrator has to look at "
                "what would go and agree, or call it off, within seven days."
            ),
            Button("See the request", full_address(request.get_absolute_url())),
        ],
    )
