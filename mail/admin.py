from django.contrib import admin, messages
from django.utils import timezone

from .models import Message
from .services import try_again


@admin.register(Message)
class MessageAdmin(admin.ModelAdmin):
    """The outbox is looked at here; nothing is written in another's name."""

    list_display = ["subject", "to", "sender", "state", "made_at", "tries", "problem"]
    list_filter = ["state", "sender", "made_at"]
    search_fields = ["to", "subject", "key"]
    actions = ["send_again"]
    exclude = ["html"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.action(description="Try again to send", permissions=["view"])
    def send_again(self, request, chosen):
        count = try_again([each.pk for each in chosen], now=timezone.now())
        messages.success(request, f"{count} to be tried again, of those that were not delivered.")
