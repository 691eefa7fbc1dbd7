"""What is taken away for good: the one module of the portal that writes past the history.

Elsewhere every write is kept with what was there before. Here that would keep what must go.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import F

from documents.removal import Words, is_html
from mail.services import empty_messages
from partnerships.models import Partnership
from rounds.models import Draft, WordUpload

from .models import DestructionRequest, IssuedReport, ReportFile, TriedLink
from .places import (
    DRAFTS,
    MESSAGES,
    SESSIONS,
    WORD_FILES,
    How,
    drafts_with,
    history_of,
    messages_with,
    sessions_with,
    word_files_with,
)

# Whose versions a form carries, so that two who write at once notice each other.
_COUNTS_ITS_VERSIONS = {"rounds.answer"}


def empty_files(report: IssuedReport) -> None:
    """The database allows it while a destruction of the report is on record, and nothing else."""
    ReportFile.objects.filter(report=report).update(content=b"")


def forget_words(partnership: Partnership) -> None:
    """Requests hold the words no longer, in their history neither."""
    DestructionRequest.objects.filter(partnership=partnership).update(words=[])
    DestructionRequest.history.filter(partnership_id=partnership.pk).update(words=[])


def forget_tried_links(partnership: Partnership) -> None:
    """An address may hold the words; what came of it is found out again by a click."""
    TriedLink.objects.filter(partnership=partnership).delete()


def overwrite_what_is_freed() -> None:
    """SQLite otherwise leaves the old bytes in its file where nobody asks for them any more."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")


def purge(
    partnership: Partnership,
    chosen: Mapping[str, How],
    words: Words,
    *,
    instead: str,
    now: datetime,
) -> None:
    """Take the words, or the whole text, out of each chosen place and out of all its history.

    Rows are updated where they are, past `save`, which would write the old text to the history.
    """
    for key, how in chosen.items():
        if how is How.LEAVE:
            continue
        if key == SESSIONS:
            keys = [pk for pk, _ in sessions_with(words)]
            Session.objects.filter(pk__in=keys).delete()
            continue
        if key == DRAFTS:
            keys = [pk for pk, _ in drafts_with(partnership, words)]
            Draft.objects.filter(pk__in=keys).delete()
            continue
        if key == WORD_FILES:
            numbers = [pk for pk, _ in word_files_with(partnership, words)]
            WordUpload.objects.filter(pk__in=numbers).update(content=b"", emptied_at=now)
            continue
        if key == MESSAGES:
            found = [message.pk for message, _ in messages_with(partnership, words)]
            empty_messages(found, instead=instead, now=now)
            continue
        label, pk, name = key.split(":")
        model = apps.get_model(label)
        change = _Change(words, how, instead, model._meta.get_field(name).max_length)
        _purge_rows(model._base_manager.filter(pk=pk), name, change)
        history = history_of(model)
        if history is not None:
            of_row = {model._meta.pk.attname: pk}
            _purge_rows(history._base_manager.filter(**of_row), name, change)


def _purge_rows(rows, name, change):
    table = rows.model
    # Whoever has the old text open is then told that it has changed, and does not bring it back.
    counts = table._meta.label_lower in _COUNTS_ITS_VERSIONS
    counted = {"version": F("version") + 1} if counts else {}
    for pk, value in list(rows.values_list("pk", name)):
        changed = change.of(value)
        if changed != value:
            table._base_manager.filter(pk=pk).update(**{name: changed}, **counted)


@dataclass(frozen=True)
class _Change:
    """What becomes of one field, in every version of its row."""

    words: Words
    how: How
    instead: str
    most: int | None
    """Characters that the field can hold."""

    def of(self, value):
        if isinstance(value, dict):
            return {key: self._of_part(part) for key, part in value.items()}
        if isinstance(value, list):
            return [self._of_part(part) for part in value]
        if not isinstance(value, str) or not value:
            return value
        if self.how is How.WHOLE:
            return f"<p>{self.instead}</p>" if is_html(value) else self.instead[: self.most]
        return self._without_words(value)

    def _of_part(self, value):
        """Of a list of texts only those go that hold the words."""
        if isinstance(value, str) and not self.words.stand_in(value):
            return value
        return self.of(value)

    def _without_words(self, text):
        if not self.words.stand_in(text):
            return text
        changed = self.words.removed_from(text, self.instead)
        if self.most is not None and len(changed) > self.most:
            changed = self.words.removed_from(text, "[removed]")[: self.most]
        return changed
