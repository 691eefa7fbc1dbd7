"""Rounds of reporting: what is asked, who has answered, and every answer as it stands."""

from datetime import datetime
from hashlib import sha256

from django.conf import settings
from django.db import models
from django.db.models import F, Max, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from simple_history.models import HistoricalRecords

from actions.models import Action, Milestone, Progress
from partnerships.models import Marking, Owned, OwnedQuerySet, Partnership, slug_rule
from partnerships.permissions import Permission
from partnerships.quarters import Period
from performance.models import Indicator, PriorityIndicator
from priorities.models import GroupHeading, Plan, Priority, PriorityLead

from .delegation_models import Delegation as Delegation
from .draft_models import Draft as Draft
from .meeting_models import Meeting as Meeting
from .meeting_models import MeetingItem as MeetingItem
from .notice_models import Notice as Notice
from .opened_models import Opened as Opened
from .word_models import WordForm as WordForm
from .word_models import WordUpload as WordUpload


class RoundQuerySet(OwnedQuerySet):
    def visible_to(self, access):
        """Rounds in progress are the coordinator's; leads reach theirs through their updates."""
        return self.of(access.partnership) if access.runs_rounds else self.none()

    def latest_first(self):
        return self.order_by("-period_ends_on", "-pk")

    def with_issued(self):
        """With the last version of its report that was issued: number, key and moment, or none.

        And when that version was withdrawn or destroyed, where it was.
        """
        last = self.model.objects.filter(pk=OuterRef("pk")).order_by("-issued_reports__version")
        # Versions follow one another, so that the highest of each belong together.
        return self.annotate(
            issued_version=Max("issued_reports__version"),
            issued_pk=Max("issued_reports__pk"),
            issued_at=Max("issued_reports__issued_at"),
            withdrawn_at=Subquery(last.values("issued_reports__withdrawal__withdrawn_at")[:1]),
            destroyed_at=Subquery(last.values("issued_reports__destruction__destroyed_at")[:1]),
        )


