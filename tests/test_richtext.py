"""The canonical text: what is kept of what people paste and type, and that it stays as it is."""

import time
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from documents.richtext import (
    CleanText,
    clean,
    from_plain,
    is_blank,
    plain_words,
    to_plain,
    tree,
    word_count,
)

ALLOWED = {"p", "br", "strong", "em", "ul", "ol", "li", "a", "h4", "sup"}
ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"


@pytest.mark.parametrize(
    ("html", "cleaned"),
    [
        ("", ""),
        ("<p></p><p>&nbsp;</p><p><br></p>", ""),
        ("loose text", "<p>loose text</p>"),
        ("<div>one<div>two</div>three</div>", "<p>one</p><p>two</p><p>three</p>"),
        ("<p>a<br>b</p>", "<p>a<br>b</p>"),
        ("<p>a<br><br>b<br></p>", "<p>a</p><p>b</p>"),
        ("<b>b</b> <i>i</i>", "<p><strong>b</strong> <em>i</em></p>"),
        ("<h1>One</h1><h6><b>Six</b></h6>", "<h4>One</h4><h4>Six</h4>"),
        ("x<sup>2</sup>", "<p>x<sup>2</sup></p>"),
        ("<em><strong>both</strong></em>", "<p><strong><em>both</em></strong></p>"),
        ("<b>bold </b>then", "<p><strong>bold</strong> then</p>"),
        ("<b>a</b><b>b</b>", "<p><strong>ab</strong></p>"),
        ("a&nbsp;&nbsp; \n b", "<p>a b</p>"),
        ("3 &lt; 4 &amp; 5", "<p>3 &lt; 4 &amp; 5</p>"),
        ("<pre>one\ntwo</pre>", "<p>one<br>two</p>"),
        ("a</body></html>b", "<p>ab</p>"),
        ('<b style="font-weight:normal">not bold</b>', "<p>not bold</p>"),
        ('<span style="font-weight:700">bold</span>', "<p><strong>bold</strong></p>"),
        ("e\u0301 نص 文字 👩\u200d🚒", "<p>é نص 文字 👩\u200d🚒</p>"),
        ("می\u200cخواهم", "<p>می\u200cخواهم</p>"),
        (ENGLAND, f"<p>{ENGLAND}</p>"),
    ],
)
def test_html_becomes_canonical(html: str, cleaned: str) -> None:
    assert clean(html) == CleanText(cleaned, ())


@pytest.mark.parametrize(
    ("html", "cleaned"),
    [
        ("<ul><li><p>a</p></li><li>b</li></ul>", "<ul><li>a</li><li>b</li></ul>"),
        ("<ul><li><p>a</p><p>b</p></li></ul>", "<ul><li>a<br>b</li></ul>"),
        ("<ul><li>a<ol><li>b</ol></ul>", "<ul><li>a<ol><li>b</li></ol></li></ul>"),
        ("<ul><li>a</ul><ul><li>b</ul>", "<ul><li>a</li><li>b</li></ul>"),
        ("<ul><li>a</ul><ol><li>b</ol>", "<ul><li>a</li></ul><ol><li>b</li></ol>"),
        ("<ul><ul><li>a</ul></ul>", "<ul><li>a</li></ul>"),
        ("<li>alone", "<ul><li>alone</li></ul>"),
        ("<ul><li></li></ul>", ""),
        (
            "<ul><li>1<ul><li>2<ul><li>3<ul><li>4</ul></ul></ul></ul>",
            "<ul><li>1<ul><li>2<ul><li>3</li><li>4</li></ul></li></ul></li></ul>",
        ),
    ],
)
def test_lists_become_canonical(html: str, cleaned: str) -> None:
    assert clean(html) == CleanText(cleaned, ())


