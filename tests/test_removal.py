"""Words that must go are found in any kept text, however they are cut up, and nothing else goes."""

import pytest

from documents.removal import CONTEXT, Words
from documents.richtext import clean

WORDS = Words.of(["Ann Lee", "Ann Lee-Day", "Sam O'Neil", "漢"])
GONE = "[removed on 3 May 2024]"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("It was ANN LEE.", f"It was {GONE}."),
        ("Ann Lee-Day and ann\n lee", f"{GONE} and {GONE}"),
        ("x < Ann Lee > y", f"x < {GONE} > y"),
        ("[U+6F22] as it printed, 漢 as it was", f"{GONE} as it printed, {GONE} as it was"),
        ("<p>It was Ann Lee.</p>", f"<p>It was {GONE}.</p>"),
        ("<p>It was A<strong>nn</strong> <em>Lee</em>.</p>", f"<p>It was {GONE}.</p>"),
        ("<p>Sam O&#x27;Neil &amp; sam o'neil</p>", f"<p>{GONE} &amp; {GONE}</p>"),
        ("<ul><li>Ann</li><li>Lee, 9</li></ul>", f"<ul><li>{GONE}</li><li>, 9</li></ul>"),
        ('<p><a href="https://x.org/ann lee">Read</a> it</p>', "<p>Read it</p>"),
        (
            '<p><a href="https://x.org/">Ann Lee</a></p>',
            f'<p><a href="https://x.org/">{GONE}</a></p>',
        ),
    ],
)
def test_words_are_found_and_taken_out(text, left):
    assert WORDS.stand_in(text)
    assert WORDS.removed_from(text, GONE) == left
    assert not WORDS.stand_in(left)
    if left.startswith("<"):
        assert clean(left).html == left


def test_a_text_without_them_stays_as_it_is():
    for text in ("Anne Leeds", "<p>A <strong>strong</strong> text</p>", "", "<p>Ann and Lee</p>"):
        assert not WORDS.found_in(text)
        assert Words.of(["strong>", "href"]).removed_from(text, GONE) == text


def test_what_is_found_is_shown_with_what_stands_around_it():
    long = "word " * 40
    (found,) = WORDS.found_in(f"<p>{long}A<strong>nn L</strong>ee &amp; Co {long}</p>")

    assert found.words == "Ann Lee"
    assert found.before.startswith("… word")
    assert found.after.startswith(" & Co word")
    assert max(len(found.before), len(found.after)) <= CONTEXT + 2
