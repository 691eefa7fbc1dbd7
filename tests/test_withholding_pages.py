"""Marking something as not for publication, taking that back, and the preview of what is left."""

import pytest
from django.urls import reverse

from actions.models import Action
from partnerships.models import Marking
from performance.models import Indicator
from priorities.models import Plan
from rounds.models import Answer, Round
from tests.factories import NOW
from tests.reporting import tell
from tests.scenes import open_round_scene
from tests.writing import fill, words

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def made(kept):
    return open_round_scene(now=NOW)


@pytest.fixture
def scene(client, scene):
    client.force_login(scene.coordinator)
    return scene


def subjects(scene):
    """Each thing that can be withheld: its page, its model, and its two fields."""
    answer = scene.action_answers[0]
    return {
        "rounds:answer_publication": (answer, "is_withheld", "withheld_reason"),
        "rounds:title_publication": (
            scene.actions[0],
            "title_is_withheld",
            "title_withheld_reason",
        ),
        "rounds:recommendations_publication": (
            scene.round,
            "recommendations_are_withheld",
            "recommendations_withheld_reason",
        ),
        "performance:publication": (scene.indicator, "is_withheld", "withheld_reason"),
    }


def stored(row, *fields):
    saved = type(row).objects.get(pk=row.pk)
    return tuple(getattr(saved, field) for field in fields)


PAGES = (
    "rounds:answer_publication",
    "rounds:title_publication",
    "rounds:recommendations_publication",
    "performance:publication",
)


@pytest.mark.parametrize("name", PAGES)
def test_it_is_withheld_with_a_reason_and_published_again(client, scene, name):
    row, flag, why = subjects(scene)[name]
    page = reverse(name, args=[scene.partnership.slug, row.pk])

    nothing = client.post(page, {"reason": " ", "was": ""})
    assert nothing.status_code == 422
    assert "Say why it is not for publication" in nothing.text
    assert stored(row, flag, why) == (False, "")

    done = client.post(page, {"reason": "Names a family.", "was": ""}, follow=True)
    assert done.status_code == 200
    assert "is not for publication." in done.text
    assert stored(row, flag, why) == (True, "Names a family.")
    assert type(row).history.filter(id=row.pk).first().history_user == scene.coordinator

    stale = client.post(page, {"reason": "Another.", "was": ""})
    assert stale.status_code == 409
    assert "Names a family." in stale.text
    assert "Another." in stale.text
    assert stored(row, why) == ("Names a family.",)

    client.post(page, {"publish": "yes", "was": "Names a family."})
    assert stored(row, flag, why) == (False, "")


def test_the_page_of_a_figure_leads_coordinators_there_and_says_why_to_nobody_else(client, scene):
    page = scene.indicator.get_absolute_url()
    there = reverse("performance:publication", args=[scene.partnership.slug, scene.indicator.pk])
    assert f'href="{there}">Do not publish it<' in client.get(page).text

    client.post(there, {"reason": "Names a family.", "was": ""})
    for person in (scene.coordinator, scene.administrator):
        client.force_login(person)
        told = client.get(page).text
        assert "Names a family." in told
        assert f'href="{there}">Not for publication: change or take back<' in told
    client.force_login(scene.member)
    assert "Names a family." not in client.get(page).text
    assert there not in client.get(page).text


def test_a_lead_withholds_an_answer_until_it_is_accepted(client, scene, time_machine):
    time_machine.move_to(NOW, tick=False)
    answer = scene.action_answers[0]
    client.force_login(scene.lead)
    page = reverse("rounds:answer_publication", args=[scene.partnership.slug, answer.pk])
    section = reverse("rounds:answer", args=[scene.partnership.slug, answer.pk])
    saved = fill(client, section, "publication", response="written", text="Half a sentence")
    assert saved.url == page
    assert "Half a sentence" in stored(answer, "text")[0]

    done = client.post(page, {"reason": "Names a family.", "was": ""}, follow=True)
    assert "Names a family." in done.text
    assert stored(answer, "is_withheld") == (True,)

    Answer.objects.filter(pk=answer.pk).update(state="accepted", submitted_at=NOW, accepted_at=NOW)
    refused = client.post(page, {"publish": "yes", "was": "Names a family."}, follow=True)
    assert "The coordinator has accepted this answer" in refused.text
    assert stored(answer, "is_withheld") == (True,)


def test_the_preview_lists_what_is_left_out_and_why_and_the_edition_does_not(client, scene):
    tell(scene.round, "1.1", "red", is_withheld=True, withheld_reason="Names a family.")
    tell(scene.round, "1.2", marking=Marking.SENSITIVE)
    Action.objects.filter(reference="1.3").update(
        title_is_withheld=True, title_withheld_reason="Names a street."
    )
    Indicator.objects.update(is_withheld=True, withheld_reason="Not ours.")
    Round.objects.update(
        recommendations_are_withheld=True, recommendations_withheld_reason="Too soon."
    )

    page = client.get(reverse("reports:public", args=[scene.partnership.slug, scene.round.pk]))

    above, edition = page.text.split('<article class="report')
    for said in ("Names a family.", "Names a street.", "Not ours.", "Too soon.", "Marked OFFICIAL"):
        assert said in above, said
        assert said not in edition, said
    assert "Title of action 1.3" in above
    assert "Title of action 1.3" not in edition
    # In the legend alone.
    assert edition.count("rag--red") == 1


def test_a_preview_with_nothing_to_hide_says_so(client, scene):
    page = client.get(reverse("reports:public", args=[scene.partnership.slug, scene.round.pk]))

    assert "No answer, title or figure is withheld, and no number in the tables is small." in words(
        page
    )


def test_the_public_files_are_named_as_such(client, scene):
    address = reverse("reports:report_file", args=[scene.partnership.slug, scene.round.pk, "docx"])

    file = client.get(address, {"edition": "public"})

    assert file["Content-Disposition"].endswith('-public-draft.docx"')
    assert client.get(address, {"edition": "secret"}).status_code == 404


def test_a_sensitive_plan_has_no_preview(client, scene):
    Plan.objects.update(marking=Marking.SENSITIVE)
    args = [scene.partnership.slug, scene.round.pk]

    page = client.get(reverse("reports:public", args=args), follow=True)

    assert "have no public edition" in page.text
    assert reverse("reports:public", args=args) not in page.text


def test_the_queries_of_the_preview_do_not_grow_with_what_is_withheld(
    client, scene, django_assert_max_num_queries
):
    Answer.objects.update(is_withheld=True, withheld_reason="-")
    with django_assert_max_num_queries(26):
        client.get(reverse("reports:public", args=[scene.partnership.slug, scene.round.pk]))
