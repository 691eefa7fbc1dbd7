"""In public, no small number can be worked out from a total and its other parts."""

import json
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from partnerships.models import Marking, Membership, Partnership
from partnerships.quarters import add_months
from performance.models import Indicator, PriorityIndicator, Reading
from reports.as_json import content_of
from reports.content import build_report
from reports.editions import Edition
from reports.models import ReportFile
from reports.priority import NOT_PUBLISHED
from reports.services.releasing import public_page_of
from reports.small_numbers import NOT_SHOWN
from reports.withheld_list import hidden_in
from rounds.models import Answer, Round
from rounds.services import close_round, open_round
from tests.factories import (
    NOW,
    IndicatorFactory,
    PriorityFactory,
    PriorityIndicatorFactory,
    ReadingFactory,
    ReleaseFactory,
    ReportFileFactory,
    RoundFactory,
)
from tests.pages import send
from tests.scenes import open_round_scene
from tests.writing import words

pytestmark = pytest.mark.django_db

PREVIOUS = {"period_starts_on": date(2021, 10, 1), "period_ends_on": date(2022, 9, 30)}
FIGURES = {
    "All reports": (194, 129),
    "Reports of damage": (60, 3),
    "Reports of noise": (44, 30),
    "Reports of litter": (90, 96),
}


@pytest.fixture(scope="module")
def scene(kept):
    """A total under one priority, and its three parts under another; one of them is small."""
    scene = open_round_scene(now=NOW, slug="swale", opened=False)
    second = PriorityFactory(plan=scene.plan, reference="2", title="Cleaner streets", order=11)
    total = IndicatorFactory(partnership=scene.partnership, name="All reports")
    PriorityIndicatorFactory(priority=second, indicator=total)
    scene.indicator.part_of = total
    scene.indicator.save()
    for name in ("Reports of noise", "Reports of litter"):
        part = IndicatorFactory(partnership=scene.partnership, name=name, part_of=total)
        PriorityIndicatorFactory(priority=scene.priority, indicator=part)
    for name, (previous, current) in FIGURES.items():
        indicator = Indicator.objects.get(name=name)
        ReadingFactory(indicator=indicator, value=previous, **PREVIOUS)
        ReadingFactory(indicator=indicator, value=current)
    open_round(round=scene.round, by=scene.coordinator, now=NOW)
    return scene


def round_of(scene):
    return Round.objects.select_related("plan", "partnership").get(pk=scene.round.pk)


def printed(scene, edition=Edition.PUBLIC):
    """Both years of each figure, as they print."""
    report = build_report(round_of(scene), edition=edition, now=NOW)
    return {
        row.name: (row.previous, row.current)
        for section in report.priorities
        for row in (section.figures.rows if section.figures else ())
    }


def not_shown(scene):
    return {name for name, years in printed(scene).items() if set(years) == {NOT_SHOWN}}


def why(scene):
    """What the coordinator reads beside each figure that is not shown."""
    [found] = [each for each in hidden_in(round_of(scene)) if each.heading == "Small numbers"]
    return {row.what: row.why for row in found.rows}


def set_value(name, current, *, previous=None):
    readings = Reading.objects.filter(indicator__name=name)
    readings.filter(period_ends_on=date(2023, 9, 30)).update(value=current)
    if previous is not None:
        readings.filter(**PREVIOUS).update(value=previous)


def release_earlier(scene, *, ends_on=date(2023, 9, 30), **figures):
    """A released version of the same quarter or of another: both years of figures, and notes."""
    of_round = scene.round
    if ends_on != of_round.period_ends_on:
        of_round = RoundFactory(
            plan=scene.plan,
            slug=f"to-{ends_on}",
            period_starts_on=add_months(ends_on.replace(day=1), -2),
            period_ends_on=ends_on,
        )
    rows = [
        {"indicator": name.replace("_", " "), "previous": previous, "current": current}
        | ({"notes": notes} if notes else {})
        for name, (previous, current, *notes) in figures.items()
    ]
    earlier = ReportFileFactory(
        report__round=of_round,
        edition="public",
        format="json",
        content=json.dumps({"priorities": [{"figures": rows}]}).encode(),
    )
    ReleaseFactory(report=earlier.report)


