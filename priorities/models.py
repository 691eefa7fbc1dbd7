"""Plans, their priorities and themes, and who leads them."""

from collections.abc import Iterable
from datetime import date

from django.db import models
from django.db.models import Case, F, Q, When
from django.urls import reverse
from simple_history.models import HistoricalRecords

from partnerships.models import (
    DatedOwnedQuerySet,
    Group,
    Marking,
    Membership,
    Organisation,
    Owned,
    OwnedQuerySet,
    Partnership,
    dates_in_order,
    slug_rule,
)
from partnerships.quarters import Period


class PlanQuerySet(OwnedQuerySet):
    def latest_first(self):
        return self.order_by("-starts_on", "-pk")

    def current_first(self, today):
        """The plan of this day, before an agreement with the county; else the latest there is."""
        is_current = Q(starts_on__lte=today, ends_on__gte=today)
        return self.order_by(
            Case(When(is_current, then=0), default=1),
            Case(When(kind=Plan.Kind.PARTNERSHIP, then=0), default=1),
            "-starts_on",
            "-pk",
        )


class Plan(Owned):
    """What a partnership has agreed to do in a year."""

    class Kind(models.TextChoices):
        PARTNERSHIP = "partnership", "Partnership plan"
        COUNTY = "county", "County agreement"

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="plans")
    title = models.CharField(max_length=200, help_text="Such as “Community Safety Plan 2023/24”.")
    year_label = models.CharField("year", max_length=20, help_text="Such as 2023/24.")
    slug = models.CharField("address", max_length=40, validators=[slug_rule])
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.PARTNERSHIP)
    starts_on = models.DateField("from")
    ends_on = models.DateField("until")
    strategy = models.CharField(
        max_length=200, blank=True, help_text="The strategy of several years it belongs to, if any."
    )
    introduction = models.TextField(
        blank=True, help_text="First paragraph of each report. Left empty, a standing one is used."
    )
    marking = models.CharField(max_length=20, choices=Marking, default=Marking.OFFICIAL)
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = PlanQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "slug"],
                name="plan_one_per_slug",
                violation_error_message="This partnership has a plan with that address.",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="plan_dates_in_order",
                violation_error_message="The plan cannot end before it starts.",
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("rounds:plan", args=[self.partnership.slug, self.pk])

    @property
    def period(self):
        return Period(self.starts_on, self.ends_on)


class PriorityQuerySet(OwnedQuerySet):
    def in_plan(self) -> "PriorityQuerySet":
        """Those that have not been withdrawn."""
        return self.filter(withdrawn_on__isnull=True)

    def in_plan_on(self, day: date | None) -> "PriorityQuerySet":
        """Those that had not been withdrawn by a day; without a day, those that are not now."""
        still = Q(withdrawn_on__isnull=True)
        return self.filter(still | Q(withdrawn_on__gt=day) if day else still)


class Priority(Owned):
    """A priority of a plan, or a theme that cuts across its priorities."""

    class Kind(models.TextChoices):
        PRIORITY = "priority", "Priority"
        THEME = "theme", "Cross-cutting theme"

    owner = "plan"

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="priorities")
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.PRIORITY)
    reference = models.CharField(max_length=20, blank=True, help_text="Such as 1.")
    title = models.CharField(max_length=200)
    lead_text = models.CharField(
        "lead",
        max_length=300,
        blank=True,
        help_text="As the plan has it: a post, an organisation, several, or “to be confirmed”.",
    )
    summary = models.TextField(blank=True, help_text="Why it is a priority.")
    activities = models.TextField(blank=True)
    order = models.PositiveIntegerField(default=0)
    withdrawn_on = models.DateField(null=True, blank=True)
    withdrawn_reason = models.TextField(blank=True)

    objects = PriorityQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name_plural = "priorities"
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(withdrawn_on__isnull=True, withdrawn_reason="")
                | (Q(withdrawn_on__isnull=False) & ~Q(withdrawn_reason="")),
                name="priority_withdrawn_has_reason",
                violation_error_message="Say why the priority is withdrawn, and since when.",
            ),
            models.UniqueConstraint(
                fields=["plan", "kind", "reference"],
                condition=~Q(reference=""),
                name="priority_one_per_reference",
                violation_error_message="This plan has a priority with that reference.",
            ),
        ]
        indexes = [models.Index(fields=["plan", "order"], name="priority_in_order")]

    def __str__(self):
        return f"{self.label}: {self.title}"

    def get_absolute_url(self):
        return f"{self.plan.get_absolute_url()}#priority-{self.pk}"

    @property
    def label(self):
        """ "Priority 2", or "Cross-cutting theme 1"; without a reference the kind alone."""
        return f"{self.get_kind_display()} {self.reference}".strip()


