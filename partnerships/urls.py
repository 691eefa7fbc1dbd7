"""Pages that tell about the portal itself, open to everybody."""

from django.urls import path, re_path

from . import views

app_name = "partnerships"

urlpatterns = [
    path("accessibility/", views.accessibility, name="accessibility"),
    path("privacy/", views.privacy, name="privacy"),
    path("cookies/", views.cookies, name="cookies"),
    re_path(r"^brand/(?P<colour>[0-9a-f]{6})\.css$", views.brand, name="brand"),
]
