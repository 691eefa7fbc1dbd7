"""Actions of a plan, their milestones, and what became of them in the next plan."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from partnerships.models import Group, Membership, Organisation, Owned, OwnedQuerySet
from priorities.models import Lead, Plan, Priority, constraints_of_lead

from .timescales import how_often, understand


class Progress(models.TextChoices):
    """How far an action has got. The labels are the printed paper's."""

    NOT_STARTED = "not_started", "Not yet started"
    IN_PROGRESS = "in_progress", "In progress"
    COMPLETE = "complete", "Complete"
    ABEYANCE = "abeyance", "In abeyance"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Closing(models.TextChoices):
    """Where an action stood when the plan's year was closed."""

    COMPLETE = "complete", "Complete"
    CARRIED = "carried", "Carried forward"
    ENDED = "ended", "Ended"


class ActionQuerySet(OwnedQuerySet):
    def in_plan(self):
        """Actions that have not been withdrawn, themselves or with their priority."""
        here = self.filter(priority__withdrawn_on__isnull=True)
        return here.exclude(progress=Progress.WITHDRAWN)

    def left_to_carry(self):
        """Those carried forward at the end of a year that have nothing in a later plan yet."""
        return self.in_plan().filter(closing=Closing.CARRIED, became__isnull=True)


class Action(Owned):
    """Something the partnership has promised to do under a priority or a theme."""

    owner = "priority"

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="actions", editable=False)
    priority = models.ForeignKey(Priority, on_delete=models.PROTECT, related_name="actions")
    reference = models.CharField(
        max_length=20, blank=True, help_text="As the plan has it, such as 2.7 or 4.10."
    )
    title = models.CharField(max_length=500)
    title_is_withheld = models.BooleanField(
        "title not for publication",
        default=False,
        help_text="Nothing that is said of the action is published either.",
    )
    title_withheld_reason = models.TextField(
        "reason why the title is not for publication", blank=True
    )
    desired_outcome = models.TextField(blank=True)
    lead_text = models.CharField("lead", max_length=300, blank=True)
    due_on = models.DateField("ends on", null=True, blank=True)
    progress = models.CharField(max_length=20, choices=Progress, default=Progress.NOT_STARTED)
    completed_on = models.DateField(null=True, blank=True)
    withdrawn_reason = models.TextField(blank=True)
    closing = models.CharField("closing position", max_length=20, choices=Closing, blank=True)
    closing_reason = models.TextField(blank=True)
    order = models.PositiveIntegerField(default=0)

    objects = ActionQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "reference"],
                condition=~Q(reference=""),
                name="action_one_per_reference",
                violation_error_message="Another action of this plan has that reference.",
            ),
            models.CheckConstraint(
                condition=Q(progress=Progress.COMPLETE, completed_on__isnull=False)
                | (~Q(progress=Progress.COMPLETE) & Q(completed_on__isnull=True)),
                name="action_complete_has_date",
                violation_error_message=(
                    "Give the date of completion for a complete action, and for no other."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(closing="ended") | ~Q(closing_reason=""),
                name="action_ended_has_reason",
                violation_error_message="Say why the action ended.",
            ),
            models.CheckConstraint(
                condition=Q(title_is_withheld=False) | ~Q(title_withheld_reason=""),
                name="action_title_withheld_has_reason",
                violation_error_message="Say why the title is not for publication.",
            ),
        ]
        indexes = [models.Index(fields=["plan", "order"], name="action_in_order")]

    def __str__(self):
        return f"{self.reference} {self.title}".strip()

    def get_absolute_url(self):
        return reverse("rounds:action", args=[self.partnership.slug, self.pk])

    def clean(self):
        plan_id = self.plan_id
        super().clean()
        if self.pk and self.plan_id != plan_id:
            raise ValidationError(
                {"priority": "Choose a priority of the same plan: an action stays in its plan."}
            )

    def take_partnership(self):
        super().take_partnership()
        priority = getattr(self, "priority", None)
        if priority is not None:
            self.plan_id = priority.plan_id

    @property
    def is_withdrawn(self):
        return self.progress == Progress.WITHDRAWN

    def is_overdue(self, today):
        return (
            self.due_on is not None
            and self.due_on < today
            and self.progress not in (Progress.COMPLETE, Progress.WITHDRAWN)
        )


class ActionLead(Lead):
    """One who leads an action, or stands in for its lead."""

    owner = "action"

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="leads")
    membership = models.ForeignKey(
        Membership,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="action_leads",
        verbose_name="person",
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="action_leads"
    )
    group = models.ForeignKey(
        Group, on_delete=models.PROTECT, null=True, blank=True, related_name="action_leads"
    )

    history = HistoricalRecords()

    class Meta(Lead.Meta):
        verbose_name = "lead of an action"
        verbose_name_plural = "leads of actions"
        constraints = constraints_of_lead("action")