class Round(Owned):
    """One period's reporting on a plan: a quarter, a half-year or four months."""

    class State(models.TextChoices):
        PLANNED = "planned", "Planned"
        OPEN = "open", "Open"
        CLOSED = "closed", "Closed"

    owner = "plan"

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="rounds")
    partnership = models.ForeignKey(
        Partnership, on_delete=models.PROTECT, related_name="rounds", editable=False
    )
    label = models.CharField(max_length=60, help_text="Such as “Quarter 2”.")
    short_label = models.CharField(max_length=20, help_text="For narrow places, such as “Q2”.")
    slug = models.CharField("address", max_length=40, validators=[slug_rule])
    period_starts_on = models.DateField("period from")
    period_ends_on = models.DateField("period until")
    state = models.CharField(max_length=20, choices=State, default=State.PLANNED, editable=False)
    opens_on = models.DateField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    meets_on = models.DateField("Executive meets", null=True, blank=True)
    opened_at = models.DateTimeField(null=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    reopened_reason = models.TextField(blank=True, editable=False)
    recommendations = models.TextField(blank=True)
    recommendations_are_withheld = models.BooleanField(
        "recommendations not for publication", default=False
    )
    recommendations_withheld_reason = models.TextField(
        "reason why the recommendations are not for publication", blank=True
    )
    rag_meanings = models.JSONField(
        default=dict, blank=True, editable=False, help_text="As on the day of opening, by code."
    )
    progress_labels = models.JSONField(
        default=dict, blank=True, editable=False, help_text="As on the day of opening, by code."
    )

    milestones = models.JSONField(
        null=True,
        blank=True,
        editable=False,
        help_text="What the plan said of milestones met and overdue when the round closed.",
    )
    themes = models.JSONField(
        null=True,
        blank=True,
        editable=False,
        help_text="The titles of the cross-cutting themes, as on the day it first closed.",
    )

    objects = RoundQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["-period_ends_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "slug"],
                name="round_one_per_slug",
                violation_error_message="This partnership has a round with that address.",
            ),
            models.UniqueConstraint(
                fields=["plan", "period_starts_on", "period_ends_on"],
                name="round_one_per_period",
                violation_error_message="This plan has a round for that period.",
            ),
            models.CheckConstraint(
                condition=Q(period_ends_on__gte=F("period_starts_on")),
                name="round_period_in_order",
                violation_error_message="The period cannot end before it starts.",
            ),
            models.CheckConstraint(
                condition=Q(due_on__isnull=True)
                | Q(opens_on__isnull=True)
                | Q(due_on__gte=F("opens_on")),
                name="round_due_not_before_opening",
                violation_error_message="Updates cannot be due before the round opens.",
            ),
            models.CheckConstraint(
                condition=Q(closes_at__isnull=True)
                | Q(opened_at__isnull=True)
                | Q(closes_at__gte=F("opened_at")),
                name="round_closes_not_before_opening",
                violation_error_message="Answers cannot close before the round opens.",
            ),
            models.CheckConstraint(
                condition=Q(state="planned", opened_at__isnull=True)
                | (~Q(state="planned") & Q(opened_at__isnull=False)),
                name="round_opened_has_time",
                violation_error_message="A round that has been opened has a time of opening.",
            ),
            models.CheckConstraint(
                condition=(~Q(state="closed") & Q(closed_at__isnull=True))
                | Q(state="closed", closed_at__isnull=False),
                name="round_closed_has_time",
                violation_error_message="A closed round, and no other, has a time of closing.",
            ),
            models.CheckConstraint(
                condition=Q(recommendations_are_withheld=False)
                | ~Q(recommendations_withheld_reason=""),
                name="round_recommendations_withheld_has_reason",
                violation_error_message="Say why the recommendations are not for publication.",
            ),
        ]
        indexes = [
            models.Index(fields=["partnership", "period_ends_on"], name="round_by_period"),
        ]

    def __str__(self):
        return self.full_label

    def get_absolute_url(self):
        return reverse("rounds:board", args=[self.partnership.slug, self.pk])

    @property
    def period(self):
        return Period(self.period_starts_on, self.period_ends_on)

    @property
    def full_label(self):
        """ "Quarter 2, 2023/24"."""
        return f"{self.label}, {self.plan.year_label}"

    @property
    def narrow_label(self):
        """ "Q2 2023/24"."""
        return f"{self.short_label} {self.plan.year_label}"

    @property
    def is_planned(self):
        return self.state == self.State.PLANNED

    @property
    def is_open(self):
        return self.state == self.State.OPEN

    @property
    def is_closed(self):
        return self.state == self.State.CLOSED

    @property
    def recommendations_marker(self):
        """Tells the recommendations as they stand from any other text, for the conflict check."""
        return sha256(self.recommendations.encode()).hexdigest()[:16]

    @property
    def opened_on(self):
        """The day in London on which it was opened; None while it is planned."""
        return timezone.localdate(self.opened_at) if self.opened_at else None

    def takes_answers(self, now: datetime) -> bool:
        """Leads can save and submit: the round is open and its closing moment has not passed."""
        return self.is_open and (self.closes_at is None or now < self.closes_at)

    def has_let_in(self, access, now: datetime) -> bool:
        """Whether a person may answer a section of it late; one query."""
        theirs = Answer.objects.writable_by(access)
        return theirs.filter(update__round=self, let_in_until__gt=now).exists()


class LeadUpdateQuerySet(OwnedQuerySet):
    def visible_to(self, access):
        """Coordinators see every update, a lead or deputy their own priorities'."""
        if access.runs_rounds:
            return self.of(access.partnership)
        return self.led_by(access)

    def led_by(self, access):
        return self.of(access.partnership).filter(priority__in=priorities_led_by(access))


def priorities_led_by(access):
    """Priorities that a person of these memberships leads, as lead or deputy."""
    return (
        PriorityLead.objects.of(access.partnership)
        .filter(membership__in=access.membership_ids)
        .current(access.today)
        .values("priority")
    )


def given_to(access):
    """Sections that a person of these memberships was given to write."""
    given = Delegation.objects.of(access.partnership).held_by(access.membership_ids)
    return given.values("answer")


def _given_to_write(access):
    is_open = Q(update__round__state=Round.State.OPEN) | Q(let_in_until__isnull=False)
    return Q(pk__in=given_to(access)) & is_open


def priorities_supplied_by(memberships):
    """Priorities that ask for a figure which one of these memberships supplies."""
    supplied = PriorityIndicator.objects.filter(indicator__supplier__in=memberships)
    return supplied.values("priority")


