"""Issued reports in the site administration: to be found and read, as they were issued.

Nothing of them is made or changed here: the database itself would refuse it (`frozen.py`). They
have no history, since they have never been anything else; only requests to destroy have one. What
came of trying a link has none either: nobody wrote it, and the next try replaces it.
"""

from django.contrib import admin

from partnerships.admin_base import FrozenAdmin, ReadOnlyAdmin

from .models import (
    Destruction,
    DestructionRequest,
    IssuedReport,
    Release,
    ReportFile,
    TriedLink,
    Withdrawal,
)


@admin.register(IssuedReport)
class IssuedReportAdmin(FrozenAdmin):
    list_display = ("__str__", "issued_at", "post", "marking", "partnership")
    list_filter = ("partnership", "marking")
    list_select_related = ("partnership", "round__plan")
    search_fields = ("round__label", "round__slug", "reason", "post")


@admin.register(ReportFile)
class ReportFileAdmin(FrozenAdmin):
    """What is known of each file; its bytes are read on the portal's own pages."""

    list_display = ("name", "edition", "format", "size", "partnership")
    list_filter = ("partnership", "edition", "format")
    list_select_related = ("partnership", "report__round__plan")
    search_fields = ("name", "sha256")
    exclude = ("content",)

    def get_queryset(self, request):
        return super().get_queryset(request).without_content()


@admin.register(Release)
class ReleaseAdmin(FrozenAdmin):
    list_display = ("__str__", "released_at", "released_by", "partnership")
    list_filter = ("partnership",)
    list_select_related = ("partnership", "report__round__plan", "released_by")
    search_fields = ("report__round__label", "report__round__slug", "released_by__email")


@admin.register(Withdrawal)
class WithdrawalAdmin(FrozenAdmin):
    list_display = ("__str__", "withdrawn_at", "withdrawn_by", "partnership")
    list_filter = ("partnership",)
    list_select_related = ("partnership", "report__round__plan", "withdrawn_by")
    search_fields = ("report__round__label", "report__round__slug", "reason")


@admin.register(Destruction)
class DestructionAdmin(FrozenAdmin):
    list_display = ("__str__", "destroyed_at", "destroyed_by", "agreed_by", "partnership")
    list_filter = ("partnership",)
    list_select_related = ("partnership", "report__round__plan", "destroyed_by", "agreed_by")
    search_fields = ("report__round__label", "report__round__slug", "reason")


@admin.register(DestructionRequest)
class DestructionRequestAdmin(ReadOnlyAdmin):
    """Asked, agreed to and called off on the portal's own pages."""

    list_display = ("__str__", "asked_at", "asked_by", "agreed_at", "called_off_at", "partnership")
    list_filter = ("partnership",)
    list_select_related = ("partnership", "report__round__plan", "asked_by")
    search_fields = ("report__round__label", "report__round__slug", "reason")


@admin.register(TriedLink)
class TriedLinkAdmin(FrozenAdmin):
    list_display = ("address", "outcome", "status", "tried_at", "partnership")
    list_filter = ("partnership", "outcome")
    list_select_related = ("partnership",)
    search_fields = ("address", "led_to")
