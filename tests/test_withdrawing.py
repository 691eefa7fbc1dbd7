"""Withdrawing: the public edition is taken back at once, and everybody is told when and why."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from partnerships.models import Membership
from partnerships.refusals import Refused
from reports.models import Withdrawal
from reports.services.withdrawing import withdraw_report
from tests.factories import (
    NOW,
    DestructionFactory,
    IssuedReportFactory,
    ReleaseFactory,
    ReportFileFactory,
    UserFactory,
    WithdrawalFactory,
)
from tests.pages import Fields
from tests.scenes import closed_round_scene

pytestmark = pytest.mark.django_db

LISTED = reverse("reports:reports", args=["swale"])


@pytest.fixture(scope="module")
def made(kept):
    scene = closed_round_scene(now=NOW, slug="swale", publishes_reports=True)
    Membership.objects.filter(user=scene.coordinator).update(releases_reports=True)
    return scene


@pytest.fixture
def report(scene):
    """An issued report in both editions, the public one released."""
    report = ReportFileFactory(report__round=scene.round).report
    page = b'<main class="site-main">For everybody.</main>'
    ReportFileFactory(report=report, edition="public", name="public.html", content=page)
    ReleaseFactory(report=report, released_by=scene.coordinator)
    return report


def at(report):
    return reverse("reports:withdraw", args=["swale", report.pk])


def file_of(report, edition):
    file = report.files.get(edition=edition)
    return reverse("reports:issued_file", args=["swale", file.pk])


def test_a_released_report_is_taken_back_at_once_and_everybody_is_told_why(
    client, scene, report, django_assert_max_num_queries
):
    everybody = [report.public_address, f"{report.public_address}public.html"]
    assert [client.get(address).status_code for address in everybody] == [200, 200]
    client.force_login(scene.coordinator)
    assert at(report) in client.get(report.get_absolute_url()).text
    page = client.get(at(report))
    # It cannot be undone, and looks so.
    assert page.text.count("govuk-button--warning") == 1
    refused = client.post(at(report), Fields(page.text).found | {"reason": " "})
    assert "Say why it is withdrawn" in refused.text
    refused = client.post(at(report), {"reason": "long" * 126})
    assert "long" * 126 in refused.text
    refused = client.post(at(report), {"reason": "Asked for by Roe, Jane."})
    assert "“Roe, Jane” looks like" in refused.text
    assert not Withdrawal.objects.exists()

    with django_assert_max_num_queries(14):
        done = client.post(at(report), {"reason": "It shows the wrong quarter."})

    assert done["Location"] == report.get_absolute_url()
    client.logout()
    gone = [client.get(address) for address in everybody]
    assert [answer.status_code for answer in gone] == [410, 410]
    # Why it was withdrawn may say what should not be known.
    assert "wrong quarter" not in gone[0].text
    client.force_login(scene.member)
    assert client.get(file_of(report, "public")).status_code == 404
    assert client.get(file_of(report, "full")).status_code == 200
    post = str(scene.memberships["coordinator"])
    for address in (report.get_absolute_url(), LISTED):
        said = client.get(address).text
        assert f"by {post}: It shows the wrong quarter." in said
        assert "Withdrawn" in said
    client.force_login(scene.coordinator)
    assert client.get(file_of(report, "public")).status_code == 200
    assert at(report) not in client.get(report.get_absolute_url()).text

    again = client.post(at(report), {"reason": "Once more."})
    assert again.status_code == 422
    assert "It has been withdrawn already." in again.text


def test_the_board_home_and_draft_say_what_became_of_the_last_version(client, scene, report):
    first = WithdrawalFactory(report=report, withdrawn_at=NOW).report
    client.force_login(scene.coordinator)
    pages = [
        reverse("rounds:board", args=["swale", scene.round.pk]),
        reverse("rounds:home", args=["swale"]),
        reverse("reports:report", args=["swale", scene.round.pk]),
    ]

    def said():
        texts = [client.get(page).text for page in pages]
        last = scene.round.issued_reports.latest("version")
        assert all(f'href="{last.get_absolute_url()}"' in text for text in texts)
        return texts

    assert all("withdrawn from the public" in text for text in said())
    assert "Version 1 was withdrawn from the public</strong> on" in said()[2]
    second = IssuedReportFactory(round=scene.round, version=2)
    assert not any("withdrawn" in text for text in said())
    assert "Version 2 was issued</strong> on" in said()[2]
    DestructionFactory(report=second)
    DestructionFactory(report=first, destroyed_at=NOW - timedelta(days=3))
    for text in said()[:2]:
        assert "Its report, version 2, was destroyed" in text
        assert "was issued" not in text
    assert "Version 2 was destroyed</strong> on" in said()[2]
    assert f"{NOW.day} {NOW:%B %Y}. Below is" in said()[2]


def test_where_nothing_is_public_what_is_possible_instead_is_said(client, scene, report):
    never = IssuedReportFactory(round=scene.round, version=2)
    destroyed = IssuedReportFactory(round=scene.round, version=3)
    for made in (ReleaseFactory, DestructionFactory):
        made(report=destroyed)
    client.force_login(scene.coordinator)

    told = client.get(at(never)).text
    assert "It was never released, so there is nothing to take back" in told
    assert reverse("reports:issue", args=["swale", scene.round.pk]) in told
    assert "ask a site administrator to destroy it" in told
    assert "Its files were destroyed." in client.get(at(destroyed)).text

    coordinator = scene.access(scene.coordinator)
    for issued in (never, destroyed):
        with pytest.raises(Refused):
            withdraw_report(report=issued, by=coordinator, now=NOW, reason="Wrong.")
    with pytest.raises(Refused, match="Say why"):
        withdraw_report(report=report, by=coordinator, now=NOW, reason=" ")


def test_only_a_coordinator_who_may_release_withdraws(client, scene, report):
    Membership.objects.update(releases_reports=False)
    client.force_login(scene.coordinator)

    assert at(report) not in client.get(report.get_absolute_url()).text
    assert client.get(at(report)).status_code == 403
    assert client.post(at(report), {"reason": "Wrong."}).status_code == 403
    for person in (scene.coordinator, scene.member):
        with pytest.raises(PermissionDenied):
            withdraw_report(report=report, by=scene.access(person), now=NOW, reason="Wrong.")


def test_the_list_says_who_in_the_post_of_that_day_in_one_query_for_all(
    client, scene, report, django_assert_num_queries
):
    WithdrawalFactory(report=report, withdrawn_by=UserFactory(), reason="Asked for.")
    client.force_login(scene.member)

    with django_assert_num_queries(7):
        said = client.get(LISTED).text

    assert "Withdrawn on 20 October 2023 by a site administrator: Asked for." in said
