"""The editions of a report: the full one for the Executive, the public one for everybody."""

from enum import StrEnum


class Edition(StrEnum):
    """Which readers a report is for."""

    FULL = "full"
    PUBLIC = "public"