def tell_in_a_note():
    """Enter last year's litter by month, and another number for its last quarter."""
    litter = Indicator.objects.get(name="Reports of litter")
    for starts_on, ends_on, value in (
        (date(2021, 10, 1), date(2022, 6, 30), 73),
        (date(2022, 7, 1), date(2022, 7, 31), 9),
        (date(2022, 8, 1), date(2022, 9, 30), 8),
        (date(2022, 7, 1), date(2022, 9, 30), 27),
    ):
        ReadingFactory(
            indicator=litter, period_starts_on=starts_on, period_ends_on=ends_on, value=value
        )


def test_the_smallest_other_part_goes_with_a_small_number_and_the_list_says_why(client, scene):
    assert not_shown(scene) == {"Reports of damage", "Reports of noise"}
    assert printed(scene)["All reports"] == ("194", "129")
    assert printed(scene, Edition.FULL) == {
        name: tuple(map(str, years)) for name, years in FIGURES.items()
    }
    client.force_login(scene.coordinator)
    page = words(client.get(reverse("reports:public", args=["swale", scene.round.pk])))
    assert "It would let a hidden number be worked out from “All reports”." in page


def test_a_total_whose_parts_are_not_all_there_hides_no_more_than_it_must(scene):
    set_value("All reports", 329, previous=394)
    assert not_shown(scene) == {"Reports of damage"}

    # Two hundred others, but for last year: there the parts make up the whole.
    set_value("All reports", 329, previous=194)
    assert not_shown(scene) == {"Reports of damage", "Reports of noise"}


def test_the_total_goes_where_no_other_part_is_printed(scene):
    others = Indicator.objects.filter(name__in=("Reports of noise", "Reports of litter"))
    others.update(is_withheld=True, withheld_reason="Not ours to publish.")
    assert not_shown(scene) == {"Reports of damage"}

    others.update(part_of=None)
    set_value("All reports", 3, previous=60)
    assert not_shown(scene) == {"Reports of damage", "All reports"}
    set_value("All reports", 7, previous=60)
    assert why(scene)["All reports"] == "It would let a hidden number be worked out from its parts."


def test_what_is_withheld_does_not_follow_from_its_total_either(scene):
    set_value("Reports of damage", 33)
    set_value("All reports", 159)
    assert not_shown(scene) == set()

    noise = Indicator.objects.filter(name="Reports of noise")
    noise.update(is_withheld=True, withheld_reason="Not ours to publish.")
    assert not_shown(scene) == {"Reports of damage"}
    # So it is where no number is small.
    Partnership.objects.update(small_number_threshold=0)
    assert not_shown(scene) == {"Reports of damage"}
    noise.update(is_withheld=False, marking=Marking.SENSITIVE)
    assert not_shown(scene) == {"Reports of damage"}
    PriorityIndicator.objects.filter(indicator__in=noise).delete()
    assert not_shown(scene) == {"Reports of damage"}
    noise.update(marking=Marking.OFFICIAL)
    assert not_shown(scene) == set()

    section = Answer.objects.filter(kind=Answer.Kind.FIGURES, update__priority=scene.priority)
    section.update(is_withheld=True, withheld_reason="Under discussion.")
    assert not_shown(scene) == set()
    Indicator.objects.filter(name__in=("Reports of noise", "Reports of litter")).update(
        part_of=None
    )
    set_value("All reports", 33, previous=60)
    assert not_shown(scene) == {"All reports"}


def test_a_value_that_a_note_tells_counts_as_well(scene):
    total = Indicator.objects.get(name="All reports")
    set_value("All reports", 129, previous=400)
    for starts_on, ends_on, value in (
        (date(2022, 10, 1), date(2023, 3, 31), 100),
        (date(2023, 4, 1), date(2023, 9, 30), 200),
    ):
        ReadingFactory(
            indicator=total, period_starts_on=starts_on, period_ends_on=ends_on, value=value
        )

    assert printed(scene)["All reports"] == ("400", "300")
    assert not_shown(scene) == {"Reports of damage", "Reports of noise"}


