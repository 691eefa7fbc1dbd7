"""Indicators and the readings that their rolling years are computed from."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, F, Max, OuterRef, Q, Subquery
from django.urls import reverse
from simple_history.models import HistoricalRecords

from partnerships.models import Marking, Membership, Organisation, Owned, OwnedQuerySet
from partnerships.permissions import Permission
from partnerships.quarters import Period
from priorities.models import Priority


class IndicatorQuerySet(OwnedQuerySet):
    def visible_to(self, access):
        """What is marked OFFICIAL-SENSITIVE is for those with that grant."""
        seen = super().visible_to(access)
        if access.can(Permission.READ_SENSITIVE):
            return seen
        return seen.filter(marking=Marking.OFFICIAL)

    def with_last_reading(self):
        """By name, each with `last_reading_on`: the last day any of its current readings covers."""
        return self.annotate(
            last_reading_on=Max(
                "readings__period_ends_on", filter=Q(readings__superseded_at__isnull=True)
            )
        ).order_by("name", "pk")


class Indicator(Owned):
    """Something the partnership counts or measures, year after year."""

    class Kind(models.TextChoices):
        COUNT = "count", "Count"
        RATE = "rate", "Rate"
        PERCENTAGE = "percentage", "Percentage"

    class Polarity(models.TextChoices):
        LOWER = "lower", "Lower is better"
        HIGHER = "higher", "Higher is better"
        NONE = "none", "No judgement"

    partnership = models.ForeignKey(
        "partnerships.Partnership", on_delete=models.PROTECT, related_name="indicators"
    )
    name = models.CharField(max_length=300)
    definition = models.TextField(blank=True)
    unit = models.CharField(max_length=60, blank=True, help_text="Such as incidents or offences.")
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.COUNT)
    polarity = models.CharField(
        max_length=20,
        choices=Polarity,
        default=Polarity.NONE,
        help_text="No judgement where more reports may mean more trust, as with domestic abuse.",
    )
    source = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="indicators",
        verbose_name="source organisation",
    )
    supplier = models.ForeignKey(
        Membership,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="supplied_indicators",
        help_text="The person who is asked for the figure.",
    )
    is_headline = models.BooleanField(
        "headline", default=True, help_text="The others support a headline figure."
    )
    received_by = models.CharField(
        "who receives it",
        max_length=200,
        blank=True,
        help_text="Such as “CSP Executive, quarterly”.",
    )
    small_base = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text="Left empty, the partnership's. Below it no percentage is printed.",
    )
    national_code = models.CharField(max_length=40, blank=True)
    part_of = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="parts",
        help_text="The total in which everything that this figure counts is counted too.",
    )
    worked_out_from = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="rates",
        help_text="The count that a rate or percentage would give away.",
    )
    marking = models.CharField(max_length=20, choices=Marking, default=Marking.OFFICIAL)
    is_withheld = models.BooleanField("not for publication", default=False)
    withheld_reason = models.TextField("reason why it is not for publication", blank=True)
    priorities = models.ManyToManyField(
        Priority, through="PriorityIndicator", related_name="indicators"
    )

    objects = IndicatorQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "name"],
                name="indicator_one_per_name",
                violation_error_message="This partnership has an indicator of that name.",
            ),
            models.CheckConstraint(
                condition=Q(is_withheld=False) | ~Q(withheld_reason=""),
                name="indicator_withheld_has_reason",
                violation_error_message="Say why the figure is not for publication.",
            ),
            models.CheckConstraint(
                condition=Q(part_of__isnull=True) | ~Q(part_of=F("id")),
                name="indicator_not_part_of_itself",
                violation_error_message="A figure cannot be a part of itself.",
            ),
            models.CheckConstraint(
                condition=Q(worked_out_from__isnull=True) | ~Q(kind="count"),
                name="indicator_count_not_worked_out",
                violation_error_message="Only a rate or percentage is worked out from a count.",
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("performance:indicator", args=[self.partnership.slug, self.pk])

    def clean(self):
        super().clean()
        self.refuse_foreign(
            source="an organisation",
            supplier="a person",
            part_of="a total",
            worked_out_from="a count",
        )
        if said := wrong_relations(self):
            raise ValidationError(said)

    @property
    def is_sensitive(self):
        return self.marking == Marking.SENSITIVE

    @property
    def is_summed(self):
        """Counts add up over months; rates and percentages do not."""
        return self.kind == self.Kind.COUNT


def wrong_relations(indicator):
    """What keeps a figure from its total and from what it is worked out from, by field.

    Three queries.
    """
    return _wrong_base(indicator, indicator.worked_out_from) | _wrong_total(
        indicator, indicator.part_of
    )


def _wrong_base(indicator, base):
    """What keeps a figure from being worked out from this count, or from none."""
    if indicator.is_summed:
        if base is not None:
            return {"kind": "Only a rate or a percentage can be worked out from a count"}
    elif base is not None and not base.is_summed:
        return {"worked_out_from": "Choose a count"}
    elif indicator.pk and indicator.rates.exists():
        return {"kind": "A rate is worked out from this figure: it has to stay a count"}
    return {}


def _wrong_total(indicator, total):
    """What keeps a figure from being part of this total, or of none."""
    if not indicator.is_summed:
        if total is not None:
            return {"kind": "Only a count can be part of another figure"}
        if indicator.pk and indicator.parts.exists():
            return {"kind": "Only a count can have parts, and other figures are part of this one"}
    elif total is not None:
        if not total.is_summed:
            return {"part_of": "Choose a count: nothing else is the sum of its parts"}
        if indicator.pk and indicator.pk in (total.pk, *_totals_above(total)):
            return {"part_of": f"“{total}” is itself a part of this figure. Choose another total"}
    return {}


def _totals_above(indicator):
    """Its total, the total of that and so on, by number."""
    total_of = dict(
        Indicator.objects.filter(partnership_id=indicator.partnership_id, part_of__isnull=False)
        .order_by()
        .values_list("pk", "part_of")
    )
    found, above = [], total_of.get(indicator.pk)
    while above is not None and above not in found:
        found.append(above)
        above = total_of.get(above)
    return found


class IndicatorAliasQuerySet(OwnedQuerySet):
    def visible_to(self, access):
        """Without the grant, none that was a name of its figure while that was OFFICIAL-SENSITIVE.

        One that was kept by hand, and never was the figure's name here, is as the figure was
        marked when it was kept.
        """
        seen = super().visible_to(access).filter(indicator__in=Indicator.objects.visible_to(access))
        if access.can(Permission.READ_SENSITIVE):
            return seen
        past = Indicator.history.filter(id=OuterRef("indicator"))
        kept = IndicatorAlias.history.filter(id=OuterRef("pk"), history_type="+")
        as_it_was_kept = past.filter(history_date__lte=OuterRef("kept_at"))
        latest_first = ("-history_date", "-history_id")
        named = past.filter(name=OuterRef("name"))
        return seen.annotate(
            kept_at=Subquery(kept.values("history_date")[:1]),
            marking_then=Subquery(as_it_was_kept.order_by(*latest_first).values("marking")[:1]),
        ).exclude(
            Exists(named.filter(marking=Marking.SENSITIVE))
            | Q(~Exists(named), marking_then=Marking.SENSITIVE)
        )

    def of_indicator(self, indicator):
        """The latest first, as far as the days are known."""
        return self.filter(indicator=indicator).order_by("-used_until", "name")


class IndicatorAlias(Owned):
    """An earlier name of an indicator."""

    owner = "indicator"
    indicator = models.ForeignKey(Indicator, on_delete=models.CASCADE, related_name="aliases")
    name = models.CharField(max_length=300)
    used_until = models.DateField(null=True, blank=True)

    objects = IndicatorAliasQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = "earlier name of an indicator"
        verbose_name_plural = "earlier names of indicators"

    def __str__(self):
        return self.name


class PriorityIndicator(Owned):
    """An indicator that is printed under a priority, and its place there."""

    owner = "priority"

    priority = models.ForeignKey(
        Priority, on_delete=models.PROTECT, related_name="priority_indicators"
    )
    indicator = models.ForeignKey(
        Indicator, on_delete=models.PROTECT, related_name="priority_indicators"
    )
    order = models.PositiveIntegerField(default=0)

    history = HistoricalRecords()

    class Meta:
        verbose_name = "indicator of a priority"
        verbose_name_plural = "indicators of priorities"
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["priority", "indicator"],
                name="priorityindicator_once",
                violation_error_message="This indicator is under this priority already.",
            ),
        ]

    def __str__(self):
        return f"{self.indicator} ({self.priority})"

    def clean(self):
        super().clean()
        self.refuse_foreign(indicator="an indicator")


class ReadingQuerySet(OwnedQuerySet):
    def visible_to(self, access):
        return self.filter(indicator__in=Indicator.objects.visible_to(access))

    def current(self):
        """Readings that no revision has superseded."""
        return self.filter(superseded_at__isnull=True)

    def within(self, starts_on, ends_on):
        return self.filter(period_starts_on__gte=starts_on, period_ends_on__lte=ends_on)


class Reading(Owned):
    """The value of an indicator for a period, as somebody gave it; a revision supersedes it."""

    owner = "indicator"

    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="readings")
    period_starts_on = models.DateField("from")
    period_ends_on = models.DateField("until")
    value = models.DecimalField(max_digits=14, decimal_places=4)
    source = models.CharField(max_length=200)
    is_provisional = models.BooleanField("provisional", default=False)
    reason = models.CharField("reason for the correction", max_length=300, blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    superseded_at = models.DateTimeField(null=True, blank=True, editable=False)
    taken_back_reason = models.CharField(
        "reason for taking it back", max_length=300, blank=True, editable=False
    )
    taken_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
    )

    objects = ReadingQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["period_starts_on", "period_ends_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "period_starts_on", "period_ends_on"],
                condition=Q(superseded_at__isnull=True),
                name="reading_one_current",
                violation_error_message="There is a current reading for this period already.",
            ),
            models.CheckConstraint(
                condition=Q(period_ends_on__gte=F("period_starts_on")),
                name="reading_period_in_order",
                violation_error_message="The period cannot end before it starts.",
            ),
            models.CheckConstraint(
                condition=Q(value__gte=0),
                name="reading_not_negative",
                violation_error_message="A reading cannot be below nought.",
            ),
            models.CheckConstraint(
                condition=Q(taken_back_reason="") | Q(superseded_at__isnull=False),
                name="reading_taken_back_is_past",
                violation_error_message="A reading that was taken back is not current.",
            ),
        ]
        indexes = [
            models.Index(
                fields=["indicator", "period_ends_on"],
                condition=Q(superseded_at__isnull=True),
                name="reading_current_by_period",
            )
        ]

    def __str__(self):
        return f"{self.indicator}, {self.period.short}"

    @property
    def period(self):
        return Period(self.period_starts_on, self.period_ends_on)
