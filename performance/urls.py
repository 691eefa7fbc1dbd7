"""Pages of the figures."""

from django.urls import path

from . import views

app_name = "performance"

urlpatterns = [
    path("", views.indicators, name="indicators"),
    path("<int:pk>/", views.indicator, name="indicator"),
]
