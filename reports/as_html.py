"""The report as one document that needs nothing else: its looks inside, no link to follow."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from .content import Report

STYLES = ("vendor/govuk-frontend/govuk-frontend.min.css", "site.css")
MARKING = "marking.css"


def as_html(report: Report, *, brand_colour: str) -> str:
    return document(
        "reports/document.html",
        {"report": report},
        brand_colour=brand_colour,
        styles=(*STYLES, MARKING) if report.marking else STYLES,
    )


def document(
    template: str,
    found: Mapping[str, object],
    *,
    brand_colour: str,
    styles: Iterable[str] = STYLES,
) -> str:
    inside = [Path(finders.find(name)).read_text(encoding="utf-8") for name in styles]
    inside.append(f":root {{ --brand: {brand_colour}; }}\n")
    # Our own files, and a colour that the partnership's own rule has let through.
    safe = mark_safe("\n".join(inside))  # noqa: S308
    return render_to_string(template, {**found, "styles": safe})
