"""A person's own name, address and password, in whatever partnerships they work."""

from django.urls import path

from . import details_views

app_name = "details"

urlpatterns = [
    path("", details_views.details, name="details"),
    path("name/", details_views.name, name="name"),
    path("address/", details_views.address, name="address"),
    path("calendar/", details_views.calendar, name="calendar"),
    path("address/code/", details_views.code, name="code"),
]