def test_a_note_of_last_years_quarter_does_not_tell_this_years(scene):
    # A year to June of 110 leaves 3 for the quarter that is not in it.
    tell_in_a_note()
    Indicator.objects.update(part_of=None)
    assert not_shown(scene) == {"Reports of damage"}

    release_earlier(scene, ends_on=date(2023, 6, 30), Reports_of_litter=("80", "110"))

    assert not_shown(scene) == {"Reports of damage", "Reports of litter"}
    assert why(scene)["Reports of litter"] == (
        "Beside an earlier public version it would give away a hidden number."
    )


def test_what_a_note_told_in_an_earlier_version_counts_as_well(scene):
    Indicator.objects.update(part_of=None)
    tell_in_a_note()
    report = build_report(round_of(scene), edition=Edition.PUBLIC, now=NOW)
    told = {
        figure["indicator"]: figure.get("notes")
        for section in content_of(report)["priorities"]
        for figure in section["figures"]
    }
    quarter = {"from": "2022-07-01", "until": "2022-09-30", "added": "17", "entered": "27"}
    assert told == dict.fromkeys(FIGURES) | {"Reports of litter": [quarter]}
    Reading.objects.exclude(period_starts_on__month=10).delete()
    Reading.objects.filter(period_ends_on=date(2022, 6, 30)).delete()

    # A year to June of 110 then leaves 3 for this year's quarter.
    release_earlier(scene, ends_on=date(2023, 6, 30), Reports_of_litter=("80", "110"))
    assert not_shown(scene) == {"Reports of damage"}
    release_earlier(scene, ends_on=date(2023, 3, 31), Reports_of_litter=("75", "99", quarter))
    assert not_shown(scene) == {"Reports of damage", "Reports of litter"}


def test_what_earlier_versions_show_and_hide_of_the_same_years_counts(scene):
    # The smallest other part was published already: the next one goes.
    release_earlier(scene, Reports_of_noise=("44", "30"))
    assert not_shown(scene) == {"Reports of damage", "Reports of litter"}
    # Now all else of the current year was too: that can hide the year before, and no more.
    release_earlier(
        scene, ends_on=date(2024, 9, 30), All_reports=("129", "200"), Reports_of_litter=("96", "90")
    )
    assert not_shown(scene) == {"Reports of damage", "Reports of litter"}
    assert (
        "An earlier public version already gives the number away."
        in (why(scene)["Reports of damage"])
    )


def test_a_number_that_an_earlier_report_hid_stays_hidden_beside_its_total(scene):
    set_value("Reports of damage", 43)
    set_value("All reports", 169)
    assert not_shown(scene) == set()
    Indicator.objects.get(name="Reports of damage").priority_indicators.all().delete()
    assert not_shown(scene) == set()

    release_earlier(scene, ends_on=date(2024, 9, 30), Reports_of_damage=(NOT_SHOWN, NOT_SHOWN))

    assert not_shown(scene) == {"Reports of noise"}


def test_nothing_hidden_follows_from_a_version_and_its_correction(client, scene):
    Membership.objects.filter(user=scene.coordinator).update(releases_reports=True)
    client.force_login(scene.coordinator)
    close_round(round=round_of(scene), now=NOW)
    release(client, issue_next_version(client, scene))
    # Beside the old total and the other parts it would tell the small number that was hidden.
    correct(client, "Reports of damage", 33)
    correct(client, "All reports", 159)

    assert why(scene) == dict.fromkeys(
        ("Reports of damage", "Reports of noise"),
        "Beside an earlier public version it would let a hidden number be worked out from "
        "“All reports”.",
    )
    release(client, issue_next_version(client, scene, reason="Damage was counted anew."))

    versions = [
        {
            row["indicator"]: row["current"]
            for part in version["priorities"]
            for row in part["figures"]
        }
        for version in public_versions(scene)
    ]
    hidden = {"Reports of damage": NOT_SHOWN, "Reports of noise": NOT_SHOWN}
    assert versions == [
        hidden | {"All reports": "129", "Reports of litter": "96"},
        hidden | {"All reports": "159", "Reports of litter": "96"},
    ]


