"""Recording a meeting: it changes no answer, no report that was issued, and no closed round."""

from datetime import date

from django.db import transaction

from partnerships.markers import marker_of_fields
from partnerships.refusals import ChangedSince

from ..models import Meeting, MeetingItem, Round

MEETING = ("held_on", "place", "chaired_by")
ITEM = ("update_id", "answer_id", "text", "marking", "assigned_to", "due_on", "done_on")


def marker_of_meeting(meeting: Meeting | None) -> str:
    return marker_of_fields(meeting, MEETING) if meeting else ""


def marker_of_item(item: MeetingItem) -> str:
    return marker_of_fields(item, ITEM)


@transaction.atomic
def record_meeting(
    *, round: Round, held_on: date, place: str, chaired_by: str, marker: str
) -> Meeting:
    """Write down when and where it was held; `marker` is of what the person started from."""
    round = Round.objects.select_for_update().get(pk=round.pk)
    meeting = Meeting.objects.filter(round=round).first()
    if marker_of_meeting(meeting) != marker:
        raise ChangedSince(meeting)
    meeting = meeting or Meeting(round=round, partnership_id=round.partnership_id)
    meeting.held_on, meeting.place, meeting.chaired_by = held_on, place, chaired_by
    meeting.save()
    return meeting


@transaction.atomic
def record_item(*, item: MeetingItem, marker: str) -> MeetingItem:
    """Add something said, decided or agreed, or change it as it was when `marker` was made.

    What is there word for word is not added again: it was sent twice, as by a second click.
    """
    if item.pk is None:
        Meeting.objects.select_for_update().get(pk=item.meeting_id)
        same = {field: getattr(item, field) for field in ("meeting_id", "kind", *ITEM)}
        if there := MeetingItem.objects.filter(**same).first():
            return there
    else:
        saved = MeetingItem.objects.select_for_update().get(pk=item.pk)
        if marker_of_item(saved) != marker:
            raise ChangedSince(saved)
    item.save()
    return item


def remove_item(*, item: MeetingItem) -> None:
    """Take it away; its history stays."""
    item.delete()
