"""Who writes a section, and what the pages of writing share."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from django.db.models import Exists, OuterRef, Q
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from partnerships.permissions import Access, Permission
from rounds.earlier import last_answer, when_before
from rounds.forms import ActionForm, SectionForm
from rounds.given import given_among, may_be_given
from rounds.matters import matters_for
from rounds.models import Answer, Delegation, Draft, Opened, given_to, priorities_led_by
from rounds.services import held, live_drafts, note_opening, read_ticks, why_not_writable
from rounds.steps import told
from rounds.tasks import Task, TaskList

from .fetch import crumbs_to

KEPT = "Everything you wrote has been kept below."
KEEPS = " Put this right, or press “{button}” to keep it as it is and finish it another time."
# Buttons after which a lead comes back to the section: what is saved need not be whole.
KEEPS_A_PART = ("list", "publication")


class NoLongerGiven(Http404):
    """The section was given to the person once, and cannot be written by them any more.

    The `writer` is the person at it where they still have it and only answers have closed.
    """

    def __init__(self, said, writer=None):
        super().__init__(said)
        self.writer = writer


@dataclass(frozen=True)
class Writer:
    """A person at a section: its lead, a coordinator for the lead, who enters figures of it, or
    somebody who was given it.
    """

    access: Access
    answer: Answer
    sections: Sequence[Answer] = ()
    """All that the person may write of the update, where they save one of it."""

    @cached_property
    def asked(self):
        """The milestones of the action that is answered for, each with its tick."""
        return read_ticks(self.answer)

    @cached_property
    def steps(self):
        """The same milestones as the plan has them."""
        period = self.answer.update.round.plan.period
        return [told(each.milestone, period, self.access.today) for each in self.asked]

    @cached_property
    def drafts(self):
        """What the person typed here and did not save, the latest first."""
        is_asked = getattr(self.answer, "has_draft", True)
        return live_drafts(self.answer, self.access) if is_asked else []

    def titles_of(self, done):
        """The titles of these milestones, in the plan's order."""
        return [step.milestone.title for step in self.steps if step.milestone.pk in done]

    @property
    def leads(self):
        return self.answer.is_led

    @property
    def was_given_it(self):
        """Whether it is theirs to write only because its lead gave it to them."""
        return self.answer.is_given and not (self.leads or self.access.runs_rounds)

    @cached_property
    def given(self):
        """Who was given the section; one query."""
        return given_among(Q(answer=self.answer), self.access.today).get(self.answer.pk, ())

    @property
    def theirs(self):
        """How the section was given to this person."""
        memberships = self.access.membership_ids
        return [each for each in self.given if each.row.membership_id in memberships]

    @property
    def may_give(self):
        """Whether the person may give it to somebody else to write."""
        may = self.leads or self.access.runs_rounds
        takes_answers = self.answer.update.round.takes_answers(timezone.now())
        return may and takes_answers and may_be_given(self.answer)

    def why_not(self):
        """Why it cannot be written now, as a refusal, or None."""
        return why_not_writable(
            self.answer, timezone.now(), on_behalf=self.on_behalf, was_given=self.was_given_it
        )

    @cached_property
    def last(self):
        """What was sent of the same section before, where it is for this person to read."""
        last = last_answer(self.answer)
        return last if last and self.reads(last) else None

    def reads(self, last):
        """Whether what was sent of the section before is for this person to read."""
        if not self.was_given_it or last.saved_by_id == self.access.user.pk:
            return True
        is_withheld = last.is_withheld and not self.access.reads_plan
        return self._may_read(last) and not is_withheld

    @property
    def matters(self):
        """What came of the meeting before that stands beside the box.

        Who was only given the section, and reads no plan, finds what is about the section alone.
        """
        found = matters_for(self.answer, self.access.today)
        if found is None or not self.was_given_it:
            return found
        kept = tuple(
            each
            for each in found.matters
            if self._may_read(each) and (self.access.reads_plan or each.answer is not None)
        )
        return replace(found, matters=kept) if kept else None

    def _may_read(self, said):
        return not said.is_sensitive or self.access.can(Permission.READ_SENSITIVE)

    @property
    def supplies(self):
        """The memberships by which a person supplies figures who writes none but theirs."""
        access = self.access
        if self.leads or access.runs_rounds or access.enters_figures or self.answer.is_given:
            return None
        return access.membership_ids

    @property
    def on_behalf(self):
        """A coordinator writes for the lead; one who leads too, where a lead can no longer."""
        if not self.access.runs_rounds:
            return False
        refused = why_not_writable(self.answer, timezone.now(), on_behalf=False)
        return not self.leads or refused is not None

    @property
    def closes_in(self):
        """The seconds until it can be written no more, or None where that has no moment."""
        round = self.answer.update.round
        ends = [each for each in (round.closes_at, self.answer.let_in_until) if each]
        left = (max(ends) - timezone.now()).total_seconds() if ends and not self.on_behalf else -1
        return int(left) + 1 if left > 0 else None

    @property
    def list(self):
        """The list of the update, for those who may see it."""
        slug = self.access.partnership.slug
        if self.leads or self.access.runs_rounds:
            return reverse("rounds:update", args=[slug, self.answer.update_id])
        return self.access.partnership.get_absolute_url()

    @property
    def back(self):
        """Where this person came from: the answer as it was sent, or the list."""
        if self.on_behalf:
            return reverse("rounds:read", args=[self.access.partnership.slug, self.answer.pk])
        return self.list

    def after_saving(self, then):
        """The next section that is not finished, or the "list" or "publication" if asked for.

        Where it was saved for the lead, what was given.
        """
        slug, answer = self.access.partnership.slug, self.answer
        if self.on_behalf:
            return self.back
        if self.was_given_it and then not in KEEPS_A_PART:
            return reverse("rounds:finish", args=[slug, answer.pk])
        if then == "publication" and self.leads:
            return reverse("rounds:answer_publication", args=[slug, answer.pk])
        if then == "list" or not self.leads:
            return f"{self.list}#answer-{answer.pk}"
        sections = TaskList(answer.update, [Task(each) for each in self.sections])
        now = timezone.now()
        open_gaps = (gap.answer for gap in sections.gaps if gap.answer.can_be_answered(now))
        gaps = [gap for gap in open_gaps if gap.pk != answer.pk]
        if not gaps:
            return reverse("reports:check", args=[slug, answer.update_id])
        after = [gap for gap in gaps if (gap.order, gap.pk) > (answer.order, answer.pk)]
        return reverse("rounds:answer", args=[slug, (after or gaps)[0].pk])

    def heading_of(self, last):
        """What stands above the earlier answer: whose it is, and of when."""
        if last is None:
            return "Last round"
        when = when_before(last.update.round, self.answer.update.round)
        if last.given_for:
            return f"{when}, written for {'you' if self.leads else 'them'}"
        who = "they"
        if last.saved_by_id == self.access.user.pk:
            who = "you"
        elif self.leads and last.saved_by:
            who = last.saved_by
        return f"{when} {who} {'had drafted' if last.taken_in_by_id else 'said'}"

    def kept(self, form):
        """That nothing is lost by these errors, and where nothing is wrong, how to leave it so."""
        sends = self.on_behalf or self.answer.is_sent
        if sends or not form.errors or not form_of(self, form.data, whole=False).is_valid():
            return KEPT
        later = "Save for later" if self.was_given_it else "Save and go back to the list"
        return KEPT + KEEPS.format(button=later)

    def frame(self):
        """What every page of writing is shown with."""
        update = self.answer.update
        crumbs = [("Home", self.access.partnership.get_absolute_url())]
        if self.leads:
            crumbs.append((update.label, self.list))
        return {
            "section": "rounds" if self.on_behalf else "home",
            "answer": self.answer,
            "leads": self.leads,
            "was_given_it": self.was_given_it,
            "given": self.given,
            "theirs": self.theirs,
            "may_give": self.may_give,
            "closes_in": self.closes_in,
            "update": update,
            "on_behalf": self.on_behalf,
            "back": self.back,
            "kept": KEPT,
            "crumbs": crumbs_to(self.access, update.round) if self.on_behalf else crumbs,
        }


