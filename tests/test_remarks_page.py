"""The page on which a report is looked at once more before it is issued."""

from datetime import date

import pytest
from django.urls import reverse

from reports.remarks import gaps
from rounds.models import Answer, Round
from tests.factories import NOW, PriorityIndicatorFactory, RoundFactory
from tests.reporting import quarter_with_everything, tell, tell_section
from tests.scenes import close, open_round_scene
from tests.writing import words

pytestmark = pytest.mark.django_db

THIRD_QUARTER = {
    "period_starts_on": date(2023, 10, 1),
    "period_ends_on": date(2023, 12, 31),
}


@pytest.fixture(scope="module")
def made(kept):
    return open_round_scene(now=NOW)


def page_of(scene, round=None):
    return reverse("reports:remarks", args=[scene.partnership.slug, (round or scene.round).pk])


def read(client, scene):
    client.force_login(scene.coordinator)
    response = client.get(page_of(scene))
    assert response.status_code == 200
    return response


def said(response, key):
    """What is said of one kind: the section, what is said, and the words concerned."""
    [kind] = [each for each in response.context["kinds"] if each.key == key]
    return [(each.place.section, each.says, each.words) for each in kind.shown]


def test_gaps_are_told_in_the_order_of_the_report_with_where_they_are_mended(client, scene):
    tell(scene.round, "1.1")
    first, second = scene.action_answers[:2]

    response = read(client, scene)

    gaps = said(response, "gaps")
    assert (first.heading, "Was sent and has not been accepted.", "") in gaps
    assert (second.heading, "Prints as “No update received”.", "") in gaps
    assert [section for section, _, _ in gaps].index(first.heading) < [
        section for section, _, _ in gaps
    ].index(second.heading)
    none_written = "None are written: prints as “There are no recommendations.”"
    assert gaps[-1] == ("Recommendations", none_written, "")
    assert f'href="{second.get_absolute_url()}"' in response.text


def test_returned_answers_and_provisional_figures_are_told(client):
    scene = quarter_with_everything()

    response = read(client, scene)

    returned = "Was returned and not sent again: prints as “Returned for revision”."
    assert returned in [says for _, says, _ in said(response, "gaps")]
    figures = said(response, "figures")
    assert [(section, says.partition(" ")[0]) for section, says, _ in figures] == [
        ("Priority 1, Reports of harm", "Provisional")
    ]


def test_figures_that_are_missing_are_told_with_what_is_missing(client, scene):
    [(section, says, _)] = said(read(client, scene), "figures")

    assert section == f"Priority 1, {scene.indicator.name}"
    assert says.startswith("The change is not yet known: ")
    assert "not yet received" in says


def test_a_figure_that_came_after_the_round_had_closed_is_told_as_left_out(client, scene):
    later = PriorityIndicatorFactory(priority=scene.priority, indicator__name="Glass broken")
    assert len(said(read(client, scene), "figures")) == 2
    later.delete()
    close(scene)
    PriorityIndicatorFactory(priority=scene.priority, indicator__name="Doors forced")

    [_, (section, says, _)] = said(read(client, scene), "figures")

    assert (section, says) == ("Priority 1, Doors forced", gaps.ONLY_SINCE)


def test_texts_that_print_are_looked_through_and_drafts_are_not(client, scene):
    text = "<p>Met Mr Bloggs and <em>two victims</em>, <a href='http://a.example/'>see</a> 😀.</p>"
    tell(scene.round, "1.1", "red", text=text, rag_reason="Ring 07700 900123", way_back="None.")
    tell_section(
        scene.round, "key_issues", "<p>Met Ms Unsent</p>", state="draft", submitted_at=None
    )
    Round.objects.update(recommendations="<p>That Dr Bloggs be thanked</p>")
    scene.partnership.report_introduction = "Written by Sgt Bloggs"
    scene.partnership.save()
    heading = scene.action_answers[0].heading

    response = read(client, scene)

    assert said(response, "personal") == [
        ("Introduction", "Looks like a person's name.", "Sgt Bloggs"),
        (heading, "Looks like a person's name.", "Mr Bloggs"),
        (heading, "Looks like a telephone number.", "07700 900123"),
        ("Recommendations", "Looks like a person's name.", "Dr Bloggs"),
    ]
    assert "Recommendations" not in [section for section, *_ in said(response, "gaps")]
    assert [found for *_, found in said(response, "small")] == ["two victims"]
    assert [found for *_, found in said(response, "links")] == ["see"]
    assert [found for *_, found in said(response, "characters")] == ["😀"]
    assert "Met <mark>Mr Bloggs</mark> and two victims" in response.text
    assert "Unsent" not in response.text


def test_titles_are_looked_through_for_personal_data(client, scene):
    Answer.objects.filter(pk=scene.action_answers[0].pk).update(title="Visit Mrs Bloggs")

    assert [found for *_, found in said(read(client, scene), "personal")] == ["Mrs Bloggs"]


def test_a_percentage_is_told_beside_the_computed_one(client):
    scene = quarter_with_everything()
    name = scene.indicator.name
    tell_section(scene.round, "key_issues", f"<p>There was a 21% reduction in {name}.</p>")

    [(section, says, found)] = said(read(client, scene), "percentages")

    assert section == "Priority 1, Key Issues/Emerging Trends"
    assert found == "21%"
    assert says == (f"The text says 21% reduction; the computed change of “{name}” is +12 (+3.0%).")


def test_what_was_typed_cannot_become_part_of_the_page(client, scene):
    evil = "<script>alert(1)</script>"
    tell(scene.round, "1.1", "red", rag_reason=f"{evil} Mr Bloggs {evil}", way_back="None.")
    Answer.objects.update(title=evil)

    page = read(client, scene).text

    assert "&lt;script&gt;alert(1)&lt;/script&gt; <mark>Mr Bloggs</mark>" in page
    assert evil not in page


def test_where_nothing_is_found_the_page_says_so(client, scene):
    Answer.objects.update(state="accepted", response="nothing", submitted_at=NOW, accepted_at=NOW)
    Round.objects.update(recommendations="<p>That the Executive notes this report.</p>")

    page = words(read(client, scene))

    for nothing in (
        "Every section was answered and accepted, and there are recommendations.",
        "No percentage in a text differs from the computed figures.",
        "Nothing found that looks like personal data.",
        "No small number found that seems to count people.",
        "No link stands out.",
        "Every character can be printed.",
    ):
        assert nothing in page


def test_more_of_a_kind_than_can_be_read_is_counted(client, scene):
    tell(scene.round, "1.1", text="<p>Met Mr Bloggs.</p>" * 130)

    response = read(client, scene)

    assert len(said(response, "personal")) == 100
    assert "Personal data (130)" in response.text
    assert "And 30 more of this kind." in words(response)


def test_what_is_mended_in_the_settings_leads_there_who_may_change_them(client, scene):
    scene.partnership.report_standing_text = "Ask Mr Bloggs"
    scene.partnership.save()
    settings = reverse("administration:settings_reports", args=[scene.partnership.slug])

    page = read(client, scene).text

    assert "An administrator changes it in the settings." in page
    assert settings not in page


def test_a_planned_round_has_nothing_to_check(client, scene):
    planned = RoundFactory(plan=scene.plan, slug="q3", **THIRD_QUARTER)
    client.force_login(scene.coordinator)

    response = client.get(page_of(scene, planned))

    assert response.status_code == 404


def test_the_queries_do_not_grow_with_the_report(client, django_assert_num_queries):
    scene = quarter_with_everything()
    client.force_login(scene.coordinator)

    with django_assert_num_queries(11):
        client.get(page_of(scene))