LEADERS = ("membership", "organisation", "group")
"""What a lead links to: a person, an organisation or a group; exactly one of them."""


def constraints_of_lead(led: str) -> list[models.BaseConstraint]:
    """That one leads, that none leads the same thing twice at a time, and its dates in order."""
    prefix, what = f"{led}lead", {"membership": "person"}
    only_one = Q()
    for chosen in LEADERS:
        only_one |= Q(**{f"{name}__isnull": name != chosen for name in LEADERS})
    return [
        models.CheckConstraint(
            condition=only_one,
            name=f"{prefix}_one_who_leads",
            violation_error_message="Choose one: a person, an organisation or a group.",
        ),
        *(
            models.UniqueConstraint(
                fields=[led, name],
                condition=Q(**{"ends_on__isnull": True, f"{name}__isnull": False}),
                name=f"{prefix}_one_per_{what.get(name, name)}",
                violation_error_message=f"This {what.get(name, name)} leads this {led} already.",
            )
            for name in LEADERS
        ),
        dates_in_order(f"{prefix}_dates_in_order"),
    ]


class LeadQuerySet(DatedOwnedQuerySet):
    def with_names(self) -> "LeadQuerySet":
        """With all that saying who leads needs."""
        return self.select_related("membership__organisation", "organisation", "group")

    def leading_on(self, day: date) -> "LeadQuerySet":
        """Those of a day; a person whose membership has ended leads nothing any more."""
        here = Q(membership__isnull=True) | Q(membership__in=Membership.objects.current(day))
        return self.filter(here).current(day)


class Lead(Owned):
    """A person, an organisation or a group that leads something for a time, or its deputy.

    A group and an organisation answer nothing themselves: the coordinator is asked for them.
    """

    is_deputy = models.BooleanField("deputy", default=False)
    starts_on = models.DateField("from", null=True, blank=True)
    ends_on = models.DateField("until", null=True, blank=True)

    objects = LeadQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["is_deputy", "pk"]

    def __str__(self):
        return f"{self.who}{' (deputy)' if self.is_deputy else ''}"

    @property
    def who(self) -> Membership | Organisation | Group:
        """The one who leads, whichever it is."""
        return self.membership or self.organisation or self.group

    def clean(self):
        super().clean()
        self.refuse_foreign(membership="a person", organisation="an organisation", group="a group")


class PriorityLead(Lead):
    """One who leads a priority, or stands in for its lead."""

    owner = "priority"

    priority = models.ForeignKey(Priority, on_delete=models.PROTECT, related_name="leads")
    membership = models.ForeignKey(
        Membership,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="leads",
        verbose_name="person",
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="leads"
    )
    group = models.ForeignKey(
        Group, on_delete=models.PROTECT, null=True, blank=True, related_name="leads"
    )

    history = HistoricalRecords()

    class Meta(Lead.Meta):
        verbose_name = "lead of a priority"
        verbose_name_plural = "leads of priorities"
        constraints = constraints_of_lead("priority")


class GroupHeadingQuerySet(OwnedQuerySet):
    def in_use(self) -> "GroupHeadingQuerySet":
        """Those under which groups are still asked."""
        return self.filter(withdrawn_on__isnull=True)


class GroupHeading(Owned):
    """A heading of a priority under which one group, or several, report."""

    owner = "priority"

    priority = models.ForeignKey(Priority, on_delete=models.PROTECT, related_name="group_headings")
    heading = models.CharField(
        max_length=300, help_text="As it prints, such as “DA Sub Group”; it may name two groups."
    )
    groups = models.ManyToManyField(Group, related_name="headings", blank=True)
    order = models.PositiveIntegerField(default=0)
    withdrawn_on = models.DateField(null=True, blank=True)

    objects = GroupHeadingQuerySet.as_manager()
    history = HistoricalRecords(m2m_fields=[groups])

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["priority", "heading"],
                name="groupheading_one_per_heading",
                violation_error_message="This priority has that heading already.",
            ),
        ]

    def __str__(self):
        return self.heading

    @classmethod
    def made_of(cls, names: Iterable[str]) -> str:
        """The heading of groups of these names that is given no words of its own."""
        longest: int = cls._meta.get_field("heading").max_length
        return " and ".join(names)[:longest]
