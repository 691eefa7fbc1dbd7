"""The public pages of a partnership: what it has released, to be read by everybody."""

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import resolve

from .public_answers import CACHE, for_everybody, page
from .public_pages import by_year, page_of_list, released, taken_back, version_of
from .stored_response import stored_response


@for_everybody
def reports(request, partnership):
    """Every report that stands released, the latest first."""
    of_list = page_of_list(partnership, request.GET.get("page"))
    found = {"partnership": partnership, "page": of_list, "years": by_year(of_list)}
    return page(request, "reports/public_list.html", found)


@for_everybody
def report(request, partnership, round, version):
    """One version, for good: the report as it was released, or that it was withdrawn."""
    report = get_object_or_404(released(partnership, round, version))
    if not report.is_public:
        return _gone(request, partnership, report)
    found = {"partnership": partnership, "found": version_of(report)}
    return page(request, "reports/public_report.html", found)


@for_everybody
def file(request, partnership, round, version, name):
    """A file of a released version, byte for byte."""
    report = get_object_or_404(released(partnership, round, version))
    file = next((file for file in report.files.all() if file.name == name), None)
    if file is None:
        raise Http404
    if not report.is_public:
        return _gone(request, partnership, report)
    return stored_response(request, file, cache=CACHE)


@for_everybody
def unknown(request, partnership, rest):
    """Any other address below these: the portal's own page for it looks at who is signed in."""
    if request.path_info.endswith("/") or resolve(f"{request.path_info}/").func == unknown:
        raise Http404
    return redirect(request.get_full_path(force_append_slash=True), permanent=True)


def _gone(request, partnership, report):
    found = {"partnership": partnership, "found": taken_back(report)}
    return page(request, "reports/public_gone.html", found, status=410)
