"""The files of the example, and how what they say becomes a row."""

import json
from datetime import datetime
from typing import TypeVar

from django.conf import settings
from django.db import models
from django.utils import timezone

Row = TypeVar("Row", bound=models.Model)

FOLDER = settings.BASE_DIR / "fixtures" / "example"


def read(*path: str) -> dict:
    """What a file says; nothing where there is none."""
    file = FOLDER.joinpath(*path).with_suffix(".json")
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


def moment(written: str) -> datetime:
    """ "2023-10-30 17:00", by the clock in London."""
    return timezone.make_aware(datetime.fromisoformat(written))


def saved(row: Row) -> Row:
    """The row, once it is found to keep the rules that a form would hold it to."""
    row.full_clean()
    row.save()
    return row
