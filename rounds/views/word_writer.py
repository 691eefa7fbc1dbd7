"""Who fills in an update by Word, and what of it: all, or the sections that they were given."""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Exists, OuterRef, Q
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from partnerships.permissions import Access
from rounds.models import Answer, Delegation, LeadUpdate, priorities_led_by
from rounds.word_forms.sheet import sheet_of

from .writing import NoLongerGiven, Writer


@dataclass(frozen=True)
class WordWriter:
    """A person at the Word form of an update: its lead, a coordinator for the lead, or somebody
    who was given sections of it. The update knows whether it `is_led`, and `is_theirs` as a whole.
    """

    access: Access
    update: LeadUpdate

    @property
    def was_given(self):
        """Whether only some sections are theirs to write."""
        return not self.update.is_theirs

    @property
    def sections(self):
        """A query for what they may write of it."""
        answers = Answer.objects.filter(update=self.update.pk)
        return answers.given_to_write(self.access) if self.was_given else answers

    @cached_property
    def may_write(self):
        """Whether anything of it can be written now, be it that it was let in late."""
        now = timezone.now()
        if self.access.runs_rounds or self.update.round.takes_answers(now):
            return True
        return self.sections.filter(let_in_until__gt=now).exists()

    def sheet(self, answers=None):
        """What the form asks of them; `answers` are the sections, fetched already."""
        if answers is None:
            answers = list(self.sections.select_related("action"))
        reads = self._reads if self.was_given else None
        return sheet_of(self.update, answers, reads=reads)

    def at(self, answer):
        """The person at one of the sections."""
        answer.is_led, answer.is_given = self.update.is_led, self.was_given
        return Writer(self.access, answer)

    def _reads(self, answer, last):
        return self.at(answer).reads(last)

    @property
    def back(self):
        """Where they came from: the list of the update, or for who was given some of it, home."""
        if self.was_given:
            return self.access.partnership.get_absolute_url()
        return self.update.get_absolute_url()

    def frame(self, *crumbs):
        """What both pages are shown with."""
        above = [("Home", self.access.partnership.get_absolute_url())]
        if not self.was_given:
            above.append((self.update.label, self.back))
        return {
            "section": "home",
            "crumbs": [*above, *crumbs],
            "update": self.update,
            "back": self.back,
            "was_given": self.was_given,
            "for_the_lead": not (self.update.is_led or self.was_given),
        }

    @property
    def address(self):
        return reverse("rounds:word", args=[self.access.partnership.slug, self.update.pk])


def word_writer_of(access, pk):
    """The person at the update of this number; 404, or NoLongerGiven, where it is not theirs."""
    led = priorities_led_by(access).filter(priority=OuterRef("priority"))
    theirs = LeadUpdate.objects.visible_to(access).filter(pk=OuterRef("pk"))
    given = Answer.objects.given_to_write(access).filter(update=OuterRef("pk"))
    ever = Delegation.objects.of(access.partnership).filter(
        answer__update=OuterRef("pk"), membership__user=access.user
    )
    updates = (
        LeadUpdate.objects.of(access.partnership)
        .annotate(is_led=Exists(led), is_theirs=Exists(theirs), is_given=Exists(given))
        .annotate(was_given=Exists(ever))
        .filter(Q(is_theirs=True) | Q(is_given=True) | Q(was_given=True))
        .select_related("round__plan", "partnership")
    )
    writer = WordWriter(access, get_object_or_404(updates, pk=pk))
    if writer.was_given and not (writer.update.is_given and writer.may_write):
        raise NoLongerGiven("No section of this update is theirs to write any more.")
    return writer
