"""The link of an invitation, open to whoever has it."""

from django.urls import path

from . import invitation_views

app_name = "invitations"

urlpatterns = [path("<str:token>/", invitation_views.invitation, name="accept")]