@pytest.mark.parametrize(
    ("html", "cleaned", "dropped"),
    [
        ("<u>Heading</u><br>Text", "<h4>Heading</h4><p>Text</p>", "1 underlined line was turned"),
        ("<p><u>One</u></p><p><u>Two</u></p>", "<h4>One</h4><h4>Two</h4>", "2 underlined lines"),
        ("some <u>underlined</u>", "<p>some underlined</p>", "underlining"),
        (f"<u>{'word ' * 40}</u>", f"<p>{('word ' * 40).strip()}</p>", "underlining"),
        ("<s>no</s>", "<p>no</p>", "striking through"),
        ("H<sub>2</sub>O", "<p>H2O</p>", "lowered letters"),
        ("<ol start=3><li>c</ol>", "<ol><li>c</li></ol>", "1 list that did not begin"),
        ("a<img src=x><img src=y>", "<p>a</p>", "2 pictures"),
        ("a<img src=x onerror=alert(1)>", "<p>a</p>", "1 picture"),
        ("a<script>b</script>", "<p>a</p>", "1 script"),
        ("a<del>b</del>", "<p>a</p>", "1 deleted passage"),
        ("a<span style='display:none'>b</span>", "<p>a</p>", "hidden text"),
        ("a<iframe src=x></iframe>", "<p>a</p>", "1 embedded item"),
        ("a<input value=b><textarea>c</textarea>", "<p>a</p>", "2 form fields"),
        ("<font color=red>a</font>", "<p>a</p>", "text colours and fonts"),
        ("<span style='font-family:Arial'>a</span>", "<p>a</p>", "text colours and fonts"),
        ("a\u202eb\u2066c\u200f", "<p>abc</p>", "invisible direction marks"),
        ("a\u200bb\u200dc\ufeff\x07", "<p>abc</p>", "invisible characters"),
    ],
)
def test_what_is_left_out_is_said(html: str, cleaned: str, dropped: str) -> None:
    result = clean(html)

    assert result.html == cleaned
    assert len(result.dropped) == 1
    assert result.dropped[0].startswith(dropped)


def test_machine_parts_of_a_page_are_left_out_without_a_word() -> None:
    page = "<head><title>T</title><style>p{}</style></head><!-- note --><p>text</p><xml>x</xml>"

    assert clean(page) == CleanText("<p>text</p>", ())


def test_a_table_becomes_rows_of_text() -> None:
    table = (
        "<table><tr><th>Place</th><th>Count</th></tr>"
        "<tr><td><p>High</p><p>Street</p></td><td>4<br>5</td></tr>"
        "<tr><td></td><td>6</td></tr><tr><td>7</td><td></td></tr><tr><td></td><td></td></tr>"
        "<tr><td colspan=2>One cell</td></tr></table>"
    )

    result = clean(table)

    assert result.html == (
        "<p>Place | Count</p><p>High Street | 4 5</p><p>| 6</p><p>7</p><p>One cell</p>"
    )
    assert result.dropped == ("1 table was turned into rows of text",)


def test_a_table_used_for_layout_is_not_a_table() -> None:
    layout = "<table><tr><td><p>one</p><p>two</p></td></tr></table>"

    assert clean(layout) == CleanText("<p>one</p><p>two</p>", ())


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/a?b=c&d=%20#e",
        "http://example.org",
        "mailto:team@example.org",
        "tel:+441234567890",
        "https://example.org/a_(b)",
        "https://[::1]/",
    ],
)
def test_a_link_is_kept(address: str) -> None:
    (paragraph,) = tree(clean(f'<a href="{address}">here</a>').html)
    (link,) = paragraph.children

    assert (link.tag, link.href, link.children[0].text) == ("a", address, "here")


@pytest.mark.parametrize(
    "address",
    [
        "//example.org",
        "/local",
        "local",
        "#part",
        "",
        "javascript:alert(1)",
        "JaVa\tScRiPt:alert(1)",
        "&#106;avascript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "https:example.org",
        "https:///path",
        "https://[",
        "https://a:port/",
        "http://" + "a" * 3000,
    ],
)
def test_a_refused_link_keeps_its_text(address: str) -> None:
    result = clean(f'<a href="{address}">here</a>')

    assert result == CleanText("<p>here</p>", ("1 link that did not begin with http or https",))


def test_a_bare_address_becomes_a_link_without_the_end_of_its_sentence() -> None:
    linked = '<a href="https://example.org/a_(b)">https://example.org/a_(b)</a>'

    assert clean("See (https://example.org/a_(b)).").html == f"<p>See ({linked}).</p>"
    assert from_plain("See (https://example.org/a_(b)).") == f"<p>See ({linked}).</p>"


