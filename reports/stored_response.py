"""A stored file of a report as a browser gets it: its bytes, and how they may be kept and shown."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response

from .issued_files import KINDS
from .models import ReportFile

# A stored page has its looks inside, and may do nothing: no script, no form, nothing fetched.
PAGE_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def stored_response(request: HttpRequest, file: ReportFile, *, cache: str) -> HttpResponseBase:
    """Byte for byte; 304 where the browser has it already. The bytes are fetched where sent."""
    kind = KINDS[file.format]
    etag = f'"{file.sha256}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        is_head = request.method == "HEAD"
        content = b"" if is_head else bytes(file.content)
        response = HttpResponse(content, content_type=kind.content_type)
        response["Content-Length"] = file.size
    # On a 304 too: a browser takes them over to what it has.
    response["ETag"] = etag
    response["Cache-Control"] = cache
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = PAGE_POLICY
    shown = "inline" if kind.is_page else "attachment"
    response["Content-Disposition"] = f'{shown}; filename="{file.name}"'
    return response
