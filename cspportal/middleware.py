"""Middleware of the whole portal."""

from django.db import InterfaceError, OperationalError
from django.shortcuts import render

from partnerships.kept import kept_text, shown_words
from priorities.closed import PlanClosed


class DatabaseAway:
    """Answer 503 while the database is away, and give back what was being sent."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if isinstance(exception, OperationalError | InterfaceError):
            response = kept_text(request, status=503, reason="database")
            response["Retry-After"] = "60"
            return response
        return None


class ClosedPlan:
    """Answer 409 where a closed plan would be changed, and say why, with what was typed."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if not isinstance(exception, PlanClosed):
            return None
        found = {
            "section": "plan",
            "refusal": exception,
            "plan": exception.plan,
            "posted": shown_words(request),
        }
        return render(request, "administration/plan_closed.html", found, status=409)