WORD_LIST = """
<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><meta charset=windows-1252>
<style><!-- p.MsoNormal {margin:0cm;} --></style>
<!--[if gte mso 9]><xml><o:Words>9</o:Words></xml><![endif]--></head><body lang=EN-GB>
<!--StartFragment-->
<p class=MsoNormal><b><u><span style='font-size:12.0pt'>Key issues<o:p></o:p></span></u></b></p>
<p class=MsoListParagraphCxSpFirst style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'>
<![if !supportLists]><span style='font-family:Symbol'><span style='mso-list:Ignore'>·<span
style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;&nbsp;&nbsp; </span></span></span><![endif]>First
 point<o:p></o:p></p>
<p class=MsoListParagraphCxSpMiddle style='mso-list:l0 level2 lfo1'><!--[if !supportLists]--><span
style='mso-list:Ignore'>o<span>&nbsp;&nbsp; </span></span><!--[endif]-->Inner point</p>
<p class=MsoListParagraphCxSpLast style='mso-list:l1 level1 lfo2'><span
style='mso-list:Ignore'>1.<span>&nbsp; </span></span>Numbered</p>
<p class=MsoListParagraph>2. Without its <i>style</i></p>
<p class=MsoListParagraph>·&nbsp;&nbsp; Bullet as text</p>
<p class=MsoListParagraph>Only indented</p>
<p class=MsoNormal>Said<span style='mso-special-character:comment'><a class=msocomanchor
href="#_msocom_1">[AB1]</a></span> twice<a class=msocomanchor href="#_msocom_2">[AB2]</a>.</p>
<p class=MsoNormal><o:p>&nbsp;</o:p></p>
<div style='mso-element:comment-list'><hr class=msocomoff>
<div style='mso-element:comment'><p class=MsoCommentText>Not for the report</p></div>
<div style='mso-element:comment'><p class=MsoCommentText>Nor this</p></div></div>
<!--EndFragment--></body></html>
"""


def test_a_paste_from_word_keeps_lists_and_headings_and_drops_comments() -> None:
    result = clean(WORD_LIST)

    assert result.html == (
        "<h4>Key issues</h4>"
        "<ul><li>First point<ul><li>Inner point</li></ul></li></ul>"
        "<ol><li>Numbered</li><li>Without its <em>style</em></li></ol>"
        "<ul><li>Bullet as text</li></ul>"
        "<p>Only indented</p>"
        "<p>Said twice.</p>"
    )
    assert result.dropped == (
        "2 comments",
        "1 underlined line was turned into a heading",
        "text colours and fonts",
    )


def test_a_paste_of_a_hundred_thousand_characters_keeps_every_word_and_is_quick() -> None:
    words = [f"word{number}" for number in range(4000)]
    paragraphs = [
        "<p class=MsoNormal style='margin:0cm'><span style='font-family:\"Arial\",sans-serif'>"
        f"{' '.join(words[start : start + 20])}<o:p></o:p></span></p>"
        for start in range(0, len(words), 20)
    ]
    paste = "".join(paragraphs) + "<span style='color:red'>" * 2000
    assert len(paste) > 100_000

    started = time.perf_counter()
    result = clean(paste)

    assert plain_words(result.html).split() == words
    assert from_plain(to_plain(result.html)) == result.html
    assert time.perf_counter() - started < 5


@pytest.mark.parametrize("tag", ["div", "b", "span", "ul><li", "blockquote", "table><tr><td"])
@pytest.mark.parametrize("depth", [300, 1500, 20_000])
def test_deep_nesting_is_no_matter(tag: str, depth: int) -> None:
    result = clean("<p>before</p>" + f"<{tag}>" * depth + "inside<p>after</p>")

    assert plain_words(result.html).split() == ["before", "inside", "after"]


def test_what_is_nested_too_deeply_is_said_and_its_scripts_are_not_text() -> None:
    result = clean("<div>" * 5000 + "<script>if (a < b) x</script><h2>one</h2>two")

    assert result.html == "<p>one</p><p>two</p>"
    assert "formatting nested too deeply to follow" in result.dropped


