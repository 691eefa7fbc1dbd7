"""Two versions of a text: what only one of them has is marked, and nothing else is changed."""

from documents.compare import MOST_WORDS
from documents.compare import marked as both_marked
from documents.richtext import clean, plain_words, together
from documents.templatetags.richtext import richtext


def marked(text, other):
    """The first of two versions; the second must be marked alike the other way round."""
    found, found_in_other = both_marked(text, other)
    assert both_marked(other, text) == (found_in_other, found)
    return found


def test_the_same_text_has_no_mark():
    text = "<p>One <strong>two</strong>.</p><ul><li>Three</li></ul>"

    assert marked(text, text) == text
    assert marked("", "") == ""


def test_only_the_words_that_the_other_lacks_are_marked():
    assert marked("<p>We met twice last week.</p>", "<p>We met last week.</p>") == (
        "<p>We met <ins>twice</ins> last week.</p>"
    )


def test_neighbouring_words_are_under_one_mark():
    assert marked("<p>We met many good people.</p>", "<p>We met people.</p>") == (
        "<p>We met <ins>many good</ins> people.</p>"
    )


def test_marks_stay_inside_elements_and_elements_stay_whole():
    found = marked(
        "<p>One <strong>new two</strong> three</p><ul><li>a<br>b &amp; c</li></ul>",
        "<p>One three</p><ul><li>a</li><li>d</li></ul>",
    )

    assert found == (
        "<p>One <strong><ins>new two</ins></strong> three</p>"
        "<ul><li>a<br><ins>b &amp; c</ins></li></ul>"
    )


def test_what_was_typed_stays_text():
    typed = clean(
        "<p>a &lt;script&gt; &amp; <a href='https://example.org/?a=1&amp;b=2'>b</a></p>"
    ).html

    found = marked(typed, "<p>a</p>")

    assert "<ins>&lt;script&gt; &amp;</ins>" in found
    assert 'href="https://example.org/?a=1&amp;b=2"' in found
    assert "<script" not in str(richtext(found))


def test_a_text_against_nothing_is_marked_whole():
    assert marked("<p>All new</p>", "") == "<p><ins>All new</ins></p>"
    assert marked("", "<p>All new</p>") == ""


def test_spaces_between_pieces_are_not_lost():
    text = "<p>One <em>two</em> three<br>four</p>"

    assert plain_words(marked(text, "<p>other</p>")) == plain_words(text)


def test_long_texts_that_differ_little_are_compared():
    same = "word " * (MOST_WORDS * 3)

    assert marked(f"<p>{same}mine {same}end</p>", f"<p>{same}{same}end</p>").count("<ins>") == 1


def test_texts_that_differ_over_too_many_words_are_not_compared():
    text = " ".join(f"w{number}" for number in range(MOST_WORDS + 1))

    assert both_marked(f"<p>{text}</p>", "<p>other</p>") is None


def test_two_texts_together_hold_each_paragraph_once():
    first = "<p>One.</p><ul><li>a</li><li>b</li></ul>"
    second = "<p>One.</p><ul><li>a</li><li>c</li></ul><p>Two.</p>"

    assert together(first, second) == (
        "<p>One.</p><ul><li>a</li><li>b</li><li>c</li></ul><p>Two.</p>"
    )
    assert together(first, "") == first
    assert together("", second) == second
