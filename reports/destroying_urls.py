"""Pages of site administrators, about the issued reports of one partnership."""

from django.urls import path

from . import destroying_views

app_name = "destroying"

urlpatterns = [
    path("<slug:slug>/reports/", destroying_views.reports, name="reports"),
    path("<slug:slug>/reports/<int:pk>/destroy/", destroying_views.ask, name="ask"),
    path("<slug:slug>/reports/requests/<int:pk>/", destroying_views.asked, name="request"),
]
