"""Words that must go, such as a name: found in any kept text, and taken out of it.

The search is for exactly these words, in large or small letters. In HTML they are found however
they are cut up by tags or written with entities, and in the address of a link.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from html import escape, unescape

from documents.glyphs import printable
from documents.richtext import clean

CONTEXT = 60
"""So many characters stand before and after what was found."""

_TAGS = r"(?:<[^>]*>)*"
_GAP = r"(?:\s|&nbsp;|<[^>]*>)+"
_TAG = re.compile(r"<[^>]*>")
_ENDS_A_LINE = re.compile(r"</(?:p|li|h\d|td|th|tr|div)>|<br>")
_HREF = re.compile(r'href="([^"]*)"')
_IS_HTML = re.compile(r"\s*<(?:!DOCTYPE|p|ul|ol|h4)\b", re.IGNORECASE)
# Of no writing system; they stand around what was found while its tags are taken away.
_FROM, _TO = "\ue000", "\ue001"
_MARKED = re.compile(f"{_FROM}([^{_TO}]*){_TO}")


@dataclass(frozen=True)
class Found:
    """One place where the words stand, with the words around it, as plain text."""

    before: str
    words: str
    after: str


def is_html(text: str) -> bool:
    """Whether a kept text is canonical HTML or a whole page, rather than plain lines."""
    return bool(_IS_HTML.match(text))


@dataclass(frozen=True)
class Words:
    """The words that are looked for; each may be several with spaces between."""

    words: tuple[str, ...]

    @classmethod
    def of(cls, words: Iterable[str]) -> "Words":
        return cls(tuple(words))

    def stand_in(self, text: str) -> bool:
        return bool(self.found_in(text))

    def found_in(self, text: str) -> tuple[Found, ...]:
        """Everywhere in a text, plain or HTML, in its order."""
        text = text.replace(_FROM, "").replace(_TO, "")
        if is_html(text):
            text = self._in_html(text, lambda word: f"{_FROM}{word}{_TO}", _address_marked)
            text = unescape(_words_of(text))
        else:
            text = self._plain.sub(lambda found: f"{_FROM}{found[0]}{_TO}", text)
        return tuple(_with_context(text))

    def removed_from(self, text: str, instead: str) -> str:
        """The text with something else in their place; HTML stays canonical."""
        if not is_html(text):
            return self._plain.sub(lambda found: instead, text)
        changed = self._in_html(text, lambda word: escape(instead), lambda tag, href: "<a>")
        return clean(changed).html

    def _in_html(
        self, html: str, change: Callable[[str], str], change_link: Callable[[str, str], str]
    ) -> str:
        def changed(found: re.Match[str]) -> str:
            if found["word"]:
                # The tags between the letters stay, so that each is closed again.
                tags = "".join(_TAG.findall(found["word"]))
                return change(_words_of(found["word"])) + tags
            href = _HREF.search(found[0])
            address = unescape(href[1]) if href else ""
            return change_link(found[0], address) if self._plain.search(address) else found[0]

        return self._html.sub(changed, html)

    @cached_property
    def _spelled(self) -> list[str]:
        """As given, and as a report prints them; the longest first."""
        both = {spelled for word in self.words for spelled in (word, printable(word))}
        return sorted(both, key=lambda word: (-len(word), word))

    @cached_property
    def _plain(self) -> re.Pattern[str]:
        each = (r"\s+".join(map(re.escape, word.split())) for word in self._spelled)
        return re.compile("|".join(each), re.IGNORECASE)

    @cached_property
    def _html(self) -> re.Pattern[str]:
        each = (
            _GAP.join(_TAGS.join(map(_in_html, part)) for part in word.split())
            for word in self._spelled
        )
        return re.compile(f"(?P<word>{'|'.join(each)})|{_TAG.pattern}", re.IGNORECASE)


def _in_html(character: str) -> str:
    """A character as HTML may have it: & is &amp;, and ' is itself or a number."""
    ways = {character, escape(character)} | ({"&#39;"} if character == "'" else set())
    return (
        f"(?:{'|'.join(map(re.escape, sorted(ways)))})" if len(ways) > 1 else re.escape(character)
    )


def _words_of(html: str) -> str:
    return _TAG.sub("", _ENDS_A_LINE.sub(" ", html))


def _address_marked(tag: str, address: str) -> str:
    return f"{tag}{_FROM}{escape(address)}{_TO} "


def _with_context(marked: str) -> Iterable[Found]:
    text = " ".join(marked.split())
    for found in _MARKED.finditer(text):
        before = _MARKED.sub(r"\1", text[: found.start()])
        after = _MARKED.sub(r"\1", text[found.end() :])
        if len(before) > CONTEXT:
            before = f"… {before[-CONTEXT:].partition(' ')[2]}"
        if len(after) > CONTEXT:
            after = f"{after[:CONTEXT].rpartition(' ')[0]} …"
        yield Found(before, found[1], after)
