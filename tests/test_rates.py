"""Return rates: what was asked of each organisation, and answered in time, late or not at all."""

import csv
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rounds.models import Answer
from rounds.services import close_round, open_round
from tests.factories import (
    NOW,
    ActionFactory,
    MembershipFactory,
    OrganisationFactory,
    PriorityFactory,
    PriorityLeadFactory,
    RoundFactory,
)
from tests.scenes import close, give_back, open_round_scene, submit, write
from tests.writing import address, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def scene(clock):
    """The police lead one priority with seven sections, housing another with three."""
    scene = open_round_scene(now=NOW, opened=False)
    police, housing = (
        OrganisationFactory(partnership=scene.partnership, name=name)
        for name in ("Kent Police", "=Housing")
    )
    for name in ("lead", "deputy"):
        scene.memberships[name].organisation = police if name == "lead" else housing
        scene.memberships[name].save()
    other = PriorityFactory(plan=scene.plan, reference="2", title="Homes", order=15)
    ActionFactory(priority=other, reference="2.1")
    PriorityLeadFactory(
        priority=other,
        membership=MembershipFactory(
            partnership=scene.partnership, member=True, organisation=housing
        ),
    )
    open_round(round=scene.round, by=scene.coordinator, now=NOW)
    scene.round.refresh_from_db()
    return scene


def page(client, scene, round=None):
    client.force_login(scene.coordinator)
    return client.get(address(scene, round or scene.round, "rates"))


def rows(response):
    """By organisation: asked, in time, late, nothing, given, in each round."""
    found = response.context["rates"]
    return {
        name: [(r.asked, r.in_time, r.late, r.nothing, r.given) for _, r in row]
        for name, row in [*found.rows, ("all", found.all)]
    }


def test_each_organisation_is_counted_by_when_it_first_sent_and_silence_is_seen(
    client, scene, clock
):
    first, again, gone, *_ = scene.action_answers
    for answer in (first, again, gone):
        write(scene, answer)
    submit(scene)
    late = scene.round.due_on - NOW.date() + timedelta(days=1)
    give_back(scene, again)
    give_back(scene, gone)
    clock.shift(late)
    scene.now = NOW + late
    again.refresh_from_db()
    write(scene, again)
    write(scene, scene.answer(Answer.Kind.GROUP))
    submit(scene)
    client.force_login(scene.coordinator)
    issues = scene.answer(Answer.Kind.KEY_ISSUES)
    client.post(address(scene, issues, "quick"), {"response": "verbal", "version": 0})
    close(scene)

    shown = page(client, scene)

    # Two in time, one of them sent again; two late, one given; one returned and three untouched.
    assert rows(shown) == {
        "Kent Police": [(7, 2, 2, 3, 1)],
        "=Housing": [(3, 0, 0, 3, 0)],
        "all": [(10, 2, 2, 6, 1)],
    }
    said = words(shown)
    assert (
        "Kent Police 4 of 7 answered 2 in time, 2 late, 3 without an answer; 1 given for them"
        in said
    )
    assert "=Housing Nothing of 3" in said
    file = client.get(address(scene, scene.round, "rates")[:-1] + ".csv")
    read = list(csv.reader(StringIO(file.content.decode("utf-8-sig"))))
    assert ["Q2 2023/24", "'=Housing", "3", "0", "0", "3", "0"] in read


def test_a_round_keeps_the_organisations_of_its_day_and_the_last_four_are_shown(
    client, scene, clock
):
    close(scene)
    for name in ("lead", "deputy"):
        scene.memberships[name].organisation = None
        scene.memberships[name].save()
    rounds = []
    for number in range(4):
        start = scene.round.period_ends_on + timedelta(days=1 + 10 * number)
        round = RoundFactory(
            plan=scene.plan,
            label=f"Round {number}",
            short_label=f"R{number}",
            slug=f"r{number}",
            period_starts_on=start,
            period_ends_on=start + timedelta(days=9),
        )
        open_round(round=round, by=scene.coordinator, now=NOW)
        if number < 3:
            close_round(round=round, now=NOW)
        rounds.append(round)

    labels = page(client, scene, rounds[2]).context["rates"].labels
    assert labels == ["Q2 2023/24", "R0 2023/24", "R1 2023/24", "R2 2023/24"]
    found = rows(page(client, scene, rounds[2]))
    assert found["Kent Police"] == [(7, 0, 0, 7, 0)] + [(0, 0, 0, 0, 0)] * 3
    assert found[scene.update.lead_text][0] == (0, 0, 0, 0, 0)
    assert found[scene.update.lead_text][1] == (7, 0, 0, 7, 0)
    with CaptureQueriesContext(connection) as asked:
        last = client.get(address(scene, rounds[3], "rates"))
    assert "R3 2023/24 so far" in words(last)
    assert len(asked) <= 12
