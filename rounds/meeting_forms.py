"""What is recorded of a meeting: when it was held, and what came of it."""

from datetime import date
from typing import Any, ClassVar

from django import forms

from documents.forms import RichTextField, RichTextWidget
from partnerships.dates import DayMonthYearField
from partnerships.forms import PortalForm
from partnerships.models import Marking

from .matters import WHOLE_MEETING, WHOLE_PRIORITY
from .meeting_sheet import Part
from .models import Answer, Meeting, MeetingItem, Round
from .services.meetings import marker_of_item, marker_of_meeting

Kind = MeetingItem.Kind

TEXTS = {
    Kind.SAID: "What was said?",
    Kind.DECISION: "What was decided?",
    Kind.ACTION: "What is to be done?",
}
TO_COME = "That day is still to come: choose today or an earlier one"


class MeetingForm(PortalForm):
    """When and where the meeting was held, and who was in the chair."""

    held_on = DayMonthYearField(label="Held on")
    place = forms.CharField(label="Where?", max_length=200, required=False)
    chaired_by = forms.CharField(
        label="In the chair",
        help_text="Their post, not their name, such as Chief Executive.",
        max_length=300,
        required=False,
    )
    marker = forms.CharField(widget=forms.HiddenInput, required=False)
    submit_text = "Save"
    label_size = "s"

    def __init__(self, *args: Any, round: Round, meeting: Meeting | None, today: date):
        self.today = today
        initial: dict[str, Any] = {"marker": marker_of_meeting(meeting)}
        if meeting is None:
            is_over = round.meets_on and round.meets_on <= today
            initial["held_on"] = round.meets_on if is_over else None
        else:
            initial |= {name: getattr(meeting, name) for name in ("held_on", "place", "chaired_by")}
        super().__init__(*args, initial=initial)

    def clean_held_on(self):
        held_on = self.cleaned_data["held_on"]
        if held_on and held_on > self.today:
            raise forms.ValidationError(TO_COME)
        return held_on


class ItemForm(PortalForm):
    """Something said, decided or agreed, and of what; an action has an owner and a date."""

    about = forms.ChoiceField(label="What is it about?", required=False)
    text = RichTextField(widget=RichTextWidget(attrs={"rows": 6}))
    assigned_to = forms.CharField(
        label="Who does it?", help_text="A post or an organisation.", max_length=300
    )
    due_on = DayMonthYearField(label="By when?")
    done_on = DayMonthYearField(
        label="Done on", help_text="Leave it empty until it is done.", required=False
    )
    marking = forms.ChoiceField(label="Marking", choices=Marking)
    marker = forms.CharField(widget=forms.HiddenInput, required=False)
    not_optional: ClassVar = ("about",)
    required_text: ClassVar = {
        "text": "Write it down",
        "assigned_to": "Say who does it",
        "due_on": "Enter the day by which it is to be done",
    }
    submit_text = "Save"
    label_size = "s"

    def __init__(
        self, *args: Any, item: MeetingItem, parts: list[Part], today: date, about: str = ""
    ):
        self.item, self.today = item, today
        self.places = _places(parts)
        initial = {
            "about": _place_of(item) if item.pk else about,
            "text": item.text,
            "assigned_to": item.assigned_to,
            "due_on": item.due_on,
            "done_on": item.done_on,
            "marking": item.marking if item.pk else _marking_of(parts, about),
            "marker": marker_of_item(item),
        }
        super().__init__(*args, initial=initial)
        self.fields["about"].choices = _choices(parts)
        self.fields["text"].label = TEXTS[Kind(item.kind)]
        if not item.is_action:
            for name in ("assigned_to", "due_on", "done_on"):
                del self.fields[name]
        elif not item.pk:
            del self.fields["done_on"]

    def clean_done_on(self):
        done_on = self.cleaned_data["done_on"]
        if done_on and done_on > self.today:
            raise forms.ValidationError(TO_COME)
        return done_on

    def filled(self) -> MeetingItem:
        """The item as it was typed."""
        data = dict(self.cleaned_data)
        self.item.update_id, self.item.answer_id = self.places[data.pop("about")]
        self.item.text = data.pop("text").html
        data.pop("marker")
        for name, value in data.items():
            setattr(self.item, name, value)
        return self.item


def place_of_answer(answer: Answer) -> str:
    return f"section-{answer.pk}"


def _place_of(item: MeetingItem) -> str:
    if item.answer_id:
        return f"section-{item.answer_id}"
    return f"priority-{item.update_id}" if item.update_id else ""


def _places(parts: list[Part]) -> dict[str, tuple[int | None, int | None]]:
    """Update and answer by the name of the choice."""
    found: dict[str, tuple[int | None, int | None]] = {"": (None, None)}
    for part in parts:
        found[f"priority-{part.update.pk}"] = (part.update.pk, None)
        for answer in part.answers:
            found[place_of_answer(answer)] = (part.update.pk, answer.pk)
    return found


def _marking_of(parts: list[Part], place: str) -> str:
    """What is said of a section is marked as its answer is, unless another marking is chosen."""
    answers = {place_of_answer(answer): answer for part in parts for answer in part.answers}
    return answers[place].marking if place in answers else Marking.OFFICIAL


def _choices(parts: list[Part]) -> list[Any]:
    found: list[Any] = [("", WHOLE_MEETING)]
    for part in parts:
        sections = [(place_of_answer(answer), answer.heading) for answer in part.answers]
        whole = (f"priority-{part.update.pk}", WHOLE_PRIORITY)
        found.append((str(part.update), [whole, *sections]))
    return found
