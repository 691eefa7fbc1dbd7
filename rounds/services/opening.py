"""That a section was opened by somebody who is to write it."""

from datetime import datetime

from accounts.models import User

from ..models import Answer, Opened


def note_opening(*, answer: Answer, by: User, now: datetime) -> None:
    """Keep the first time; asked for again it changes nothing."""
    Opened.objects.get_or_create(
        answer=answer,
        person=by,
        defaults={"at": now, "partnership_id": answer.partnership_id},
    )
