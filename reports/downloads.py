"""A file that is taken away."""

from django.http import HttpResponse

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def download(file: bytes, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(file, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
