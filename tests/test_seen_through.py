"""What was looked through once is not looked through again, and no word of it is held for that."""

import pytest
from django.utils.safestring import SafeString

from documents import richtext, seen_through
from documents.seen_through import SeenThrough
from documents.templatetags import richtext as tags

CANONICAL = "<p>Patrols in <strong>Sheerness</strong> went on.</p>"
LINKED = '<p><a href="https://example.org/">Here</a></p>'
DIRTY = "<p>Patrols <script>alert(1)</script>went on</p>"


@pytest.fixture
def looks(monkeypatch) -> list[str]:
    """What is looked through, each time anew, by processes that have seen nothing yet."""
    found: list[str] = []
    read, clean = richtext.HtmlReader.read, tags.nh3.clean

    def cleaned(html, **how):
        found.append(html)
        return clean(html, **how)

    def blocks(reader, html):
        found.append(html)
        return read(reader, html)

    monkeypatch.setattr(richtext, "_CANONICAL", SeenThrough())
    monkeypatch.setattr(tags, "_CLEAN", SeenThrough())
    monkeypatch.setattr(richtext.HtmlReader, "read", blocks)
    monkeypatch.setattr(tags.nh3, "clean", cleaned)
    return found


def test_a_canonical_text_is_read_once(looks) -> None:
    assert [richtext.clean(CANONICAL) for _ in range(3)] == [(CANONICAL, ())] * 3
    assert looks.count(CANONICAL) == 2  # read, and the last look of its writing
    assert type(richtext.clean(SafeString(CANONICAL)).html) is str


def test_what_cleaning_changes_is_cleaned_each_time(looks) -> None:
    first, second = richtext.clean(DIRTY), richtext.clean(DIRTY)
    assert first == second == ("<p>Patrols went on</p>", ("1 script",))
    assert looks.count(DIRTY) == 2


def test_what_prints_as_it_is_goes_through_nh3_once_and_a_link_each_time(looks) -> None:
    assert [tags.richtext(CANONICAL) for _ in range(2)] == [CANONICAL] * 2
    assert isinstance(tags.richtext(CANONICAL), SafeString)
    assert {tags.richtext(LINKED) for _ in range(2)} == {
        '<p><a href="https://example.org/" rel="noopener noreferrer">Here</a></p>'
    }
    assert "script" not in tags.richtext(DIRTY) + tags.richtext(DIRTY)
    of_these = [each for each in looks if each in (CANONICAL, LINKED, DIRTY)]
    assert of_these == [CANONICAL, LINKED, LINKED, DIRTY, DIRTY]


def test_neither_words_nor_endless_digests_are_held(monkeypatch) -> None:
    monkeypatch.setattr(seen_through, "MOST", 2)
    seen = SeenThrough()
    for text in ("one", "two", "three", "\ud83d"):
        seen.add(text)
    assert "two" not in seen
    assert "three" in seen
    assert "\ud83d" in seen
    assert [len(each) for each in vars(seen)["_digests"]] == [32, 32]
