"""What happens to a report once its round is closed: each function is one transaction.

What it refuses it refuses with a `Refused`, whose text is fit for the person who asked.
"""

from .issuing import ContentChanged, IssuedSince, issue_report

__all__ = ["ContentChanged", "IssuedSince", "issue_report"]
