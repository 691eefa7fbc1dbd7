"""Indicators and their readings in the site administration."""

from django.contrib import admin, messages
from django.utils import timezone

from partnerships.admin_base import OwnedAdmin, WholeInline
from partnerships.quarters import Period
from priorities.admin import InPlanAdmin, PriorityAdmin

from .models import Indicator, IndicatorAlias, PriorityIndicator, Reading
from .services import record_reading


class PriorityIndicatorInline(WholeInline):
    model = PriorityIndicator
    fields = ("order", "indicator")
    autocomplete_fields = ("indicator",)
    show_change_link = False


# A priority's page shows its indicators, which the priorities themselves know nothing of.
PriorityAdmin.inlines.append(PriorityIndicatorInline)


def record(request, reading):
    """Record what a form holds: a changed value supersedes the old one, which stays."""
    period = Period(reading.period_starts_on, reading.period_ends_on)
    if not period.whole_months:
        messages.warning(
            request, f"{period.long} is not whole months: no rolling year counts that reading."
        )
    return record_reading(
        indicator=reading.indicator,
        period=period,
        value=reading.value,
        source=reading.source,
        is_provisional=reading.is_provisional,
        by=request.user,
        now=timezone.now(),
    )


class ReadingInline(WholeInline):
    """The current readings: a changed value is recorded as a revision."""

    model = Reading
    fields = ("period", "value", "source", "is_provisional", "entered_at")
    readonly_fields = ("period", "entered_at")
    ordering = ("-period_ends_on", "-period_starts_on")
    can_delete = False
    verbose_name_plural = "current readings"

    def period(self, reading):
        return reading.period.short

    def get_queryset(self, request):
        return super().get_queryset(request).current()

    def has_add_permission(self, request, obj=None):
        return False


class NewReadingInline(WholeInline):
    model = Reading
    fields = ("period_starts_on", "period_ends_on", "value", "source", "is_provisional")
    extra = 2
    can_delete = False
    verbose_name_plural = "new readings"

    def get_queryset(self, request):
        return super().get_queryset(request).none()


class IndicatorAliasInline(WholeInline):
    model = IndicatorAlias
    fields = ("name", "used_until")
    show_change_link = False
    verbose_name_plural = "earlier names"


@admin.register(Indicator)
class IndicatorAdmin(OwnedAdmin):
    list_display = ("name", "unit", "kind", "polarity", "source", "marking", "partnership")
    list_filter = ("partnership", "kind", "polarity", "marking")
    named_by = ("source",)
    search_fields = ("name", "definition", "national_code", "aliases__name")
    autocomplete_fields = ("source", "part_of", "worked_out_from")
    inlines = (IndicatorAliasInline, NewReadingInline, ReadingInline)

    def save_formset(self, request, form, formset, change):
        if formset.model is not Reading:
            super().save_formset(request, form, formset, change)
            return
        for reading in formset.save(commit=False):
            record(request, reading)


@admin.register(IndicatorAlias)
class IndicatorAliasAdmin(OwnedAdmin):
    list_display = ("name", "indicator", "used_until", "partnership")
    list_filter = ("partnership",)
    named_by = ("indicator",)
    search_fields = ("name", "indicator__name")
    autocomplete_fields = ("indicator",)
    fixed_fields = ("indicator",)


@admin.register(PriorityIndicator)
class PriorityIndicatorAdmin(InPlanAdmin):
    list_display = ("indicator", "priority", "order", "partnership")
    list_filter = ("partnership",)
    named_by = ("indicator", "priority")
    search_fields = ("indicator__name", "priority__title")
    autocomplete_fields = ("indicator", "priority")
    fixed_fields = ("indicator", "priority")


@admin.register(Reading)
class ReadingAdmin(OwnedAdmin):
    """Readings, also those that a revision has superseded."""

    fields = (
        "indicator",
        "period_starts_on",
        "period_ends_on",
        "value",
        "source",
        "is_provisional",
        "entered_at",
        "entered_by",
        "superseded_at",
    )
    readonly_fields = ("entered_at", "entered_by", "superseded_at")
    fixed_fields = ("indicator", "period_starts_on", "period_ends_on")
    list_display = (
        "indicator",
        "period_starts_on",
        "period_ends_on",
        "value",
        "is_provisional",
        "entered_at",
        "superseded_at",
        "partnership",
    )
    list_filter = (
        "partnership",
        "is_provisional",
        ("superseded_at", admin.EmptyFieldListFilter),
    )
    named_by = ("indicator",)
    search_fields = ("indicator__name", "source")
    autocomplete_fields = ("indicator",)
    ordering = ("-period_ends_on", "indicator__name")

    def has_change_permission(self, request, obj=None):
        superseded = obj is not None and obj.superseded_at is not None
        return not superseded and super().has_change_permission(request, obj)

    def save_model(self, request, obj, form, change):
        obj.pk = record(request, obj).pk
