"""Pages of the figures."""

from django.urls import path

from .views import changes, figures, keeping, publication, readings

app_name = "performance"

urlpatterns = [
    path("", figures.indicators, name="indicators"),
    path("add/", keeping.add, name="add"),
    path("<int:pk>/", figures.indicator, name="indicator"),
    path("<int:pk>/edit/", keeping.edit, name="edit"),
    path("<int:pk>/publication/", publication.publication, name="publication"),
    path("<int:pk>/rename/", keeping.rename, name="rename"),
    path("<int:pk>/earlier-names/", keeping.earlier_names, name="earlier_names"),
    path("earlier-names/<int:pk>/remove/", keeping.remove_earlier_name, name="remove_earlier_name"),
    path("<int:pk>/enter/", readings.enter, name="enter"),
    path("<int:pk>/enter-year/", readings.enter_year, name="enter_year"),
    path("readings/<int:pk>/correct/", readings.correct, name="correct"),
    path("readings/<int:pk>/take-back/", readings.take_back, name="take_back"),
    path("<int:pk>/changes/", changes.changes, name="changes"),
    path(
        "<int:pk>/changes/<slug:key>/<int:row>/<slug:field>/",
        changes.former,
        name="changes_former",
    ),
]