def form_of(writer, *posted, **given):
    """The form of a section in words."""
    if writer.answer.is_action:
        return ActionForm(*posted, answer=writer.answer, steps=writer.steps, **given)
    return SectionForm(*posted, answer=writer.answer, **given)


def writer_of(access, pk, *, saves=False):
    """The person at the section of this number, or 404.

    Who saves it holds the sections of its update from here on: they tell which to open next.
    """
    led = priorities_led_by(access).filter(priority=OuterRef("update__priority"))
    answers = (
        Answer.objects.writable_by(access)
        .select_related("update__round__plan", "update__partnership", "action", "saved_by")
        .annotate(
            is_led=Exists(led), is_given=Exists(given_to(access).filter(answer=OuterRef("pk")))
        )
    )
    if saves:
        sections = list(held(answers.filter(update__answers=pk)))
        found = next((each for each in sections if each.pk == pk), None)
    else:
        sections = []
        opened = Opened.objects.filter(answer=OuterRef("pk"), person=access.user.pk)
        drafts = Draft.objects.filter(answer=OuterRef("pk"), person=access.user.pk).live()
        known = {"was_opened": Exists(opened), "has_draft": Exists(drafts)}
        found = answers.annotate(**known).filter(pk=pk).first()
    if found is None:
        raise _nothing(access, pk)
    writer = Writer(access, found, sections)
    if writer.was_given_it and not found.can_be_answered(timezone.now()):
        raise NoLongerGiven("Answers have closed.", writer)
    return writer


def _nothing(access, pk):
    """Why there is no such section for this person."""
    given = Delegation.objects.of(access.partnership).filter(
        answer=pk, membership__user=access.user
    )
    said = "No section of yours has this number."
    found = given.held_by(access.membership_ids).select_related(
        "answer__update__round__plan", "answer__update__partnership", "answer__action"
    )
    theirs = found.first()
    if theirs is None:
        return NoLongerGiven(said) if given.exists() else Http404(said)
    theirs.answer.is_led, theirs.answer.is_given = False, True
    return NoLongerGiven(said, Writer(access, theirs.answer))


def note_first_opening(request, writer):
    """Keep when this person first opened a section that is still to be sent, and may be.

    Not where a browser only fetches the page beforehand, or a check asks whether it is there.
    """
    answer, now = writer.answer, timezone.now()
    fetches = request.headers.get("Sec-Purpose") or request.headers.get("Purpose") or ""
    if request.method != "GET" or "prefetch" in fetches or answer.was_opened or answer.is_sent:
        return
    if writer.why_not() is None:
        note_opening(answer=answer, by=writer.access.user, now=now)
