"""The box for texts, and the filter that looks at a text once more before it goes out."""

import pytest
from django import forms

from documents.forms import MOST_CHARACTERS, RichTextField
from documents.templatetags.richtext import richtext


class BoxForm(forms.Form):
    text = RichTextField(label="Update", required=False)


def form(**posted):
    found = BoxForm(posted)
    found.is_valid()
    return found


def test_plain_lines_become_clean_html():
    assert form(text="One\n\n- two").cleaned_data["text"].html == "<p>One</p><ul><li>two</li></ul>"


def test_html_of_the_editor_goes_before_the_box():
    found = form(text="- old", text_html="<p>new<img></p>").cleaned_data["text"]

    assert (found.html, found.dropped) == ("<p>new</p>", ("1 picture",))


def test_html_typed_in_the_plain_box_is_text():
    assert form(text="<b>x</b>").cleaned_data["text"].html == "<p>&lt;b&gt;x&lt;/b&gt;</p>"


def test_an_empty_editor_is_empty():
    assert form(text_html="<p></p>").cleaned_data["text"].html == ""


def test_a_required_text_may_not_be_blank():
    class Required(forms.Form):
        text = RichTextField(label="Update")

    assert not Required({"text_html": "<p>&nbsp;</p>"}).is_valid()
    assert Required({"text": "x"}).is_valid()


def test_the_box_shows_lines_and_the_editor_gets_html():
    shown = str(BoxForm(initial={"text": "<p>a &amp; b</p><ul><li>c</li></ul>"})["text"])

    assert "a &amp; b\n\n- c</textarea>" in shown
    assert 'data-html="&lt;p&gt;a &amp;amp; b&lt;/p&gt;&lt;ul&gt;&lt;li&gt;c' in shown


def test_plain_lines_come_back_as_they_were_typed():
    shown = str(form(text="* one\n\n\n* two </textarea><script>")["text"])

    assert "* one\n\n\n* two &lt;/textarea&gt;&lt;script&gt;</textarea>" in shown


def test_the_limit_is_of_the_clean_text():
    long = "<p style='color:red'>" + "x" * (MOST_CHARACTERS - 7) + "</p>"

    assert form(text_html=long).errors == {}
    assert form(text_html=long.replace("</p>", "x</p>")).errors == {
        "text": [
            f"Shorten the text to {MOST_CHARACTERS:,} characters: it has {MOST_CHARACTERS + 1:,}"
        ]
    }


def test_an_untouched_text_has_not_changed():
    initial = {"text": "<p>One</p>"}

    assert not BoxForm({"text": "One"}, initial=initial).has_changed()
    assert not BoxForm({"text_html": "<p>One</p>"}, initial=initial).has_changed()
    assert BoxForm({"text": "Two"}, initial=initial).has_changed()


def test_the_filter_adds_to_links_what_keeps_readers_safe():
    assert richtext('<p><a href="https://example.org/">x</a></p>') == (
        '<p><a href="https://example.org/" rel="noopener noreferrer">x</a></p>'
    )


@pytest.mark.parametrize(
    "href", ["javascript:alert(1)", "//evil.example/", "data:text/html,x", "/x"]
)
def test_the_filter_takes_bad_addresses_out_even_of_a_kept_text(href):
    assert "href" not in richtext(f'<p><a href="{href}">x</a></p>')


def test_the_filter_takes_everything_else_out():
    assert (
        richtext(
            '<p class="x" style="y" onclick="z">a<script>b</script><img src=x><ins>c</ins></p>'
        )
        == "<p>a<ins>c</ins></p>"
    )
