r"""The marks of one line, as a person can type them.

**bold**, __italic__, ^^raised^^ and [words](https://example.org/). Marks are doubled, so that
single stars and underscores stay what they are. A mark is text where it has no partner on its
line, where a space stands inside it ("5 ** 3"), or where there are three or more ("____"). A
backslash makes a mark or a bracket text; before anything else it is a backslash. Inside a bare
address nothing is a mark.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from documents.blocks import NO_MARKS, Line, Marks, Run
from documents.links import bare_address, safe_address

_FIELDS = {"*": "strong", "_": "em", "^": "sup"}
_TOKEN = re.compile(
    r"(?P<slashes>\\+)(?=(?P<special>[*_^\[\]]))"
    r"|(?P<mark>(?P<sign>[*_^])(?P=sign)*)"
    r"|(?P<open>\[)"
    r"|\]\((?P<href>(?:https?://|mailto:|tel:)(?:[^\s()\\]|\\[()])*)\)"
    r"|[hH]|\\+|\]|[^\\*_^\[\]hH]+",
    re.IGNORECASE,
)
_TO_ESCAPE = re.compile(r"\\+|(?P<sign>[*_^])(?P=sign)*|[\[\]]")


class _Token(NamedTuple):
    """A piece of a line, from `start` to `stop`, and what it stands for.

    `text` is what it is where it means nothing more; `sign` is set for a doubled mark, `opens`
    for a bracket that may begin a link, `href` for the end of one.
    """

    start: int
    stop: int
    text: str
    sign: str = ""
    opens: bool = False
    href: str = ""


def read_marks(line: str) -> Line:
    """The runs of one line."""
    tokens = list(_tokens(line))
    links = _links(tokens)
    switches = {index for sign in _FIELDS for index in _switches(line, tokens, sign)}
    runs: list[Run] = []
    marks = NO_MARKS
    for index, token in enumerate(tokens):
        if index in links:
            marks = marks._replace(href=links[index])
        elif index in switches:
            marks = _switched(marks, _FIELDS[token.sign])
        else:
            runs.append(Run(token.text, marks))
    return tuple(runs)


def _switched(marks: Marks, name: str) -> Marks:
    changed: dict[str, Any] = {name: not getattr(marks, name)}
    return marks._replace(**changed)


def _tokens(line: str) -> Iterator[_Token]:
    start = 0
    while found := _TOKEN.match(line, start):
        text, stop = found[0], found.end()
        sign, href = "", ""
        if found["slashes"]:
            text = "\\" * (len(text) // 2)
            if len(found["slashes"]) % 2:
                text, stop = text + found["special"], stop + 1
        elif text in "hH" and (address := bare_address(line, start)):
            text, stop = address, start + len(address)
        elif found["mark"] and len(text) == 2:
            sign = found["sign"]
        elif found["href"]:
            href = safe_address(re.sub(r"\\([()])", r"\1", found["href"])) or ""
        yield _Token(start, stop, text, sign, bool(found["open"]), href)
        start = stop


def _links(tokens: Sequence[_Token]) -> dict[int, str]:
    """Which tokens begin a link, with its address, and which end one, with none."""
    links: dict[int, str] = {}
    opened: int | None = None
    for index, token in enumerate(tokens):
        if token.opens:
            opened = index
        elif token.href and opened is not None:
            if any(between.text.strip() for between in tokens[opened + 1 : index]):
                links |= {opened: token.href, index: ""}
            opened = None
    return links


def _switches(line: str, tokens: Sequence[_Token], sign: str) -> Iterator[int]:
    """Which doubled marks of this sign turn it on and off, in pairs."""
    doubled = [index for index, token in enumerate(tokens) if token.sign == sign]
    padded = f" {line} "
    may_end = {index for index in doubled if padded[tokens[index].start] != " "}
    may_begin = {index for index in doubled if padded[tokens[index].stop + 1] != " "}
    last_end = max(may_end, default=0)
    is_on = False
    for index in doubled:
        if index in (may_end if is_on else may_begin) and (is_on or index < last_end):
            is_on = not is_on
            yield index


def written_marks(line: Line) -> str:
    """One canonical line as it can be typed."""
    pieces: list[tuple[str, bool]] = []  # text, and whether it is to be read as text
    marks = NO_MARKS
    for index, run in enumerate(line):
        is_bare = _is_bare(line, index)
        inside = NO_MARKS if is_bare else run.marks
        pieces.append((_between(marks, inside), False))
        pieces.append((run.text, not is_bare))
        marks = inside
    pieces.append((_between(marks, NO_MARKS), False))
    return _escaped(pieces)


def _is_bare(line: Line, index: int) -> bool:
    """Whether the run is an address linked to itself that will be recognised where it stands."""
    text, marks = line[index]
    if marks != Marks(href=text):
        return False
    before = line[index - 1] if index else Run(" ")
    after = line[index + 1] if index + 1 < len(line) else Run(" ")
    if before.marks != NO_MARKS or after.marks != NO_MARKS or not after.text[0].isascii():
        return False
    what_follows = "x" if index + 2 < len(line) else ""
    whole = f"{before.text[-1]}{text}{after.text}{what_follows}"
    return bare_address(whole, start=1) == text


def _between(before: Marks, after: Marks) -> str:
    """The marks to type where one run ends and the next begins."""
    ends = [2 * sign for sign, name in _FIELDS.items() if _ends(name, before, after)]
    begins = [2 * sign for sign, name in _FIELDS.items() if _ends(name, after, before)]
    if before.href != after.href:
        if before.href:
            address = re.sub(r"([()])", r"\\\1", before.href)
            ends.append(f"]({address})")
        if after.href:
            begins.insert(0, "[")
    return "".join(ends + begins)


def _ends(name: str, before: Marks, after: Marks) -> bool:
    return getattr(before, name) and not getattr(after, name)


def _escaped(pieces: Sequence[tuple[str, bool]]) -> str:
    """The pieces as one line, a backslash before every sign that is text and would be a mark."""
    raw = "".join(text for text, _ in pieces)
    is_text = [flag for text, flag in pieces for _ in text]
    has_links = "](" in raw

    def escape(found: re.Match[str]) -> str:
        signs, start, stop = found[0], found.start(), found.end()
        flags = is_text[start:stop]
        if signs[0] == "\\":
            return signs * 2 if flags[0] and raw[stop : stop + 1] in tuple("*_^[]") else signs
        would_be_read = has_links if signs in "[]" else len(signs) == 2 or not all(flags)
        return "".join(
            f"\\{sign}" if flag and would_be_read else sign
            for sign, flag in zip(signs, flags, strict=True)
        )

    return _TO_ESCAPE.sub(escape, raw)
