"""Every place of a partnership where certain words stand, now or in its history.

All texts that people type are looked through: each text field of whatever a partnership owns,
its history, what the site administration noted, and what is kept for people between two pages.
Issued reports are not among them: their bytes go as a whole, or not at all.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db import models
from django.db.models import F, Q

from documents.removal import Found, Words
from documents.word_reader import every_word_in
from mail.models import Message
from partnerships.models import Partnership
from rounds.models import (
    Answer,
    Delegation,
    Draft,
    FigureEntry,
    LeadUpdate,
    MilestoneDone,
    Notice,
    Round,
    WordUpload,
)

from .models import Destruction, IssuedReport, Withdrawal

SESSIONS = "sessions"
MESSAGES = "messages"
DRAFTS = "drafts"
WORD_FILES = "word_files"
SHOWN = 3
"""So many of the findings of one place are shown with the words around them."""

# Text that has to keep its form; and the words of a request to destroy, which forgets them itself.
_NOT_WRITTEN = {"slug", "token_hash", "brand_colour", "national_code", "words", "saved_from"}
_NAMED_BY = ("reference", "heading", "title", "name", "label", "post", "object_repr")
_NAMED_BY_INDICATOR = ("reading", "figureentry", "indicatoralias")
_TO_ROUND = {
    IssuedReport: ("round__plan",),
    Withdrawal: ("report__round__plan",),
    Destruction: ("report__round__plan",),
}
_ROUND_OF: Mapping[type[models.Model], str] = {
    LeadUpdate: "round",
    Answer: "update__round",
    FigureEntry: "answer__update__round",
    MilestoneDone: "answer__update__round",
    Delegation: "answer__update__round",
}


class How(StrEnum):
    """What becomes of a place."""

    WORDS = "words"
    WHOLE = "whole"
    LEAVE = "leave"


@dataclass(frozen=True)
class Place:
    """One field of one row that holds the words, now or in its history."""

    key: str
    what: str
    field: str
    found: tuple[Found, ...]
    """As they stand there now; where they do not any more, as they last did."""
    stands_now: bool
    versions: int
    """How many versions in the history hold them."""

    @property
    def name(self) -> str:
        return f"{self.what}: {self.field}"

    @property
    def shown(self) -> tuple[Found, ...]:
        return self.found[:SHOWN]

    @property
    def more(self) -> int:
        return len(self.found) - len(self.shown)


def places_of(partnership: Partnership, words: Words) -> list[Place]:
    """Two queries for each model, however many rows there are."""
    rounds = {
        round.pk: round.full_label for round in Round.objects.of(partnership).select_related("plan")
    }
    found = [
        place for model in _models() for place in _places_in(model, partnership, words, rounds)
    ]
    kept = (_places_in_drafts, _places_in_word_files, _places_in_messages)
    found += [place for places in kept for place in places(partnership, words)]
    return found + _places_in_sessions(words)


def _models() -> list[type[models.Model]]:
    """Whatever has text of a partnership; answers first, since most of it is theirs."""
    ours = [
        model
        for model in apps.get_models()
        if hasattr(model, "history") and (hasattr(model, "partnership") or model is Partnership)
    ]
    return [*sorted(ours, key=lambda model: model is not Answer), LogEntry]


def _fields(model: type[models.Model]) -> list[models.Field]:
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField | models.JSONField)
        and not isinstance(field, models.EmailField)
        and not field.choices
        and not field.primary_key
        and field.name not in _NOT_WRITTEN | {"object_id"}
    ]


def _places_in(
    model: type[models.Model],
    partnership: Partnership,
    words: Words,
    rounds: Mapping[int, str],
) -> Iterator[Place]:
    fields = _fields(model)
    if not fields:
        return
    now = {row["pk"]: row for row in _rows(model, partnership, "pk", fields)}
    earlier: dict[int, list[dict]] = {}
    for row in _rows(history_of(model), partnership, model._meta.pk.attname, fields):
        earlier.setdefault(row[model._meta.pk.attname], []).append(row)
    for pk in sorted({*now, *earlier}):
        row, versions = now.get(pk), earlier.get(pk, [])
        for field in fields:
            stands = _found(row and row[field.name], words)
            before = [found for each in versions if (found := _found(each[field.name], words))]
            if stands or before:
                yield Place(
                    key=f"{model._meta.label_lower}:{pk}:{field.name}",
                    what=_what(model, row or versions[-1], rounds, is_gone=row is None),
                    field=str(field.verbose_name),
                    found=stands or before[-1],
                    stands_now=bool(stands),
                    versions=len(before),
                )


def _rows(table, partnership: Partnership, key: str, fields) -> Iterable[dict]:
    """Each row with its texts and what it is named by, the oldest first; none of no table."""
    if table is None:
        return ()
    subject = table.instance_type if hasattr(table, "instance_type") else table
    found = table._base_manager.all()
    if subject is Partnership:
        found = found.filter(id=partnership.pk)
    elif subject is not LogEntry:
        found = found.filter(partnership_id=partnership.pk)
    more = {"in_round": F(_ROUND_OF[subject])} if subject in _ROUND_OF else {}
    if subject._meta.model_name in _NAMED_BY_INDICATOR:
        more["indicator_name"] = F("indicator__name")
    order = "history_id" if subject is not table else "pk"
    names = {key, *(field.name for field in fields)}
    return found.order_by(order).values(*names, **more).iterator()


def history_of(model):
    """The table of its history; None where it keeps none."""
    return model.history.model if hasattr(model, "history") else None


def _what(model, row, rounds: Mapping[int, str], *, is_gone: bool) -> str:
    """As in "Answer: 2.7 Work with schools (Quarter 2, 2023/24)"."""
    kind = str(model._meta.verbose_name).capitalize()
    named = " ".join(str(row[name]) for name in _NAMED_BY if row.get(name))
    named = row.get("indicator_name") or named
    in_round = rounds.get(row.get("in_round", 0))
    return "".join(
        (
            f"{kind}: {named}" if named else kind,
            f" ({in_round})" if in_round else "",
            ", deleted since" if is_gone else "",
        )
    )


def _found(value: object, words: Words) -> tuple[Found, ...]:
    return tuple(found for text in _texts(value) for found in words.found_in(text))


def _texts(value: object) -> Iterator[str]:
    """Every text in a value, however deep; what names the parts of a JSON value is none."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)


