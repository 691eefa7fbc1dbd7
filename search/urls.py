"""Finding things in a partnership."""

from django.urls import path

from . import views

app_name = "search"

urlpatterns = [
    path("search/", views.search, name="search"),
    path("actions/", views.actions, name="today"),
    path("plan/<int:pk>/actions/", views.actions_of_plan, name="actions"),
    path("plan/<int:pk>/actions.csv", views.actions_file, name="actions_file"),
    path("plan/<int:pk>/milestones.csv", views.milestones_file, name="milestones_file"),
]