def test_the_old_number_of_a_figure_that_is_not_for_publication_stays_hidden_too(client, scene):
    noise = Indicator.objects.filter(name="Reports of noise")
    noise.update(marking=Marking.SENSITIVE)
    set_value("Reports of damage", 33)
    set_value("All reports", 159, previous=394)
    Membership.objects.filter(user=scene.coordinator).update(releases_reports=True)
    client.force_login(scene.coordinator)
    close_round(round=round_of(scene), now=NOW)
    assert not_shown(scene) == {"Reports of damage"}
    release(client, issue_next_version(client, scene))
    # Now litter is the smallest part. But then damage would tell what noise was.
    for name, value in (("litter", 16), ("noise", 50)):
        set_value(f"Reports of {name}", value)
    set_value("All reports", 99)

    assert not_shown(scene) == {"Reports of damage"}


# Rates and percentages that are worked out from counts ------------------------------------------


RATES = {"damage": ("0.6", "0.03"), "noise": ("4.4%", "3%"), "litter": ("0.9", "0.96")}


@pytest.fixture
def rates(scene):
    """One of each part; that of noise is a percentage."""
    for name, values in RATES.items():
        rate = IndicatorFactory(
            partnership=scene.partnership,
            name=f"Rate of {name}",
            kind="percentage" if name == "noise" else "rate",
            worked_out_from=Indicator.objects.get(name=f"Reports of {name}"),
        )
        PriorityIndicatorFactory(priority=scene.priority, indicator=rate)
        previous, current = (each.removesuffix("%") for each in values)
        ReadingFactory(indicator=rate, value=previous, **PREVIOUS)
        ReadingFactory(indicator=rate, value=current)


def printed_rates(scene, edition=Edition.PUBLIC):
    found = printed(scene, edition)
    return {name: found[f"Rate of {name}"] for name in RATES}


HIDDEN = (NOT_SHOWN, NOT_SHOWN)
WITHHELD = (NOT_PUBLISHED, NOT_PUBLISHED)


def test_a_rate_is_hidden_with_the_count_it_is_worked_out_from(scene, rates):
    assert printed_rates(scene, Edition.FULL) == RATES
    assert printed_rates(scene) == RATES | {"damage": HIDDEN, "noise": HIDDEN}
    assert printed(scene)["Reports of litter"] == ("90", "96")
    for name in ("damage", "noise"):
        said = why(scene)[f"Rate of {name}"]
        assert said == f"It is worked out from “Reports of {name}”, which is not shown."

    # So it is where the count itself is not in the report: the rate tells its number.
    counts = Indicator.objects.filter(name__startswith="Reports of")
    PriorityIndicator.objects.filter(indicator__in=counts).delete()
    assert printed_rates(scene) == RATES | {"damage": HIDDEN, "noise": HIDDEN}
    Indicator.objects.update(worked_out_from=None)
    assert printed_rates(scene) == RATES


@pytest.mark.parametrize("so", [{"marking": Marking.SENSITIVE}, {"is_withheld": True}])
def test_a_rate_is_withheld_with_its_count_and_nobody_reads_why(scene, rates, so):
    Indicator.objects.update(part_of=None)
    litter = Indicator.objects.filter(name="Reports of litter")
    litter.update(**so, withheld_reason="A reason that is not for everybody.")

    assert printed_rates(scene) == RATES | {"damage": HIDDEN, "litter": WITHHELD}
    [figures] = [each for each in hidden_in(round_of(scene)) if each.heading == "Figures"]
    assert {row.what: row.why for row in figures.rows}["Rate of litter"] == (
        "It is worked out from “Reports of litter”, which is not published."
    )


