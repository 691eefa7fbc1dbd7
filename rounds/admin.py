"""Rounds, updates and answers in the site administration: to be found and read.

What happens in a round happens on its pages, where `services.py` keeps its rules.
"""

from django.contrib import admin

from partnerships.admin_base import FrozenAdmin, OwnedAdmin, ReadOnlyAdmin

from .models import (
    Answer,
    Delegation,
    Draft,
    FigureEntry,
    LeadUpdate,
    Meeting,
    MeetingItem,
    MilestoneDone,
    Notice,
    Opened,
    Round,
    RoundFigure,
    WordForm,
    WordUpload,
)


@admin.register(Round)
class RoundAdmin(OwnedAdmin):
    """A round's names and dates; it is opened and closed on its own pages."""

    list_display = ("__str__", "partnership", "state", "due_on", "closes_at", "meets_on")
    list_filter = ("partnership", "state", "plan__year_label")
    named_by = ("plan",)
    search_fields = ("label", "slug", "plan__title", "plan__year_label")
    autocomplete_fields = ("plan",)
    readonly_fields = ("state", "opened_at", "closed_at", "reopened_reason")
    fixed_fields = ("partnership", "plan", "slug")

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        begun = obj is not None and not obj.is_planned
        return (*fields, "period_starts_on", "period_ends_on") if begun else fields


@admin.register(LeadUpdate)
class LeadUpdateAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "round", "lead_text", "submitted_at", "partnership")
    list_filter = ("partnership", "round__state", ("submitted_at", admin.EmptyFieldListFilter))
    named_by = ("round__plan",)
    search_fields = ("label", "title", "lead_text", "round__label")


@admin.register(Answer)
class AnswerAdmin(ReadOnlyAdmin):
    """Answers as they stand. Marking one, or withholding it from publication, is done here."""

    list_display = (
        "heading",
        "update",
        "kind",
        "state",
        "response",
        "rag",
        "saved_at",
        "partnership",
    )
    list_filter = ("partnership", "state", "kind", "response", "rag", "marking", "is_withheld")
    named_by = ("update",)
    search_fields = ("reference", "title", "text", "update__title", "saved_as")
    changed_here = ("marking", "is_withheld", "withheld_reason")

    def has_change_permission(self, request, obj=None):
        return OwnedAdmin.has_change_permission(self, request, obj)

    def get_readonly_fields(self, request, obj=None):
        return [field.name for field in self.opts.fields if field.name not in self.changed_here]


@admin.register(FigureEntry)
class FigureEntryAdmin(ReadOnlyAdmin):
    list_display = (
        "indicator",
        "period_starts_on",
        "period_ends_on",
        "value",
        "is_provisional",
        "answer",
        "partnership",
    )
    list_filter = ("partnership", "is_provisional")
    named_by = ("indicator", "answer")
    search_fields = ("indicator__name", "source", "answer__update__title")


@admin.register(MilestoneDone)
class MilestoneDoneAdmin(ReadOnlyAdmin):
    list_display = ("title", "answer", "told_on", "partnership")
    list_filter = ("partnership", ("told_on", admin.EmptyFieldListFilter))
    named_by = ("answer",)
    search_fields = ("title", "answer__reference", "answer__title")


@admin.register(Delegation)
class DelegationAdmin(ReadOnlyAdmin):
    list_display = ("answer", "membership", "given_at", "finished_at", "ended_at", "partnership")
    list_filter = ("partnership", ("ended_at", admin.EmptyFieldListFilter))
    named_by = ("answer", "membership")
    search_fields = ("answer__reference", "answer__title", "membership__post", "note")


@admin.register(RoundFigure)
class RoundFigureAdmin(ReadOnlyAdmin):
    list_display = ("indicator", "update", "order", "partnership")
    list_filter = ("partnership",)
    named_by = ("indicator", "update")
    search_fields = ("indicator__name", "update__title")


@admin.register(Meeting)
class MeetingAdmin(ReadOnlyAdmin):
    list_display = ("round", "held_on", "chaired_by", "partnership")
    list_filter = ("partnership",)
    named_by = ("round",)
    search_fields = ("round__label", "place", "chaired_by")


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    list_display = ("kind", "person", "round", "day", "partnership")
    list_filter = ("partnership", "kind")
    named_by = ("round__plan", "person", "message")
    search_fields = ("person__email", "round__label")


@admin.register(Opened)
class OpenedAdmin(FrozenAdmin):
    list_display = ("answer", "person", "at", "partnership")
    list_filter = ("partnership",)
    list_select_related = ("answer", "person", "partnership")
    search_fields = ("person__email", "answer__title")


@admin.register(Draft)
class DraftAdmin(FrozenAdmin):
    """Whose drafts there are and of when; their words are their writers' alone."""

    list_display = ("answer", "person", "kept_at", "partnership")
    list_filter = ("partnership",)
    list_select_related = ("answer", "person", "partnership")
    search_fields = ("person__email", "answer__title")
    exclude = ("boxes", "page")


@admin.register(MeetingItem)
class MeetingItemAdmin(ReadOnlyAdmin):
    list_display = ("kind", "meeting", "update", "assigned_to", "due_on", "done_on", "partnership")
    list_filter = ("partnership", "kind", "marking")
    named_by = ("meeting", "update")
    search_fields = ("text", "assigned_to", "update__title")


@admin.register(WordForm)
class WordFormAdmin(ReadOnlyAdmin):
    list_display = ("key", "update", "made_at", "made_by", "partnership")
    list_filter = ("partnership", "update__round__state")
    named_by = ("update", "made_by")
    search_fields = ("key", "update__title")


@admin.register(WordUpload)
class WordUploadAdmin(ReadOnlyAdmin):
    """What is known of each file; its words are read on the portal's own pages."""

    list_display = ("name", "update", "size", "uploaded_at", "taken_in_at", "partnership")
    list_filter = ("partnership", ("emptied_at", admin.EmptyFieldListFilter))
    named_by = ("update", "uploaded_by")
    search_fields = ("name", "sha256", "update__title")
    exclude = ("content",)

    def get_queryset(self, request):
        return super().get_queryset(request).without_content()
