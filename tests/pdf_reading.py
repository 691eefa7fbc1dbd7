"""A PDF as a screen reader reads it: the words under each tag, in the order of the tags.

What is not tagged, such as headers, footers and heading rows said again, is not read aloud.
"""

import re
from dataclasses import dataclass, field
from io import BytesIO

from pypdf import PdfReader

SIGNS = re.compile(r"[•‣–\d.]+")
"""What stands before the items of a list."""


@dataclass
class Tag:
    kind: str
    attributes: dict = field(default_factory=dict)
    words: str = ""
    inner: list = field(default_factory=list)

    def all(self, kind):
        found = [self] if self.kind == kind else []
        return found + [tag for inner in self.inner for tag in inner.all(kind)]

    @property
    def read(self):
        if self.kind == "Lbl" and SIGNS.fullmatch(self._together):
            return ""
        return self._together

    @property
    def _together(self):
        return self.words + "".join(tag.read for tag in self.inner)


def reader_of(pdf):
    return PdfReader(BytesIO(pdf))


def tags_of(reader):
    """The tree of tags, from the document down."""
    pages = {page.indirect_reference.idnum: _marked_words(page) for page in reader.pages}
    return _tag(reader.trailer["/Root"]["/StructTreeRoot"], pages, None)


def words_read(reader):
    return squeezed(tags_of(reader).read)


def squeezed(words):
    return "".join("".join(words).split())


def _tag(element, pages, page):
    kind = element.get("/S", "/Root")[1:]
    page = element.raw_get("/Pg").idnum if "/Pg" in element else page
    tag = Tag(kind, _attributes(element), element.get("/Alt", ""))
    kids = element.get("/K", [])
    kids = kids.get_object() if hasattr(kids, "get_object") else kids
    for kid in kids if isinstance(kids, list) else [kids]:
        kid = kid.get_object()
        if isinstance(kid, int):
            tag.inner.append(Tag("", words=pages[page].get(kid, "")))
        elif kid.get("/Type") == "/MCR":
            of = kid.raw_get("/Pg").idnum if "/Pg" in kid else page
            tag.inner.append(Tag("", words=pages[of].get(kid["/MCID"], "")))
        elif kid.get("/Type") != "/OBJR":
            tag.inner.append(_tag(kid, pages, page))
    return tag


def _attributes(element):
    found = element.get("/A", [])
    found = found.get_object() if hasattr(found, "get_object") else found
    each = found if isinstance(found, list) else [found]
    return {name: value for attributes in each for name, value in attributes.get_object().items()}


_TOKEN = re.compile(
    rb"(?P<string>\()|<(?P<hex>[0-9A-Fa-f]*)>|/MCID (?P<number>\d+)|(?P<instead>/ActualText)"
    rb"|/(?P<font>\w+) [\d.]+ Tf|\b(?P<does>BDC|BMC|EMC|TJ|Tj)\b"
)
_UNTIL_BRACKET = re.compile(rb"(?:[^\\()]|\\.)*", re.DOTALL)
_ESCAPED = re.compile(rb"\\(?:[0-7]{3}|.)", re.DOTALL)
_ESCAPES = {b"\\n": b"\n", b"\\r": b"\r", b"\\t": b"\t", b"\\b": b"\b", b"\\f": b"\f"}
_ESCAPES |= {b"\\%03o" % number: bytes([number]) for number in range(256)}


def _marked_words(page):
    """The words of each marked piece of a page's content, by its number.

    Read by hand, of what Typst writes: pypdf takes ten times as long.
    """
    fonts = {name[1:]: _letters(font) for name, font in page["/Resources"]["/Font"].items()}
    data = page.get_contents().get_data()
    words, open_marks, font, at = {}, [(None, False)], {}, 0
    strings, number, instead = [], None, None
    while found := _TOKEN.search(data, at):
        at, does = found.end(), found["does"]
        if found["string"]:
            at = _end_of_string(data, at)
            strings.append(_unescaped(data[found.end() : at - 1]))
        elif found["hex"] is not None:
            strings.append(bytes.fromhex(found["hex"].decode()))
        elif found["number"]:
            number = int(found["number"])
        elif found["instead"]:
            instead = len(strings)
        elif found["font"]:
            font = fonts[found["font"].decode()]
        else:
            inside, is_replaced = open_marks[-1]
            if does in (b"BDC", b"BMC"):
                number = inside if number is None else number
                if instead is not None:
                    words[number] = words.get(number, "") + _text(strings[instead])
                open_marks.append((number, is_replaced or instead is not None))
            elif does == b"EMC":
                open_marks.pop()
            elif inside is not None and not is_replaced:
                said = "".join(_said(piece, font) for piece in strings)
                words[inside] = words.get(inside, "") + said
            strings, number, instead = [], None, None
    return words


def _end_of_string(data, at):
    depth = 1
    while depth:
        at = _UNTIL_BRACKET.match(data, at).end() + 1
        depth += 1 if data[at - 1 : at] == b"(" else -1
    return at


def _unescaped(raw):
    return _ESCAPED.sub(lambda found: _ESCAPES.get(found[0], found[0][1:]), raw)


def _text(raw):
    return raw[2:].decode("utf-16-be") if raw.startswith(b"\xfe\xff") else raw.decode("latin-1")


def _said(raw, font):
    return "".join(font[raw[at : at + 2]] for at in range(0, len(raw), 2))


def _letters(font):
    """What each glyph of a font stands for, from its ToUnicode table."""
    table = font.get_object()["/ToUnicode"].get_data().decode("ascii")
    found = {}
    for part in re.findall(r"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        for glyph, letters in re.findall(r"<(\w+)>\s*<(\w+)>", part):
            found[bytes.fromhex(glyph)] = _utf16(letters)
    assert "beginbfrange" not in table
    return found


def _utf16(digits):
    return bytes.fromhex(digits).decode("utf-16-be")


def objects_of(reader):
    """Everything in the file, used or not."""
    most = max(reader.xref[0], default=0) + len(reader.xref_objStm) + 1
    return [reader.get_object(number) for number in range(1, most + 1)]
