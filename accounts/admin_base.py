"""What every model with a history has in common in the site administration."""

from django.core.exceptions import PermissionDenied
from simple_history.admin import SimpleHistoryAdmin


class HistoryAdmin(SimpleHistoryAdmin):
    """A model and what became of each row of it."""

    object_history_list_template = "admin/_history.html"
    view_on_site = False

    def history_form_view(self, request, *args, **kwargs):
        """A former version is read; the library would save it, though its button is hidden."""
        if request.method not in ("GET", "HEAD"):
            raise PermissionDenied("A former version is only read here.")
        return super().history_form_view(request, *args, **kwargs)
