"""The report as one document that needs nothing else: its looks inside, no link to follow."""

from collections.abc import Mapping
from pathlib import Path

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from .content import Report

STYLES = ("vendor/govuk-frontend/govuk-frontend.min.css", "site.css")


def as_html(report: Report, *, brand_colour: str) -> str:
    return document("reports/document.html", {"report": report}, brand_colour=brand_colour)


def document(template: str, found: Mapping[str, object], *, brand_colour: str) -> str:
    styles = [Path(finders.find(name)).read_text(encoding="utf-8") for name in STYLES]
    styles.append(f":root {{ --brand: {brand_colour}; }}\n")
    # Our own files, and a colour that the partnership's own rule has let through.
    inside = mark_safe("\n".join(styles))  # noqa: S308
    return render_to_string(template, {**found, "styles": inside})
