"""What the partnership counts is defined, renamed and put in order on pages."""

from datetime import date

import pytest
from django.urls import reverse

from reports.content import build_report
from rounds.models import Answer
from tests.factories import NOW, ReadingFactory
from tests.scenes import open_round_scene

pytestmark = pytest.mark.django_db

PREVIOUS = {"period_starts_on": date(2021, 10, 1), "period_ends_on": date(2022, 9, 30)}


@pytest.fixture(autouse=True)
def in_the_quarters_days(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def scene():
    return open_round_scene(now=NOW, slug="swale")


@pytest.fixture
def coordinator(client, scene):
    client.force_login(scene.coordinator)
    return client


def list_page():
    return reverse("performance:indicators", args=["swale"])


# Small base ------------------------------------------------------------------------


def test_a_figures_own_small_base_goes_before_the_partnerships_everywhere(coordinator, scene):
    ReadingFactory(indicator=scene.indicator, value=40, **PREVIOUS)
    ReadingFactory(indicator=scene.indicator, value=50)
    section = reverse("rounds:answer", args=["swale", scene.answer(Answer.Kind.FIGURES).pk])
    pages = (list_page(), scene.indicator.get_absolute_url(), section)
    report = reverse("reports:report", args=["swale", scene.round.pk])

    for where in (*pages, report):
        assert "+10 (+25.0%)" in coordinator.get(where).text, where

    scene.indicator.small_base = 50
    scene.indicator.save()

    for where in pages:
        page = coordinator.get(where).text
        assert "+10" in page, where
        assert "25.0%" not in page, where
    [row] = build_report(scene.round, now=NOW).priorities[0].figures.rows
    assert row.printed_change == "+10"
