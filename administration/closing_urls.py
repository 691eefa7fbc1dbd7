"""Pages on which a plan's year is ended."""

from django.urls import path

from .views import closing

urlpatterns = [
    path("plan/<int:pk>/closing/", closing.positions, name="closing"),
    path("plan/<int:pk>/closing/confirm/", closing.close, name="close_plan"),
    path("plan/<int:pk>/reopen/", closing.reopen, name="reopen_plan"),
    path("plan/<int:pk>/carry-forward/", closing.carry, name="carry"),
]
