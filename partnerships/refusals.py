"""What cannot be done now, said in plain English."""

from typing import Any


class Refused(Exception):
    """Something that cannot be done now, with the reason in plain English."""


class ChangedSince(Refused):
    """Somebody changed the same thing since this person opened it."""

    def __init__(self, saved: Any) -> None:
        super().__init__("Someone else changed this while you were writing.")
        self.saved = saved
