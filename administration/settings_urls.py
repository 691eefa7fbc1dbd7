"""Pages on which a partnership's own settings are changed."""

from django.urls import path

from .forms.settings import GROUPS
from .views import settings

urlpatterns = [
    path("administration/settings/", settings.settings, name="settings"),
    *(
        path(
            f"administration/settings/{group.slug}/",
            settings.change,
            {"group": group},
            name=f"settings_{group.slug}",
        )
        for group in GROUPS
    ),
]
