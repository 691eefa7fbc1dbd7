"""People who enter figures and lead nothing find on coming in where figures are missing."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rounds.models import Answer, Round
from tests.factories import (
    IndicatorFactory,
    MembershipFactory,
    PriorityIndicatorFactory,
    ReadingFactory,
)
from tests.scenes import accept, open_round_scene, submit, write_all
from tests.writing import address, boxes, fill, words

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def made(kept):
    return open_round_scene()


def enters_figures(scene, **given):
    given = {"post": "Analyst", "loads_figures": True} | given
    return MembershipFactory(partnership=scene.partnership, **given).user


def home(client, scene, user):
    client.force_login(user)
    return client.get(scene.partnership.get_absolute_url())


def figures(scene):
    return scene.answer(Answer.Kind.FIGURES)


def test_they_are_led_to_the_sections_that_miss_figures(client, scene):
    response = home(client, scene, enters_figures(scene))

    page = words(response)
    assert "Figures that are still missing" in page
    assert "Enter figures for Priority 1: Safer streets" in page
    assert "Missing: Reports of damage" in page
    assert "Nothing has been asked of you" not in page
    assert f'href="{address(scene, figures(scene))}"' in response.content.decode()


def test_a_guest_who_enters_figures_is_led_there_too(client, scene):
    assert "Figures that are still missing" in words(
        home(client, scene, enters_figures(scene, guest=True))
    )


@pytest.mark.parametrize("person", ["member", "coordinator", "guest"])
def test_nobody_else_is(client, scene, person):
    assert "are still missing" not in words(home(client, scene, getattr(scene, person)))


def test_a_lead_finds_them_in_the_update_and_not_twice(client, scene):
    membership = scene.memberships["lead"]
    membership.loads_figures = True
    membership.save()

    assert "Figures that are still missing" not in words(home(client, scene, scene.lead))


def test_sections_whose_figures_are_all_in_are_left_out(client, scene):
    ReadingFactory(indicator=scene.indicator)
    ReadingFactory(
        indicator=scene.indicator,
        period_starts_on="2021-10-01",
        period_ends_on="2022-09-30",
    )

    page = words(home(client, scene, enters_figures(scene)))

    assert "are still missing" not in page
    assert "Nothing has been asked of you" in page


def test_nothing_is_wanted_once_it_is_accepted_or_too_late(client, scene):
    user = enters_figures(scene)
    Round.objects.update(
        opened_at=scene.now - timedelta(days=9), closes_at=scene.now - timedelta(hours=1)
    )
    assert "are still missing" not in words(home(client, scene, user))

    Round.objects.update(closes_at=scene.now + timedelta(days=9))
    assert "are still missing" in words(home(client, scene, user))
    write_all(scene)
    submit(scene)
    accept(scene)
    assert "are still missing" not in words(home(client, scene, user))


def test_no_figures_of_another_partnership_are_wanted(client, scene):
    open_round_scene(name="Example Vale")

    assert words(home(client, scene, enters_figures(scene))).count("Enter figures for") == 1


def test_the_queries_are_the_same_however_much_is_missing(client):
    counts = []
    for many in (1, 30):
        scene = open_round_scene(actions=many)
        PriorityIndicatorFactory.create_batch(many, priority=scene.priority)
        user = enters_figures(scene)
        client.force_login(user)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(scene.partnership.get_absolute_url()).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 12


@pytest.mark.parametrize("kind", ["member", "guest"])
def test_who_supplies_a_figure_is_led_to_it_and_to_no_other(client, scene, kind):
    membership = MembershipFactory(partnership=scene.partnership, post="Analyst", **{kind: True})
    scene.indicator.supplier = membership
    scene.indicator.save()
    other = IndicatorFactory(partnership=scene.partnership, name="Reports to somebody else")
    PriorityIndicatorFactory(priority=scene.priority, indicator=other)
    where = address(scene, figures(scene))

    page = words(home(client, scene, membership.user))
    assert "Missing: Reports of damage" in page
    assert "somebody else" not in page
    assert "Nothing has been asked of you" not in page
    section = client.get(where)
    assert "Reports of damage" in words(section)
    assert "somebody else" not in words(section)
    typed = {"value": "7", "source": "Streets Group"}
    own = [name for name in boxes(section) if name.startswith(f"{scene.indicator.pk}-")]
    values = {name: typed[name.rpartition("-")[2]] for name in own}
    assert fill(client, where, **values).status_code == 302
    entries = figures(scene).figure_entries
    assert set(entries.values_list("indicator", "value")) == {(scene.indicator.pk, 7)}
    for hidden in ("answer_changes", "read", "answer_publication"):
        assert client.get(address(scene, figures(scene), hidden)).status_code in (403, 404)
    assert client.get(scene.update.get_absolute_url()).status_code == 404

    scene.indicator.supplier = None
    scene.indicator.save()
    assert client.get(where).status_code == 404
