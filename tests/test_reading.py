"""The coordinator's pages of one answer, and the recommendations: reading, returning, writing."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from partnerships.quarters import Period
from performance.models import Reading
from rounds.models import Answer, Rag
from rounds.services import Figure, open_round
from tests.factories import MilestoneFactory, RoundFactory
from tests.scenes import close, closed_round_scene, open_round_scene, submit, write, write_all

pytestmark = pytest.mark.django_db
State = Answer.State


@pytest.fixture(scope="module")
def made(kept):
    return open_round_scene()


@pytest.fixture
def scene(client, scene):
    client.force_login(scene.coordinator)
    return scene


def address(scene, name, number=None):
    return reverse(f"rounds:{name}", args=[scene.partnership.slug, number or scene.round.pk])


def words(response):
    return " ".join(response.content.decode().split())


# Reading and returning ----------------------------------------------------------------


def test_an_answer_is_read_in_full_with_who_wrote_it(client, scene):
    answer = scene.action_answers[0]
    done, _ = (
        MilestoneFactory(action=answer.action, title=title, due_on=date(2023, 8, 31))
        for title in ("Maps drawn", "Talks held")
    )
    answer = write(
        scene,
        answer,
        "<p>Six <strong>patrols</strong>.</p>",
        rag=Rag.AMBER,
        rag_reason="Two officers are ill.",
        way_back="Ask the neighbouring team.",
        new_due_on=date(2031, 1, 31),
        date_reason="The hall is let.",
        done=frozenset({done.pk}),
    )
    submit(scene)
    page = words(client.get(address(scene, "read", answer.pk)))

    for told in (
        "Six <strong>patrols</strong>.",
        "Amber",
        "In progress",
        "Two officers are ill.",
        "Ask the neighbouring team.",
        "<strong>Milestones done:</strong> Maps drawn</p>",
        "<strong>Milestones overdue:</strong> Talks held</p>",
        "31 January 2031",
        "The hall is let.",
        "OFFICIAL",
        "Strategic lead",
        str(scene.lead),
    ):
        assert told in page
    assert "has not been sent" not in page


def another_round(scene, number, starts_on, ends_on):
    """Another quarter of the same plan, open."""
    round = RoundFactory(
        plan=scene.plan,
        label=f"Quarter {number}",
        slug=f"2023-24-q{number}",
        period_starts_on=starts_on,
        period_ends_on=ends_on,
        today=timezone.localdate(scene.now),
    )
    open_round(round=round, by=scene.coordinator, now=scene.now)
    return round


def test_the_last_rounds_answer_stands_beside_it(client):
    scene = closed_round_scene()
    now = another_round(scene, 3, date(2023, 10, 1), date(2023, 12, 31))
    client.force_login(scene.coordinator)

    for answer in Answer.objects.filter(update__round=now).exclude(kind="figures"):
        page = words(client.get(address(scene, "read", answer.pk)))
        assert '<h2 id="last">Quarter 2, 2023/24</h2>' in page
        assert "The work goes on." in page


def test_neither_an_unsent_answer_nor_a_later_round_is_what_was_said_before(client):
    scene = closed_round_scene()
    before = another_round(scene, 1, date(2023, 4, 1), date(2023, 6, 30))
    after = another_round(scene, 3, date(2023, 10, 1), date(2023, 12, 31))
    said = {"response": "verbal", "submitted_at": scene.now}
    Answer.objects.filter(update__round=before).update(state=State.DRAFT, **said)
    Answer.objects.filter(update__round=after).update(state=State.SUBMITTED, **said)
    client.force_login(scene.coordinator)

    for answer in scene.answers:
        page = words(client.get(address(scene, "read", answer.pk)))
        assert "Nothing was sent about this before." in page


def test_a_draft_says_that_it_has_not_been_sent(client, scene):
    draft = write(scene, scene.answer("group"))

    page = words(client.get(address(scene, "read", draft.pk)))

    assert "A draft that has not been sent." in page
    assert "Nothing was sent about this before." in page
    assert ">Accept" not in page
    assert "Take this draft in" not in page
    close(scene)
    assert "Take this draft in" in words(client.get(address(scene, "read", draft.pk)))


def test_figures_are_read_with_their_computed_change(client, scene):
    for year, value in ((2021, 100), (2022, 150)):
        Reading.objects.create(
            partnership=scene.partnership,
            indicator=scene.indicator,
            period_starts_on=date(year, 10, 1),
            period_ends_on=date(year + 1, 9, 30),
            value=value,
            source="Police",
            entered_at=scene.now,
        )
    page = words(client.get(address(scene, "read", scene.answer("figures").pk)))

    assert "+50 (+50.0%)" in page


def test_a_typed_figure_shows_before_it_is_sent(client, scene):
    period = Period(date(2022, 10, 1), date(2023, 9, 30))
    figure = Figure(scene.indicator.pk, period, 4321, "Police", True)
    write(scene, scene.answer("figures"), "", figures=[figure])

    page = words(client.get(address(scene, "read", scene.answer("figures").pk)))

    assert "4,321" in page
    assert "provisional" in page


def test_accepting_leads_to_the_next_answer_to_read(client, scene):
    write_all(scene)
    submit(scene)
    first, second, *_ = scene.answers
    page = words(client.get(address(scene, "read", first.pk)))
    assert f'name="then" value="{second.pk}"' in page

    posted = {"answer": f"{first.pk}-{first.version}", "then": second.pk}
    response = client.post(address(scene, "accept"), posted)

    assert response.url == address(scene, "read", second.pk)
    assert Answer.objects.get(pk=first.pk).is_accepted


def test_an_answer_is_returned_with_a_reason(client, scene):
    answer = write(scene, scene.answer("group"))
    submit(scene)
    posted = {"reason": "Which group?", "version": answer.version}

    response = client.post(address(scene, "return", answer.pk), posted, follow=True)

    assert "Streets Group, Priority 1, is back on its writer&#x27;s list." in words(response)
    answer.refresh_from_db()
    assert (answer.state, answer.return_reason) == (State.RETURNED, "Which group?")
    page = words(client.get(address(scene, "read", answer.pk)))
    assert "“Which group?”" in page
    assert "The report does not print this text." in page


def test_returning_without_a_reason_asks_for_one(client, scene):
    answer = write(scene, scene.answer("group"))
    submit(scene)

    page = words(client.post(address(scene, "return", answer.pk), {"reason": " ", "version": 1}))

    assert "Say what should change" in page
    answer.refresh_from_db()
    assert answer.state == State.SUBMITTED


def test_an_answer_that_changed_is_shown_again_with_the_reason_kept(client, scene):
    answer = write(scene, scene.answer("group"), "<p>Old words.</p>")
    submit(scene)
    write(scene, scene.answer("group"), "<p>New words.</p>")

    response = client.post(
        address(scene, "return", answer.pk), {"reason": "Which group?", "version": answer.version}
    )

    page = words(response)
    assert response.status_code == 409
    assert "has changed since you opened it" in page
    assert "New words." in page
    assert "Which group?</textarea>" in page
    assert 'name="version" value="2"' in page
    answer.refresh_from_db()
    assert answer.state == State.SUBMITTED


def test_what_cannot_be_returned_says_why_and_keeps_the_reason(client, scene):
    answer = write(scene, scene.answer("group"))
    posted = {"reason": "Which group?", "version": 1}
    refused = client.post(address(scene, "return", answer.pk), posted)
    assert refused.status_code == 409
    assert "Only an answer that was sent can be returned." in words(refused)

    submit(scene)
    close(scene)
    refused = client.post(address(scene, "return", answer.pk), posted)
    assert "Reopen it to return an answer" in words(refused)
    assert "Which group?</textarea>" in words(refused)


# Recommendations ----------------------------------------------------------------------


def test_recommendations_are_written_as_plain_lines_and_kept_as_clean_html(client, scene):
    response = client.post(
        address(scene, "recommendations"),
        {
            "text": "Agree:\n\n- this <b>now</b>\n- that",
            "marker": scene.round.recommendations_marker,
        },
    )

    assert response.status_code == 302
    scene.round.refresh_from_db()
    assert scene.round.recommendations == (
        "<p>Agree:</p><ul><li>this &lt;b&gt;now&lt;/b&gt;</li><li>that</li></ul>"
    )
    assert "- that" in words(client.get(address(scene, "recommendations")))


def test_recommendations_pasted_into_the_editor_are_cleaned_and_say_what_was_left_out(
    client, scene
):
    pasted = '<p style="color: red">Agree.<script>alert(1)</script></p><img src="x">'
    posted = {"text_html": pasted, "marker": scene.round.recommendations_marker}

    page = words(client.post(address(scene, "recommendations"), posted, follow=True))

    scene.round.refresh_from_db()
    assert scene.round.recommendations == "<p>Agree.</p>"
    assert "Left out or changed: 1 picture, 1 script, text colours and fonts." in page


def test_recommendations_that_are_far_too_long_come_back_whole(client, scene):
    posted = {"text": "word " * 30_000, "marker": scene.round.recommendations_marker}

    page = client.post(address(scene, "recommendations"), posted).content.decode()

    assert "Shorten the text to 100,000 characters" in page
    assert page.count("word ") >= 30_000


def test_two_coordinators_at_once_lose_nothing_of_their_recommendations(client, scene):
    start = scene.round.recommendations_marker
    client.post(address(scene, "recommendations"), {"text": "The first.", "marker": start})

    second = client.post(
        address(scene, "recommendations"), {"text": "The second.", "marker": start}
    )

    page = words(second)
    assert second.status_code == 409
    assert "<p>The first.</p>" in page
    assert "The second.</textarea>" in page
    scene.round.refresh_from_db()
    assert scene.round.recommendations == "<p>The first.</p>"

    marker = scene.round.recommendations_marker
    assert f'value="{marker}"' in page
    client.post(address(scene, "recommendations"), {"text": "Both.", "marker": marker})
    scene.round.refresh_from_db()
    assert scene.round.recommendations == "<p>Both.</p>"