class Milestone(Owned):
    """A step of an action, with its own timescale as the plan has it."""

    class Timescale(models.TextChoices):
        BY_DATE = "by_date", "By a date"
        IN_MONTH = "in_month", "In a month"
        RECURRING = "recurring", "Recurring"
        ONGOING = "ongoing", "Ongoing"
        AS_REQUIRED = "as_required", "As required"
        UNKNOWN = "unknown", "Not understood"

    DONE_ONCE = (Timescale.BY_DATE, Timescale.IN_MONTH, Timescale.UNKNOWN)

    owner = "action"

    action = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="milestones")
    title = models.CharField(max_length=500)
    timescale = models.CharField(
        max_length=100, blank=True, help_text="As written: “By Mar 20”, “Quarterly”, “As required”."
    )
    timescale_kind = models.CharField(
        "understood as", max_length=20, choices=Timescale, default=Timescale.UNKNOWN
    )
    due_on = models.DateField("by", null=True, blank=True)
    completed_on = models.DateField(null=True, blank=True)
    order = models.PositiveIntegerField(default=0)

    history = HistoricalRecords()

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(timescale_kind__in=["by_date", "in_month"]) | Q(due_on__isnull=False),
                name="milestone_dated_kind_has_date",
                violation_error_message="Give the date that the timescale stands for.",
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def ends(self):
        """Whether it can be done once and for all; what recurs or goes on cannot."""
        return self.timescale_kind in self.DONE_ONCE

    @property
    def how_often(self):
        """As in "every 3 months", of one that recurs; nothing where it was not understood."""
        recurs = self.timescale_kind == self.Timescale.RECURRING
        return how_often(self.timescale) if recurs else ""

    @property
    def understood_as(self):
        """As in "recurring, every 3 months"; nothing where nothing was written or dated."""
        day = self.due_on
        dated = f"{day.day} {day:%B %Y}" if day else ""
        is_unknown = self.timescale_kind == self.Timescale.UNKNOWN
        says_nothing = is_unknown and (dated or not self.timescale)
        kind = "" if says_nothing else self.get_timescale_kind_display().lower()
        return ", ".join(filter(None, [kind, self.how_often, dated]))

    def clean(self):
        super().clean()
        plan = getattr(getattr(self, "action", None), "plan", None)
        if self.timescale_kind == self.Timescale.UNKNOWN and plan is not None:
            self.understand_timescale(plan.period)

    def understand_timescale(self, plan_period):
        """Take the kind and the date of the timescale as written, where it can be understood."""
        understood = understand(self.timescale, plan_period)
        self.timescale_kind = self.Timescale(understood.kind)
        self.due_on = understood.due_on or self.due_on

    def is_outside(self, plan_period):
        """A date that the plan's year does not hold is flagged, never corrected."""
        return self.due_on is not None and not plan_period.contains(self.due_on)

    def is_overdue(self, today):
        return self.due_on is not None and self.due_on < today and self.completed_on is None


class ActionLink(Owned):
    """What an action became in a later plan."""

    class Kind(models.TextChoices):
        CARRIED = "carried", "Carried forward"
        REWORDED = "reworded", "Reworded"
        MERGED = "merged", "Merged"
        SPLIT = "split", "Split"

    owner = "earlier"

    earlier = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="became")
    later = models.ForeignKey(Action, on_delete=models.PROTECT, related_name="came_from")
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.CARRIED)

    history = HistoricalRecords()

    class Meta:
        verbose_name = "link between actions"
        verbose_name_plural = "links between actions"
        constraints = [
            models.UniqueConstraint(
                fields=["earlier", "later"],
                name="actionlink_one_per_pair",
                violation_error_message="These two actions are linked already.",
            ),
            models.CheckConstraint(
                condition=~Q(earlier=F("later")),
                name="actionlink_two_actions",
                violation_error_message="An action cannot be linked to itself.",
            ),
        ]

    def __str__(self):
        return f"{self.earlier} → {self.later}"

    def clean(self):
        super().clean()
        earlier, later = getattr(self, "earlier", None), getattr(self, "later", None)
        if earlier is None or later is None:
            return
        if later.partnership_id != earlier.partnership_id:
            raise ValidationError("Choose two actions of the same partnership.")
        if later.plan.starts_on <= earlier.plan.starts_on:
            raise ValidationError("Choose an action of a plan and one of a later plan.")