class LeadUpdate(Owned):
    """What the lead of one priority is asked for in one round."""

    owner = "round"

    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="updates")
    priority = models.ForeignKey(Priority, on_delete=models.PROTECT, related_name="updates")
    label = models.CharField(max_length=60, help_text="“Priority 2”, as on the day of opening.")
    title = models.CharField(max_length=200, help_text="The priority's title on that day.")
    lead_text = models.CharField(max_length=300, blank=True, help_text="Its lead on that day.")
    order = models.PositiveIntegerField(default=0)
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    linked = models.JSONField(
        null=True,
        blank=True,
        editable=False,
        help_text="Who was linked as its lead on the day the round closed: people and names.",
    )

    objects = LeadUpdateQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = "lead's update"
        verbose_name_plural = "leads' updates"
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "priority"],
                name="leadupdate_one_per_priority",
                violation_error_message="This round asks for that priority already.",
            ),
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=True, submitted_by__isnull=True)
                | Q(submitted_at__isnull=False, submitted_by__isnull=False),
                name="leadupdate_submission_whole",
                violation_error_message="A submission has a time and a person.",
            ),
        ]

    def __str__(self):
        return f"{self.label}: {self.title}"

    def get_absolute_url(self):
        return reverse("rounds:update", args=[self.partnership.slug, self.pk])


class Rag(models.TextChoices):
    """How an action is going, in the lead's own judgement; never carried forward."""

    GREEN = "green", "Green"
    AMBER = "amber", "Amber"
    RED = "red", "Red"
    NOT_RATED = "not_rated", "Not rated"


RAG_MEANINGS = {
    Rag.GREEN: "On course. What was promised will be done by the date in the plan.",
    Rag.AMBER: "At risk. It may be late or fall short unless something changes.",
    Rag.RED: "Off course. It will be late or fall short, and needs help from the Executive.",
    Rag.NOT_RATED: "Too early to say, or the action does not need a rating.",
}


class AnswerQuerySet(OwnedQuerySet):
    def visible_to(self, access):
        """Coordinators see all; leads and deputies their own; members what was accepted.

        A member reads an answer once it has been accepted and its round is closed, and one
        marked OFFICIAL-SENSITIVE only with that grant.
        """
        here = self.of(access.partnership)
        if access.runs_rounds:
            return here
        own = Q(update__priority__in=priorities_led_by(access))
        if not access.reads_plan:
            return here.filter(own)
        told = Q(state=Answer.State.ACCEPTED, update__round__state=Round.State.CLOSED)
        if not access.can(Permission.READ_SENSITIVE):
            told &= Q(marking=Marking.OFFICIAL)
        return here.filter(own | told)

    def writable_by(self, access):
        """Sections a person may write when the round lets them.

        Coordinators all, leads and deputies their own, those who enter figures the figures, and
        who supplies a figure the section that asks for it; whoever was given a section that one,
        until the round is closed or as long as it is let in late.
        """
        here = self.of(access.partnership)
        if access.runs_rounds:
            return here
        own = Q(update__priority__in=priorities_led_by(access)) | _given_to_write(access)
        figures = Q(kind=Answer.Kind.FIGURES)
        if not access.enters_figures:
            figures &= Q(update__priority__in=priorities_supplied_by(access.membership_ids))
        return here.filter(own | figures)

    def given_to_write(self, access):
        """Sections a person was given, until the round is closed or while they are let in late."""
        return self.of(access.partnership).filter(_given_to_write(access))

    def latest_first(self) -> "AnswerQuerySet":
        return self.order_by("-period_ends_on", "-pk")

    def of_rounds_before(self, round):
        return self.filter(period_ends_on__lt=round.period_ends_on)

    def sent(self) -> "AnswerQuerySet":
        """Submitted or accepted: what the report holds."""
        return self.filter(state__in=Answer.SENT)


