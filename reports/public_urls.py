"""Public pages: what was released, for everybody, under the slug of its partnership."""

from django.urls import path, re_path

from . import public_views
from .public_feed import feed

app_name = "public"

VERSION = "<slug:partnership>/<slug:round>/v<int:version>/"

urlpatterns = [
    path("<slug:partnership>/", public_views.reports, name="reports"),
    path("<slug:partnership>/feed.xml", feed, name="feed"),
    path(VERSION, public_views.report, name="report"),
    path(f"{VERSION}<str:name>", public_views.file, name="file"),
    re_path(r"^(?P<partnership>[-\w]*)(?P<rest>.*)$", public_views.unknown, name="unknown"),
]
