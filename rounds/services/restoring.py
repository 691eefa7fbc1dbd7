"""Putting a former text of an answer back: a save like any other, with all its rules."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from partnerships.markers import marker_of
from partnerships.models import Marking
from partnerships.permissions import Access

from ..models import Answer
from .answers import Content, save_held_answer
from .milestones import read_ticks
from .refusals import Conflict, Refused


def restore_answer_text(
    *,
    answer: Answer,
    field: str,
    before: Any,
    marker: str,
    by: Access,
    now: datetime,
    on_behalf: bool,
) -> Answer:
    """Save the answer with one text as it was in `before`, a row of its history.

    The caller holds the answer. marker is that of the text and the version the person looked at.
    The rest of the answer stays as it is, but a text that was marked OFFICIAL-SENSITIVE brings its
    marking back with it.
    """
    asked = read_ticks(answer)
    if marker != marker_of(getattr(answer, field), answer.version):
        raise Conflict(answer, by.user, now)
    if before.is_withheld and not answer.is_withheld:
        raise Refused(
            "That text was not for publication, and the answer is now. "
            "Copy from it what may be published."
        )
    content = replace(Content.of(answer), **{field: getattr(before, field)})
    if field == "text":
        content = replace(content, response=Answer.Response.WRITTEN)
    if before.marking == Marking.SENSITIVE:
        content = replace(content, marking=Marking.SENSITIVE)
    if getattr(content.settled(), field) != getattr(content, field):
        raise Refused("Only a rating of red or amber has a reason and a way back to green.")
    return save_held_answer(
        answer=answer,
        asked=asked,
        content=content,
        version=answer.version,
        by=by,
        now=now,
        on_behalf=on_behalf,
    )