@pytest.mark.parametrize(
    "text",
    [
        "\\" * 20_000,
        "[" * 20_000,
        "](https://a" * 1_500,
        "**" * 10_000 + " ",
        "a ** b" * 3_000,
        "http://" * 2_000,
        "http://a" + ")" * 20_000,
        "a" + "\u0301\u0316" * 20_000,
        "1. a\n  b\n" * 2_000,
        "- a" + "\n  b" * 4_000,
        "a\n" * 4_000,
    ],
    ids=lambda text: repr(text[:12]),
)
def test_no_long_text_is_too_much(text: str) -> None:
    """Texts made to need quadratic time: were they to, the suite would stand still here."""
    assert from_plain(to_plain(from_plain(text))) == from_plain(text)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("", ""),
        (" \n\t\n", ""),
        ("one\ntwo\n\nthree", "<p>one<br>two</p><p>three</p>"),
        ("one\r\ntwo\r\rthree", "<p>one<br>two</p><p>three</p>"),
        ("<b>not bold</b> & so on", "<p>&lt;b&gt;not bold&lt;/b&gt; &amp; so on</p>"),
        ("- a\n* b\n• c", "<ul><li>a</li><li>b</li><li>c</li></ul>"),
        ("1. a\n2) b\n3. c", "<ol><li>a</li><li>b</li><li>c</li></ol>"),
        ("1. a\n\n2. b", "<ol><li>a</li><li>b</li></ol>"),
        ("- a\n  - b\n\t- c\n- d", None),
        ("- a\n  more\nText", "<ul><li>a<br>more</li></ul><p>Text</p>"),
        ("Points:\n- a", "<p>Points:</p><ul><li>a</li></ul>"),
        ("3. Third", "<p>3. Third</p>"),
        ("2023. A year", "<p>2023. A year</p>"),
        ("-5 degrees", "<p>-5 degrees</p>"),
        ("\\- a", "<p>- a</p>"),
        ("1\\. a", "<p>1. a</p>"),
        ("# Heading\ntext", "<h4>Heading</h4><p>text</p>"),
        ("#1 priority", "<p>#1 priority</p>"),
        (
            "**b** __i__ ^^2^^ **__both__**",
            "<p><strong>b</strong> <em>i</em> <sup>2</sup> <strong><em>both</em></strong></p>",
        ),
        ("a_b_c 5 * 3 * 2 x^2", "<p>a_b_c 5 * 3 * 2 x^2</p>"),
        ("5 ** 3 ** 2", "<p>5 ** 3 ** 2</p>"),
        ("Signed ____ on ____", "<p>Signed ____ on ____</p>"),
        ("**open", "<p>**open</p>"),
        ("\\**a**", "<p>**a**</p>"),
        ("C:\\files\\_x \\\\server", None),
        ("[here](https://example.org)", '<p><a href="https://example.org">here</a></p>'),
        ("[here](javascript:x)", "<p>[here](javascript:x)</p>"),
        ("[1] and (2)", "<p>[1] and (2)</p>"),
        (
            "https://example.org/__a__/**b**",
            '<p><a href="https://example.org/__a__/**b">https://example.org/__a__/**b</a>**</p>',
        ),
    ],
)
def test_plain_text_becomes_canonical(text: str, html: str | None) -> None:
    assert html is None or from_plain(text) == html
    assert from_plain(to_plain(from_plain(text))) == from_plain(text)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>one<br>two</p><p>three</p>", "one\ntwo\n\nthree"),
        ("<ul><li>a<ol><li>b</li><li>c</li></ol></li></ul>", "- a\n  1. b\n  2. c"),
        ("<h4>Heading</h4><p>text</p>", "# Heading\n\ntext"),
        ("<p><strong>b</strong> a_b 5 * 3 [1]</p>", "**b** a_b 5 * 3 [1]"),
        ("<p>**</p>", "\\*\\*"),
        ("<p>- a<br>1. b<br>3. c</p>", "\\- a\n1\\. b\n3. c"),
        ('<p>See <a href="https://a.b/c">https://a.b/c</a>.</p>', "See https://a.b/c."),
        ('<p><a href="https://a.b/c_(d)">the page</a></p>', "[the page](https://a.b/c_\\(d\\))"),
        ("<p>C:\\files</p>", "C:\\files"),
        ("<p>2\\. a<br>\\- b</p>", "2\\\\. a\n\\\\- b"),
    ],
)
def test_canonical_text_is_written_plainly(html: str, text: str) -> None:
    assert to_plain(html) == text
    assert from_plain(text) == html


def test_words_are_counted_and_flattened() -> None:
    html = "<h4>Key issues</h4><ul><li>One – <strong>t</strong>wo</li></ul><p>three<br>four</p>"

    assert plain_words(html) == "Key issues One – two three four"
    assert word_count(html) == 6


def test_a_text_without_words_is_blank() -> None:
    assert is_blank("")
    assert is_blank("<p> <br>&nbsp;</p><ul><li></li></ul>")
    assert not is_blank("<p>.</p>")


def test_the_tree_is_what_a_renderer_walks() -> None:
    html = '<p>a<br><a href="https://a.b"><strong>c</strong></a></p><ul><li>d<ol><li>e</li></ol></li></ul>'

    paragraph, bullets = tree(html)

    text, line_break, link = paragraph.children
    assert (text.tag, text.text, line_break.tag) == ("#text", "a", "br")
    assert (link.tag, link.href) == ("a", "https://a.b")
    assert (link.children[0].tag, link.children[0].children[0].text) == ("strong", "c")
    (item,) = bullets.children
    assert [child.tag for child in item.children] == ["#text", "ol"]


# What any input must hold to.