class Answer(Owned):
    """One section of a lead's update: an action, the figures, key issues, a group or themes."""

    class Kind(models.TextChoices):
        ACTION = "action", "Action"
        FIGURES = "figures", "Figures"
        KEY_ISSUES = "key_issues", "Key issues and emerging trends"
        GROUP = "group", "Group update"
        THEMES = "themes", "Cross-cutting themes"

    class Response(models.TextChoices):
        NONE = "none", "No update received"
        WRITTEN = "written", "Written update"
        VERBAL = "verbal", "Verbal update at the meeting"
        NOTHING = "nothing", "Nothing to report"

    class State(models.TextChoices):
        NOT_STARTED = "not_started", "Not started"
        DRAFT = "draft", "Draft"
        SUBMITTED = "submitted", "Submitted"
        RETURNED = "returned", "Returned"
        ACCEPTED = "accepted", "Accepted"

    SENT = (State.SUBMITTED, State.ACCEPTED)
    UNSENT = (State.NOT_STARTED, State.DRAFT, State.RETURNED)

    owner = "update"

    update = models.ForeignKey(LeadUpdate, on_delete=models.PROTECT, related_name="answers")
    kind = models.CharField(max_length=20, choices=Kind)
    action = models.ForeignKey(
        Action, on_delete=models.PROTECT, null=True, blank=True, related_name="answers"
    )
    group_heading = models.ForeignKey(
        GroupHeading, on_delete=models.PROTECT, null=True, blank=True, related_name="answers"
    )
    reference = models.CharField(max_length=20, blank=True, help_text="On the day of opening.")
    title = models.CharField(max_length=500, help_text="The heading on the day of opening.")
    order = models.PositiveIntegerField(default=0)
    period_ends_on = models.DateField(
        editable=False,
        help_text="As its round has it, for good: the latest answer of many is found by it.",
    )

    state = models.CharField(max_length=20, choices=State, default=State.NOT_STARTED)
    response = models.CharField(max_length=20, choices=Response, default=Response.NONE)
    text = models.TextField(blank=True, help_text="Canonical HTML, see documents/richtext.py.")
    text_format = models.PositiveSmallIntegerField(default=1)
    progress = models.CharField(max_length=20, choices=Progress, blank=True)
    rag = models.CharField("RAG", max_length=20, choices=Rag, blank=True)
    rag_reason = models.TextField("reason for the rating", blank=True)
    way_back = models.TextField("way back to green", blank=True)
    old_progress = models.CharField(
        "progress in the plan before",
        max_length=20,
        choices=Progress,
        blank=True,
        help_text="Kept while the plan says what this answer told it.",
    )
    old_completed_on = models.DateField("completed in the plan before", null=True, blank=True)
    old_due_on = models.DateField("date in the plan before", null=True, blank=True)
    new_due_on = models.DateField("new date", null=True, blank=True)
    date_reason = models.TextField("why the date has moved", blank=True)

    marking = models.CharField(max_length=20, choices=Marking, default=Marking.OFFICIAL)
    is_withheld = models.BooleanField("not for publication", default=False)
    withheld_reason = models.TextField(blank=True)

    version = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(null=True, blank=True)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    saved_as = models.CharField("post of who saved it", max_length=300, blank=True)
    given_for = models.CharField("given on behalf of", max_length=300, blank=True)
    saved_from = models.CharField(
        max_length=300,
        blank=True,
        editable=False,
        help_text="The page of its last save, and the marks of the drafts that went into it.",
    )
    edited_at = models.DateTimeField(null=True, blank=True)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    edited_as = models.CharField("post of who edited it", max_length=300, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    returned_at = models.DateTimeField(null=True, blank=True)
    return_reason = models.TextField(blank=True)
    taken_in_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    let_in_until = models.DateTimeField(
        "may be answered late until",
        null=True,
        blank=True,
        help_text="Though its round takes no answers any more.",
    )
    let_in_reason = models.TextField("why it may be answered late", blank=True)

    stands_in = False
    """True of the blank that a public report has in place of a withheld answer."""

    is_overtaken: bool
    """Of one that is held to be written: whether a later round has spoken of its action."""

    objects = AnswerQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["period_ends_on"])

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["update", "action"],
                condition=Q(kind="action"),
                name="answer_one_per_action",
                violation_error_message="This update asks for that action already.",
            ),
            models.UniqueConstraint(
                fields=["update", "group_heading"],
                condition=Q(kind="group"),
                name="answer_one_per_group",
                violation_error_message="This update asks for that group already.",
            ),
            models.UniqueConstraint(
                fields=["update", "kind"],
                condition=Q(kind__in=["figures", "key_issues", "themes"]),
                name="answer_one_per_section",
                violation_error_message="This update has that section already.",
            ),
            models.CheckConstraint(
                condition=Q(kind="action", action__isnull=False, group_heading__isnull=True)
                | Q(kind="group", action__isnull=True, group_heading__isnull=False)
                | Q(
                    kind__in=["figures", "key_issues", "themes"],
                    action__isnull=True,
                    group_heading__isnull=True,
                ),
                name="answer_subject_matches_kind",
                violation_error_message="An action's answer names the action, a group's the group.",
            ),
            models.CheckConstraint(
                condition=Q(kind="action")
                | Q(
                    progress="",
                    rag="",
                    rag_reason="",
                    way_back="",
                    old_progress="",
                    old_completed_on__isnull=True,
                    old_due_on__isnull=True,
                    new_due_on__isnull=True,
                    date_reason="",
                ),
                name="answer_rating_on_actions_only",
                violation_error_message="Progress, RAG and dates belong to actions only.",
            ),
            models.CheckConstraint(
                condition=Q(response="written") | Q(text=""),
                name="answer_text_only_when_written",
                violation_error_message="Only a written answer has a text.",
            ),
            models.CheckConstraint(
                condition=Q(state="not_started", response="none")
                | Q(state__in=["draft", "returned"])
                | (Q(state__in=["submitted", "accepted"]) & ~Q(response="none")),
                name="answer_sent_has_response",
                violation_error_message="An answer that was sent says something.",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["submitted", "accepted"]) | Q(submitted_at__isnull=False),
                name="answer_sent_has_time",
                violation_error_message="An answer that was sent has a time of sending.",
            ),
            models.CheckConstraint(
                condition=(~Q(state="accepted") & Q(accepted_at__isnull=True))
                | Q(state="accepted", accepted_at__isnull=False),
                name="answer_accepted_has_time",
                violation_error_message="An accepted answer, and no other, has a time of it.",
            ),
            models.CheckConstraint(
                condition=~Q(state="returned") | ~Q(return_reason=""),
                name="answer_returned_has_reason",
                violation_error_message="Say why the answer is returned.",
            ),
            models.CheckConstraint(
                condition=Q(new_due_on__isnull=True) | ~Q(date_reason=""),
                name="answer_moved_date_has_reason",
                violation_error_message="Say why the date has changed.",
            ),
            models.CheckConstraint(
                condition=~Q(rag__in=["red", "amber"])
                | ~Q(state__in=["submitted", "accepted"])
                | (~Q(rag_reason="") & ~Q(way_back="")),
                name="answer_red_or_amber_explained",
                violation_error_message="Red and amber need a reason and a way back to green.",
            ),
            models.CheckConstraint(
                condition=Q(is_withheld=False) | ~Q(withheld_reason=""),
                name="answer_withheld_has_reason",
                violation_error_message="Say why the answer is not for publication.",
            ),
            models.CheckConstraint(
                condition=Q(let_in_until__isnull=True) | ~Q(let_in_reason=""),
                name="answer_let_in_has_reason",
                violation_error_message="Say why the answer may come late.",
            ),
        ]
        indexes = [
            models.Index(fields=["action", "-period_ends_on", "-id"], name="answer_latest_first"),
            # All that counting what was sent of an action asks for.
            models.Index(
                fields=["action", "state", "new_due_on", "partnership"], name="answer_counted"
            ),
        ]

    def __str__(self):
        return self.heading

    def get_absolute_url(self):
        return reverse("rounds:answer", args=[self.partnership.slug, self.pk])

    @property
    def heading(self):
        """ "2.1 Work with…", or the title alone."""
        return f"{self.reference} {self.title}".strip()

    def can_be_answered(self, now: datetime) -> bool:
        """Its writers can save and send it: the round takes answers, or it was let in late."""
        return self.update.round.takes_answers(now) or self.is_let_in(now)

    def is_let_in(self, now: datetime) -> bool:
        """It may be answered until a moment of its own, whether its round takes answers or not."""
        return self.let_in_until is not None and now < self.let_in_until

    def can_be_let_in_no_more(self, now: datetime) -> bool:
        """It may still come late, and has never been sent since its round took no answers."""
        round = self.update.round
        over = min(each for each in (round.closed_at, round.closes_at, now) if each)
        came_late = self.submitted_at is not None and self.submitted_at >= over
        return self.is_late(now) and not (self.is_sent or came_late)

    def is_late(self, now: datetime) -> bool:
        """It may be answered only because it was let in: its round takes no answers any more."""
        return self.is_let_in(now) and not self.update.round.takes_answers(now)

    @property
    def is_action(self):
        return self.kind == self.Kind.ACTION

    @property
    def is_figures(self):
        return self.kind == self.Kind.FIGURES

    @property
    def is_answered(self):
        """Whether anything was said, be it that there is nothing to report."""
        return self.response != self.Response.NONE

    @property
    def is_written(self):
        return self.response == self.Response.WRITTEN

    @property
    def is_draft(self):
        return self.state == self.State.DRAFT

    @property
    def is_submitted(self):
        return self.state == self.State.SUBMITTED

    @property
    def is_sent(self):
        return self.state in self.SENT

    @property
    def is_accepted(self):
        return self.state == self.State.ACCEPTED

    @property
    def is_sensitive(self):
        return self.marking == Marking.SENSITIVE

    @property
    def date_before(self):
        """The action's date before this answer moved it, or would move it once sent."""
        if self.new_due_on and self.old_progress:
            return self.old_due_on
        return self.action.due_on if self.action else None

    @property
    def done(self):
        """The milestones it says were done, by number: those given, or else those stored."""
        if "_done" not in self.__dict__:
            self._done = frozenset(each.milestone_id for each in self.ticks) - {None}
        return self._done

    @done.setter
    def done(self, milestones):
        self._done = frozenset(milestones)

    @cached_property
    def ticks(self):
        """What is stored of milestones that were done, in the plan's order; one query."""
        if not (self.is_action and self.pk):
            return []
        ticks = self.milestones_done.select_related("milestone")
        return list(ticks.order_by("milestone__order", "milestone", "pk"))

    @property
    def last_saved_at(self):
        """When the text became as it is: its author's save, or the coordinator's later edit."""
        return self.edited_at or self.saved_at

    @property
    def last_saved_as(self):
        return self.edited_as or self.saved_as

    @property
    def last_saved_by_id(self):
        return self.edited_by_id or self.saved_by_id

    @property
    def is_awaiting_revision(self):
        """Returned, and not sent again since."""
        return self.state == self.State.RETURNED or (
            self.state == self.State.DRAFT and self.returned_at is not None
        )


