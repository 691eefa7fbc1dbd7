"""The meeting at which a round's report was discussed, and what came of it."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from partnerships.models import Marking, Owned, OwnedQuerySet


class MeetingQuerySet(OwnedQuerySet):
    def visible_to(self, access):
        """Those who run rounds; others read of a meeting beside a box and in a report."""
        return self.of(access.partnership) if access.runs_rounds else self.none()


class Meeting(Owned):
    """The Executive's meeting on one round, as it was held; a round has one at most."""

    owner = "round"

    round = models.OneToOneField(
        "rounds.Round",
        on_delete=models.PROTECT,
        related_name="meeting",
        error_messages={"unique": "The meeting of this round has been recorded already."},
    )
    held_on = models.DateField("held on")
    place = models.CharField(max_length=200, blank=True)
    chaired_by = models.CharField(max_length=300, blank=True, help_text="A post, not a name.")

    objects = MeetingQuerySet.as_manager()
    history = HistoricalRecords()

    def __str__(self):
        return f"Meeting on {self.round}"

    def get_absolute_url(self):
        return reverse("rounds:meeting", args=[self.partnership.slug, self.round_id])


class MeetingItem(Owned):
    """Something said, decided or agreed at a meeting: of a section, a priority, or the whole."""

    class Kind(models.TextChoices):
        SAID = "said", "Said at the meeting"
        DECISION = "decision", "Decision"
        ACTION = "action", "Action"

    owner = "meeting"

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="items")
    kind = models.CharField(max_length=20, choices=Kind)
    update = models.ForeignKey(
        "rounds.LeadUpdate",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="meeting_items",
        verbose_name="priority",
        help_text="Empty where it is of the meeting as a whole.",
    )
    answer = models.ForeignKey(
        "rounds.Answer",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="meeting_items",
        verbose_name="section",
        help_text="Empty where it is of the priority as a whole.",
    )
    text = models.TextField(help_text="Canonical HTML, see documents/richtext.py.")
    text_format = models.PositiveSmallIntegerField(default=1)
    marking = models.CharField(max_length=20, choices=Marking, default=Marking.OFFICIAL)
    assigned_to = models.CharField("owner", max_length=300, blank=True)
    due_on = models.DateField("date", null=True, blank=True)
    done_on = models.DateField("done on", null=True, blank=True)

    objects = MeetingQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = "item of a meeting"
        verbose_name_plural = "items of meetings"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(text=""),
                name="meetingitem_has_text",
                violation_error_message="Say what was said, decided or agreed.",
            ),
            models.CheckConstraint(
                condition=Q(answer__isnull=True) | Q(update__isnull=False),
                name="meetingitem_section_has_priority",
                violation_error_message="What is of a section is of its priority too.",
            ),
            models.CheckConstraint(
                condition=(Q(kind="action") & ~Q(assigned_to="") & Q(due_on__isnull=False))
                | (
                    Q(kind__in=["said", "decision"])
                    & Q(assigned_to="", due_on__isnull=True, done_on__isnull=True)
                ),
                name="meetingitem_actions_have_owner_and_date",
                violation_error_message="An action, and nothing else, has an owner and a date.",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}, {self.meeting}"

    def clean(self):
        super().clean()
        if self.answer is not None and self.answer.update_id != self.update_id:
            raise ValidationError({"answer": "Choose a section of that priority."})
        if self.update is not None and self.update.round_id != self.meeting.round_id:
            raise ValidationError({"update": "Choose a priority of the round of the meeting."})

    @property
    def is_action(self):
        return self.kind == self.Kind.ACTION

    @property
    def is_sensitive(self):
        return self.marking == Marking.SENSITIVE
