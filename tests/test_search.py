"""Search: what the words find, within the rights of who looks, and what matched."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from partnerships.models import Marking
from performance.models import IndicatorAlias
from search.words import excerpt, words_of
from tests.factories import ActionFactory, MembershipFactory, MilestoneFactory
from tests.scenes import accept, close, open_round_scene, submit, write, write_all
from tests.writing import words

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def made(kept):
    return open_round_scene(slug="swale")


def find(client, scene, query, by="member", **more):
    client.force_login(getattr(scene, by) if isinstance(by, str) else by)
    address = reverse("search:search", args=[scene.partnership.slug])
    response = client.get(address, {"q": query} | more)
    assert response.status_code == 200
    return response


def said(client, scene, query, by="member", **more):
    return words(find(client, scene, query, by, **more))


def test_an_action_is_found_by_its_words_and_the_words_are_marked(client, scene):
    page = find(client, scene, "TITLE 1.2")

    assert "Actions (1)" in words(page)
    assert "<mark>Title</mark> of action <mark>1.2</mark>" in page.text
    assert "Title of action 1.3" not in words(page)


def test_an_action_is_found_by_its_reference_milestone_outcome_and_lead(client, scene):
    action = scene.actions[1]
    action.desired_outcome, action.lead_text = "Fewer victims", "VAWC Group"
    action.save()
    MilestoneFactory(action=action, title="Mapping exercise")

    for query in ("1.2", "mapping", "fewer victims", "vawc"):
        assert "Title of action 1.2" in said(client, scene, query), query


def test_every_word_must_be_found_and_words_in_quotation_marks_stand_together(client, scene):
    assert "Title of action 1.1" in said(client, scene, "1.1 title")
    assert "Title of action 1.1" in said(client, scene, "“title of action 1.1”")
    assert "Nothing was found" in said(client, scene, '"1.1 title"')
    assert "Nothing was found" in said(client, scene, "title zebra")


def test_an_update_is_found_by_its_text_and_not_by_its_markup(client, scene):
    write(scene, scene.action_answers[0], "<p>Six <strong>patrols</strong> &amp; a stall</p>")

    assert "Updates (1)" in said(client, scene, "six patrols", by="lead")
    assert "Updates (1)" in said(client, scene, '"& a stall"', by="lead")
    for markup in ("strong", "<p>", "&amp;", "amp"):
        assert "Updates" not in said(client, scene, markup, by="lead"), markup


def test_an_update_is_found_only_by_those_who_may_read_it(client, scene):
    write_all(scene)
    write(scene, scene.action_answers[0], "<p>Six patrols.</p>")
    assert "patrols" in said(client, scene, "patrols", by="lead")
    assert "Updates (1)" in said(client, scene, "patrols", by="coordinator")
    assert "Nothing was found" in said(client, scene, "patrols")

    submit(scene)
    accept(scene)
    assert "Nothing was found" in said(client, scene, "patrols")
    close(scene)
    assert "Updates (1)" in said(client, scene, "patrols")


def test_what_is_sensitive_is_found_only_with_that_grant(client, scene):
    write_all(scene)
    write(scene, scene.action_answers[0], "<p>Six patrols.</p>", marking=Marking.SENSITIVE)
    submit(scene)
    accept(scene)
    close(scene)
    scene.indicator.marking = Marking.SENSITIVE
    scene.indicator.save()
    reader = MembershipFactory(partnership=scene.partnership, reads_sensitive=True).user

    for query in ("patrols", "damage"):
        assert "Nothing was found" in said(client, scene, query)
        assert "Nothing was found" not in said(client, scene, query, by=reader)


def test_nothing_of_another_partnership_is_found(client, scene):
    ActionFactory(title="Elsewhere under the bridge")

    assert "Nothing was found" in said(client, scene, "bridge", by="coordinator")


def test_a_figure_is_found_by_its_name_definition_and_earlier_name(client, scene):
    scene.indicator.definition = "Windows and bus shelters"
    scene.indicator.save()
    IndicatorAlias.objects.create(
        partnership=scene.partnership, indicator=scene.indicator, name="Broken glass"
    )

    for query in ("reports of damage", "shelters", "glass"):
        assert "Figures (1)" in said(client, scene, query), query


def test_a_name_and_an_email_address_are_found_by_those_who_keep_people_alone(client, scene):
    scene.lead.full_name = "Alex Example"
    scene.lead.save()

    assert "Strategic lead" in said(client, scene, "strategic")
    assert "Alex" not in said(client, scene, "strategic")
    assert "Nothing was found" in said(client, scene, "alex")
    assert "Nothing was found" in said(client, scene, scene.lead.email)
    for by in ("administrator", "coordinator"):
        assert "People (1)" in said(client, scene, "alex", by=by)


def test_many_are_shown_first_in_part_then_in_pages(client, scene):
    for number in range(25):
        ActionFactory(priority=scene.priority, reference="", title=f"Lantern {number}.")

    first = said(client, scene, "lantern")
    assert "Actions (25)" in first
    assert "All 25" in first
    assert first.count("Title:") == 5
    one_kind = find(client, scene, "lantern", kind="actions", page="2")
    assert words(one_kind).count("Title:") == 5
    assert "Page 2 of 2" in words(one_kind)
    assert 'value="lantern"' in one_kind.text


@pytest.mark.parametrize("query", ["", " ", "a", "%", "_", "“”"])
def test_too_little_to_look_for_finds_nothing_and_says_so(client, scene, query):
    page = said(client, scene, query)

    assert "(" not in page.partition("Search")[2].partition("To find actions")[0]
    assert ("at least 2 letters" in page) == bool(query.strip())


def test_signs_that_databases_know_are_looked_for_as_they_are(client, scene):
    scene.actions[0].title = "Reach 100% of schools"
    scene.actions[0].save()

    assert "Actions (1)" in said(client, scene, "100%")
    assert "Nothing was found" in said(client, scene, "1_0%")


def test_what_was_looked_for_is_shown_as_text(client, scene):
    page = find(client, scene, "<script>alert(1)</script>")

    assert "<script>alert" not in page.text
    assert "&lt;script&gt;" in page.text


def test_the_queries_are_few_and_the_same_for_many_rows(client):
    counts = []
    for actions in (3, 30):
        scene = open_round_scene(actions=actions)
        write_all(scene)
        find(client, scene, "title", by="coordinator")
        with CaptureQueriesContext(connection) as taken:
            find(client, scene, "title", by="coordinator")
        counts.append(len([each for each in taken if "SAVEPOINT" not in each["sql"]]))

    # Signing in anew costs the test some of these.
    assert counts[0] == counts[1]
    assert counts[0] <= 16


def test_words_are_cut_from_what_was_typed():
    assert words_of('one "two three" x four') == ["one", "two three", "four"]
    assert words_of("  ") == []


def test_an_excerpt_is_of_whole_words_around_the_first_match():
    text = "start " * 30 + "needle " + "end " * 60

    pieces = excerpt(text, ["needle"])

    assert [piece.text for piece in pieces if piece.is_found] == ["needle"]
    whole = "".join(piece.text for piece in pieces)
    assert whole.startswith("… start")
    assert whole.endswith("end …")
    assert len(whole) < 220
    assert excerpt(text, ["zebra"]) == []
