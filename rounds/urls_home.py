"""The first page after signing in, over all partnerships of a person."""

from django.urls import path

from .views import home

urlpatterns = [path("", home.everywhere, name="home")]
