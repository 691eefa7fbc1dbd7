"""Addresses: each app has its own; what a partnership owns lives under its slug."""

from django.contrib import admin
from django.urls import include, path

from . import views

urlpatterns = [
    path("", include("rounds.urls_home")),
    path("accounts/", include("accounts.urls")),
    path("accounts/details/", include("partnerships.urls_details")),
    path("admin/", admin.site.urls),
    path("help/", include("partnerships.urls")),
    path("calendar/", include("rounds.urls_calendar")),
    path("asked/", include("rounds.urls_asked")),
    path("invitations/", include("partnerships.urls_invitations")),
    path("p/", include("reports.public_urls")),
    path("partnerships/", include("administration.partnership_urls")),
    path("partnerships/", include("reports.destroying_urls")),
    path("<slug:partnership>/", include("rounds.urls")),
    path("<slug:partnership>/figures/", include("performance.urls")),
    path("<slug:partnership>/", include("reports.urls")),
    path("<slug:partnership>/", include("administration.urls")),
    path("<slug:partnership>/", include("search.urls")),
]

handler400 = views.bad_request
handler403 = views.forbidden
handler404 = views.not_found
handler500 = views.server_error
