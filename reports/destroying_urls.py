"""Pages of site administrators: what waits for one of them, and each partnership's reports."""

from django.urls import path

from . import destroying_views

app_name = "destroying"

urlpatterns = [
    path("requests/", destroying_views.waiting, name="waiting"),
    path("<slug:slug>/reports/", destroying_views.reports, name="reports"),
    path("<slug:slug>/reports/<int:pk>/destroy/", destroying_views.ask, name="ask"),
    path("<slug:slug>/reports/requests/<int:pk>/", destroying_views.asked, name="request"),
]
