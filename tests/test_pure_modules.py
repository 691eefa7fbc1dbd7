"""Arithmetic on dates and figures, and the canonical text, know nothing of Django."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

WITHOUT_DJANGO = """
import sys
sys.modules["django"] = None  # importing it fails from here on
import {module}
"""


def imported_without_django(module: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", WITHOUT_DJANGO.format(module=module)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "module",
    [
        "actions.timescales",
        "documents.richtext",
        "partnerships.quarters",
        "performance.change",
        "performance.charts",
        "performance.twelve_months",
        "performance.rolling",
    ],
)
def test_the_module_can_be_imported_where_there_is_no_django(module: str) -> None:
    result = imported_without_django(module)

    assert result.returncode == 0, result.stderr


def test_a_module_that_needs_django_would_be_noticed() -> None:
    assert "django" in imported_without_django("documents.apps").stderr