def _places_in_drafts(partnership: Partnership, words: Words) -> list[Place]:
    holding = [found for _, found in drafts_with(partnership, words)]
    if not holding:
        return []
    count = f"{len(holding)} draft{'' if len(holding) == 1 else 's'}"
    found = tuple(each for many in holding for each in many)
    return [Place(DRAFTS, f"Typed and not saved: {count}", "thrown away", found, True, 0)]


def drafts_with(partnership: Partnership, words: Words) -> Iterator[tuple[int, tuple[Found, ...]]]:
    for pk, boxes in Draft.objects.of(partnership).order_by("pk").values_list("pk", "boxes"):
        found = _found(boxes, words)
        if found:
            yield pk, found


def _places_in_word_files(partnership: Partnership, words: Words) -> list[Place]:
    holding = [found for _, found in word_files_with(partnership, words)]
    if not holding:
        return []
    count = f"{len(holding)} file{'' if len(holding) == 1 else 's'}"
    found = tuple(each for many in holding for each in many)
    return [Place(WORD_FILES, f"Word files that came back: {count}", "emptied", found, True, 0)]


def word_files_with(
    partnership: Partnership, words: Words
) -> Iterator[tuple[int, tuple[Found, ...]]]:
    """Files with the words anywhere in them, in what nobody sees as well."""
    kept = WordUpload.objects.of(partnership).filter(emptied_at=None).order_by("pk")
    for pk, content in kept.values_list("pk", "content").iterator(chunk_size=1):
        found = words.found_in(every_word_in(bytes(content)))
        if found:
            yield pk, found


def _places_in_messages(partnership: Partnership, words: Words) -> list[Place]:
    holding = [found for _, found in messages_with(partnership, words)]
    if not holding:
        return []
    count = f"{len(holding)} message{'' if len(holding) == 1 else 's'}"
    found = tuple(each for many in holding for each in many)
    whole = "they are emptied; what has not been sent yet is not sent"
    return [Place(MESSAGES, f"What was written by email: {count}", whole, found, True, 0)]


def messages_with(
    partnership: Partnership, words: Words
) -> Iterator[tuple[Message, tuple[Found, ...]]]:
    """Messages of the outbox; what stands in the page of one stands in its plain text too."""
    # A reminder of several partnerships is from none of them, and has a notice of each.
    told = Notice.objects.of(partnership).values("message")
    sent = Message.objects.filter(Q(sender=partnership.slug) | Q(pk__in=told))
    for message in sent.order_by("pk").iterator():
        # Long lines of a calendar entry go on in the next one (RFC 5545, section 3.1).
        calendar = message.calendar.replace("\r\n ", "")
        found = _found([message.subject, message.text, calendar], words)
        if found:
            yield message, found


def _places_in_sessions(words: Words) -> list[Place]:
    holding = [found for _, found in sessions_with(words)]
    if not holding:
        return []
    whose = f"What is kept between two pages for {len(holding)} of those who are signed in"
    found = tuple(each for many in holding for each in many)
    return [Place(SESSIONS, whose, "they have to sign in again", found, True, 0)]


def sessions_with(words: Words) -> Iterator[tuple[str, tuple[Found, ...]]]:
    for session in Session.objects.order_by("pk").iterator():
        found = _found(session.get_decoded(), words)
        if found:
            yield session.pk, found


def frozen_places_of(partnership: Partnership, words: Words) -> list[str]:
    """What of issued reports holds the words and can never be changed: reasons that were given."""
    given = {
        IssuedReport: "the reason for its correction",
        Withdrawal: "why it was withdrawn",
        Destruction: "why it was destroyed",
    }
    return [
        f"{row}: {what}"
        for model, what in given.items()
        for row in model.objects.of(partnership).select_related(*_TO_ROUND[model])
        if words.stand_in(row.reason)
    ]