class FigureEntry(Owned):
    """A figure a lead has typed in a round; it becomes a reading when the update is sent."""

    owner = "answer"

    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="figure_entries")
    indicator = models.ForeignKey(
        Indicator, on_delete=models.PROTECT, related_name="figure_entries"
    )
    period_starts_on = models.DateField()
    period_ends_on = models.DateField()
    value = models.DecimalField(max_digits=14, decimal_places=4)
    source = models.CharField(max_length=200)
    is_provisional = models.BooleanField(default=False)

    history = HistoricalRecords()

    class Meta:
        verbose_name = "figure typed in a round"
        verbose_name_plural = "figures typed in rounds"
        constraints = [
            models.UniqueConstraint(
                fields=["answer", "indicator", "period_starts_on", "period_ends_on"],
                name="figureentry_one_per_period",
                violation_error_message="This figure has been typed already.",
            ),
            models.CheckConstraint(
                condition=Q(value__gte=0),
                name="figureentry_not_negative",
                violation_error_message="A figure cannot be below nought.",
            ),
        ]

    def __str__(self):
        return f"{self.indicator}, {self.period.short}"

    @property
    def period(self):
        return Period(self.period_starts_on, self.period_ends_on)


class MilestoneDone(Owned):
    """A milestone that a lead has ticked as done; the plan is told when the answer is sent."""

    owner = "answer"

    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="milestones_done")
    milestone = models.ForeignKey(
        Milestone,
        on_delete=models.SET_NULL,
        null=True,
        related_name="told_done",
        help_text="Empty once the plan has removed it.",
    )
    title = models.CharField(max_length=500, help_text="The milestone's title on that day.")
    told_on = models.DateField(
        "date told to the plan",
        null=True,
        blank=True,
        help_text="Kept while the plan says what this answer told it.",
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = "milestone ticked in a round"
        verbose_name_plural = "milestones ticked in rounds"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["answer", "milestone"],
                name="milestonedone_one_per_answer",
                violation_error_message="This answer says so already.",
            ),
        ]

    def __str__(self):
        return self.title


class RoundFigure(Owned):
    """A figure that a round asked for under a priority, written down when it first closed."""

    owner = "update"

    update = models.ForeignKey(LeadUpdate, on_delete=models.PROTECT, related_name="figures")
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="in_rounds")
    order = models.PositiveIntegerField(default=0)

    history = HistoricalRecords()

    class Meta:
        verbose_name = "figure of a closed round"
        verbose_name_plural = "figures of closed rounds"
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["update", "indicator"],
                name="roundfigure_once",
                violation_error_message="This figure is in this update already.",
            ),
        ]

    def __str__(self):
        return str(self.indicator)
