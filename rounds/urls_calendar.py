"""A person's own calendar, open to whoever has its secret address."""

from django.urls import path

from .views import calendar

urlpatterns = [path("<str:key>.ics", calendar.calendar, name="calendar")]