SPECIAL = st.sampled_from(
    [
        *("**", "*", "__", "_", "^^", "^", "\\", "[", "](", "](https://a.b)", "(", ")", "]"),
        *("https://a.b/c", "http://", "HTTPS://A", "mailto:a@b", "x", "a b", ".", "<", ">", "&"),
        *(" ", "  ", "\n", "\n\n", "\t", "\r\n", "- ", "* ", "• ", "# ", "1. ", "2. ", "2) "),
        *("\u0301", "\u200d", "\u200b", "\u202e", "\u3000", "\xa0", "अ", "👩", "文", "ن", "\ufe0f"),
        *("\u0338", "\x00", "\ud800", "\U000e0067", "\x85", "\u212b", "\u0958"),
    ]
)
TEXTS = st.one_of(st.text(), st.lists(SPECIAL).map("".join))
TAGS = st.sampled_from(
    [
        *("p", "div", "br", "b", "strong", "i", "em", "u", "sup", "sub", "span", "h2", "h4", "pre"),
        *("ul", "ol", "li", "table", "tr", "td", "th", "a", "script", "style", "svg", "img", "o:p"),
        *("textarea", "title", "noscript", "math", "template", "body", "html", "head", "del", "s"),
    ]
)
ATTRIBUTES = st.sampled_from(
    [
        *("", "", "", "", " onclick=alert(1)", " href=https://a.b/c", ' href="https://a.b/c(d)"'),
        *(" href=javascript:alert(1)", " href=//x", " href='mailto:a@b'", " href='https://x y\"<'"),
        *(
            " style='font-weight:bold'",
            " style='text-decoration:underline'",
            " class=MsoListNumber",
        ),
        *(" style='mso-list:l0 level3 lfo1'", " style=mso-list:Ignore", " class=MsoListParagraph"),
        *(" style=display:none", ' href="https://a.b/*_`[x]\\"', " href=https://a.b/__c"),
    ]
)
ELEMENTS = st.recursive(
    TEXTS,
    lambda inner: st.builds(
        lambda tag, attributes, parts: f"<{tag}{attributes}>{''.join(parts)}</{tag}>",
        TAGS,
        ATTRIBUTES,
        st.lists(inner, max_size=4),
    ),
    max_leaves=12,
)
NASTY = st.sampled_from(
    [
        *("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>"),
        *("<a href='javascript:alert(1)'>x</a>", "<!--", "-->", "<![CDATA[", "]]>", "<", "</", ">"),
        *("<p", "<a href=", '"', "'", "</p>", "</ul>", "<li>", "<td>", "&lt;script&gt;", "&#0;"),
        *("<noscript><p title='</noscript><img src=x onerror=alert(1)>'>", "&#x202e;", "&nbsp;"),
        *(
            "<math><mi><style><img src=x onerror=alert(1)></style>",
            "<?xml x?>",
            "<![if x]>",
            "&amp",
        ),
    ]
)
HTML = st.one_of(ELEMENTS, st.lists(st.one_of(NASTY, TEXTS, ELEMENTS)).map("".join))
often = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


class Outline(HTMLParser):
    """Notes every tag and address of a text, and that tags are closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.addresses: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert {name for name, _ in attrs} <= ({"href"} if tag == "a" else set())
        self.addresses += [value or "" for _, value in attrs]
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(decl)

    def handle_pi(self, data: str) -> None:
        raise AssertionError(data)


@often
@given(HTML)
def test_cleaning_again_changes_nothing(html: str) -> None:
    once = clean(html)

    assert clean(once.html) == CleanText(once.html, ())


@often
@given(HTML)
def test_only_the_ten_elements_and_safe_addresses_come_through(html: str) -> None:
    outline = Outline(clean(html).html)

    assert outline.tags <= ALLOWED
    safe = ("http://", "https://", "mailto:", "tel:")
    assert all(address.lower().startswith(safe) for address in outline.addresses)


@often
@given(HTML)
def test_editing_as_plain_lines_loses_no_formatting(html: str) -> None:
    cleaned = clean(html).html

    assert from_plain(to_plain(cleaned)) == cleaned


@often
@given(TEXTS)
@example("](HTTP://0)**0**")
def test_plain_text_is_canonical_at_once_and_stays_what_it_is(text: str) -> None:
    html = from_plain(text)

    assert clean(html) == CleanText(html, ())
    assert from_plain(to_plain(html)) == html


@given(st.lists(st.from_regex(r"[a-z]{1,8}", fullmatch=True), max_size=40), st.data())
def test_plain_words_all_arrive(words: list[str], data: st.DataObject) -> None:
    gaps = st.sampled_from([" ", "\n", "\n\n", "\n- ", "\n1. ", "\n# ", "  \n  "])
    text = "".join(f"{word}{data.draw(gaps)}" for word in words)

    arrived = plain_words(from_plain(text)).split()

    assert [word for word in arrived if word.isalpha()] == words