def test_a_rate_in_an_earlier_version_gives_its_count_away(scene, rates):
    Indicator.objects.update(part_of=None)
    assert printed_rates(scene) == RATES | {"damage": HIDDEN}
    given_away = "An earlier public version already gives"
    assert given_away not in why(scene)["Rate of damage"]

    release_earlier(scene, ends_on=date(2024, 9, 30), Rate_of_damage=("not yet received",) * 2)
    assert given_away not in why(scene)["Rate of damage"]
    release_earlier(scene, ends_on=date(2022, 9, 30), Rate_of_damage=("0.5", "0.6"))
    assert f"{given_away} that number away." in why(scene)["Rate of damage"]
    assert f"{given_away} the number away." in why(scene)["Reports of damage"]
    PriorityIndicator.objects.filter(indicator__name="Reports of damage").delete()
    assert f"{given_away} that number away." in why(scene)["Rate of damage"]


def test_a_rate_in_an_earlier_version_is_read_beside_totals(scene, rates):
    # As if noise had been published: to hide it again would hide nothing.
    release_earlier(scene, Rate_of_noise=("4.4%", "3%"))

    assert not_shown(scene) == {
        f"{what} of {name}" for what in ("Rate", "Reports") for name in ("damage", "litter")
    }


def test_a_version_is_not_released_whose_numbers_tell_what_it_hides(client, scene):
    Membership.objects.filter(user=scene.coordinator).update(releases_reports=True)
    client.force_login(scene.coordinator)
    close_round(round=round_of(scene), now=NOW)
    report = issue_next_version(client, scene)
    # What it hides is corrected, and another report has been released with the part beside it.
    correct(client, "Reports of damage", 33)
    correct(client, "All reports", 159)
    assert not_shown(scene) == set()
    release_earlier(scene, ends_on=date(2024, 9, 30), Reports_of_noise=("30", "80"))

    page = release(client, report)

    assert (page.status_code, public_versions(scene)[1:]) == (422, [])
    assert "a small number, since it was issued: “Reports of litter”." in words(page)


def issue_next_version(client, scene, **reason):
    """Issue the report as it stands."""
    send(client, reverse("reports:issue", args=["swale", scene.round.pk]), reason)
    return scene.round.issued_reports.latest("version")


def release(client, report):
    where = reverse("reports:release", args=["swale", report.pk])
    return send(client, where, {"has_read": "on", "looked_at": public_page_of(report).sha256})


def correct(client, name, value):
    reading = Reading.objects.current().get(indicator__name=name, period_ends_on=date(2023, 9, 30))
    where = reverse("performance:correct", args=["swale", reading.pk])
    send(client, where, {"value": str(value), "reason": "Counted anew."})


def public_versions(scene):
    """What everybody can read, version by version."""
    files = ReportFile.objects.filter(
        report__release__isnull=False, edition="public", format="json"
    )
    return [json.loads(bytes(file.content)) for file in files.order_by("report__version")]


def test_relations_cost_one_query_more_however_many_figures_there_are(scene):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            build_report(round_of(scene), edition=Edition.PUBLIC, now=NOW)
        return len(captured)

    with_parts = queries()
    IndicatorFactory.create_batch(
        3, partnership=scene.partnership, part_of=Indicator.objects.get(name="All reports")
    )
    assert queries() == with_parts + 1
    Indicator.objects.update(part_of=None)
    assert queries() == with_parts


def test_a_total_that_is_less_than_its_parts_is_told_before_it_is_issued(client, scene):
    client.force_login(scene.coordinator)
    check = reverse("reports:remarks", args=["swale", scene.round.pk])
    assert "no total is less than its parts" in words(client.get(check))

    set_value("All reports", 128)

    assert (
        "Oct 2022 to Sep 2023: 128 is less than its parts add up to, 129 "
        "(Reports of damage, Reports of noise, Reports of litter)."
    ) in words(client.get(check))
