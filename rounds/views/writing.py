"""Who writes a section, and what the pages of writing share."""

from dataclasses import dataclass
from functools import cached_property

from django.shortcuts import get_object_or_404
from django.urls import reverse

from partnerships.permissions import Access
from rounds.models import Answer, LeadUpdate
from rounds.tasks import Task, TaskList

KEPT = "Everything you wrote has been kept below."


@dataclass(frozen=True)
class Writer:
    """A person at a section: its lead, a coordinator for the lead, or who enters figures."""

    access: Access
    answer: Answer

    @cached_property
    def leads(self):
        led = LeadUpdate.objects.led_by(self.access)
        return led.filter(pk=self.answer.update_id).exists()

    @property
    def on_behalf(self):
        return not self.leads and self.access.runs_rounds

    @property
    def back(self):
        """The list this person came from."""
        slug = self.access.partnership.slug
        if self.leads or self.on_behalf:
            return reverse("rounds:update", args=[slug, self.answer.update_id])
        return self.access.partnership.get_absolute_url()

    def after_saving(self, to_the_list):
        """The next section that is not finished; the list; or what was given for the lead."""
        slug, answer = self.access.partnership.slug, self.answer
        if self.on_behalf:
            return reverse("rounds:read", args=[slug, answer.pk])
        if to_the_list or not self.leads:
            return f"{self.back}#answer-{answer.pk}"
        sections = TaskList(answer.update, [Task(each) for each in answer.update.answers.all()])
        gaps = [task.answer for task in sections.gaps if task.answer.pk != answer.pk]
        if not gaps:
            return reverse("reports:check", args=[slug, answer.update_id])
        after = [gap for gap in gaps if (gap.order, gap.pk) > (answer.order, answer.pk)]
        return reverse("rounds:answer", args=[slug, (after or gaps)[0].pk])

    def frame(self):
        """What every page of writing is shown with."""
        return {
            "section": "home",
            "answer": self.answer,
            "update": self.answer.update,
            "on_behalf": self.on_behalf,
            "back": self.back,
            "kept": KEPT,
            "crumbs": [
                ("Home", self.access.partnership.get_absolute_url()),
                (self.answer.update.label, self.back),
            ],
        }


def writer_of(access, pk):
    """The person at the section of this number, or 404."""
    answers = Answer.objects.writable_by(access).select_related(
        "update__round__plan", "update__partnership", "action", "saved_by"
    )
    return Writer(access, get_object_or_404(answers, pk=pk))
