"""A partnership's settings: what they are in groups, and changing one group of them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction

from .markers import marker_of_fields
from .models import Partnership
from .quarters import ONE_DAY
from .refusals import ChangedSince

DETAILS = ("name", "national_code", "brand_colour", "help_email", "help_telephone")
REPORTS = (
    "report_to",
    "report_introduction",
    "report_standing_text",
    "small_base",
    "small_number_threshold",
    "prints_on_behalf",
)
PUBLIC_PAGES = ("publishes_reports",)
ROUNDS = ("round_months", "asks_key_issues", "asks_groups", "asks_themes", "default_marking")
MESSAGES = ("asking_text", "reminder_days")
WORDING = ("rag_meanings", "progress_labels")


@transaction.atomic
def change_settings(
    *, partnership: Partnership, values: Mapping[str, Any], marker: str, today: date
) -> None:
    """Set one group of settings, unless somebody has changed one of them since.

    A name that is given up is kept as an earlier name, until the day before.
    """
    saved = Partnership.objects.select_for_update().get(pk=partnership.pk)
    if marker_of_fields(saved, values) != marker:
        raise ChangedSince(saved)
    changed = {name for name, value in values.items() if getattr(saved, name) != value}
    if "name" in changed and not saved.aliases.filter(name=saved.name).exists():
        saved.aliases.create(name=saved.name, used_until=today - ONE_DAY)
    for name in changed:
        setattr(saved, name, values[name])
    if changed:
        saved.save()
