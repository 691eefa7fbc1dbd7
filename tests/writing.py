"""Writing a section as a person does: open it, change what is in the boxes, press a button."""

import re
from html import unescape

from django.urls import reverse

from tests.pages import Fields


def address(scene, answer, page="answer"):
    return reverse(f"rounds:{page}", args=[scene.partnership.slug, answer.pk])


def boxes(response):
    """What a browser would send from the page, with the boxes as they are."""
    found = Fields(response.content.decode()).found
    # The first line break in a text box belongs to the page, not to the text.
    return {
        name: value.removeprefix("\n") if isinstance(value, str) else value
        for name, value in found.items()
    }


def fill(client, where, then="next", **changes):
    """Open the page at an address, change these boxes (None leaves one out), press the button."""
    page = client.get(where)
    assert page.status_code == 200, where
    return press(client, where, page, then, **changes)


def press(client, where, page, then="next", **changes):
    sent = boxes(page) | {"then": then} | changes
    return client.post(where, {name: value for name, value in sent.items() if value is not None})


def asked(captured):
    """What was asked of the database, without the beginnings and ends of transactions.

    In a test they are savepoints, for the test is a transaction itself.
    """
    return [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]


def words(response):
    """What the page says, without its tags, entities and runs of spaces."""
    text = re.sub(r"<(script|style)\b.*?</\1>", " ", response.content.decode(), flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


def problems(response):
    """The lines of the error summary by the id they lead to; the id must be on the page."""
    page = response.content.decode()
    summary = re.search(r'<div class="govuk-error-summary".*?</ul>', page, flags=re.S)
    assert summary, "the page has no error summary"
    found = {
        where: unescape(text)
        for where, text in re.findall(r'<a href="#([^"]+)">([^<]+)</a>', summary[0])
    }
    for where in found:
        assert page.count(f'id="{where}"') == 1, where
    return found


def said(client, response):
    """The page after saving, in words: it has the messages."""
    assert response.status_code == 302, words(response)
    return words(client.get(response["Location"]))


WRITTEN = {
    "response": "written",
    "text": "We met with shops.\n\n- Two visits\n- One letter",
    "progress": "in_progress",
    "rag": "green",
}
