"""The page of a meeting as plain values: what was recorded of it, under each priority."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from .matters import Matter, Matters
from .meeting_forms import place_of_answer
from .meeting_sheet import Part
from .models import Answer, LeadUpdate


@dataclass
class Spoken:
    """A section without an update in writing, and what was recorded of it."""

    answer: Answer
    matters: list[Matter] = field(default_factory=list)

    @property
    def place(self) -> str:
        """The choice of the form that stands for it."""
        return place_of_answer(self.answer)


@dataclass
class PagePart:
    """One priority: its sections to be spoken to, and what else was recorded."""

    update: LeadUpdate
    spoken: list[Spoken]
    matters: list[Matter] = field(default_factory=list)


class MeetingPage:
    """Priorities with something to be said or recorded, and what is of the whole meeting."""

    def __init__(self, parts: Iterable[Part], recorded: Iterable[Matter], before: Matters | None):
        self.open_actions = before.open_actions if before else ()
        self.general: list[Matter] = []
        found = {
            part.update.pk: PagePart(part.update, [Spoken(each) for each in part.to_be_said])
            for part in parts
        }
        sections = {each.answer.pk: each for part in found.values() for each in part.spoken}
        for matter in recorded:
            if matter.answer and matter.answer.pk in sections:
                sections[matter.answer.pk].matters.append(matter)
            elif matter.update:
                found[matter.update.pk].matters.append(matter)
            else:
                self.general.append(matter)
        self.parts = [part for part in found.values() if part.spoken or part.matters]
