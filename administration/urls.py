"""Pages by which administrators set a partnership up and keep it in order."""

from django.urls import path

from . import body_urls, closing_urls, people_urls, plan_urls, settings_urls
from .views import index

app_name = "administration"

urlpatterns = [
    path("administration/", index.index, name="index"),
    *settings_urls.urlpatterns,
    *closing_urls.urlpatterns,
    *plan_urls.urlpatterns,
    *people_urls.urlpatterns,
    *body_urls.urlpatterns,
]
