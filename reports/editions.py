"""The editions of a report: the full one for the Executive, the public one for everybody."""

from enum import StrEnum

from partnerships.models import Marking
from partnerships.refusals import Refused
from priorities.models import Plan


class Edition(StrEnum):
    """Which readers a report is for."""

    FULL = "full"
    PUBLIC = "public"


WITHHELD = "withheld"
"""What the public edition leaves out and why: no edition, but kept beside them for coordinators."""


class NotForPublic(Refused):
    """There is no public edition."""

    def __init__(self) -> None:
        super().__init__(
            f"The plan is marked {Marking.SENSITIVE.label}, so its reports have no public edition."
        )


def editions_of(plan: Plan) -> tuple[Edition, ...]:
    """A plan that is itself marked OFFICIAL-SENSITIVE is not published at all."""
    if plan.marking == Marking.SENSITIVE:
        return (Edition.FULL,)
    return (Edition.FULL, Edition.PUBLIC)
