"""The link of a message that asks somebody, open to whoever has it."""

from django.urls import path

from .views import asked

urlpatterns = [path("<str:token>/", asked.asked, name="asked")]
