"""A PDF as a screen reader reads it: the words under each tag, in the order of the tags.

What is not tagged, such as headers, footers and heading rows said again, is not read aloud.
"""

import re
from dataclasses import dataclass, field
from io import BytesIO

from pypdf import PdfReader
from pypdf.generic import ContentStream

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
    pages = {page.indirect_reference.idnum: _marked_words(page, reader) for page in reader.pages}
    return _tag(reader.trailer["/Root"]["/StructTreeRoot"], pages, None)


def words_read(reader):
    return squeezed(tags_of(reader).read)


def squeezed(words):
    return "".join("".join(words).split())


def _tag(element, pages, page):
    kind = element.get("/S", "/Root")[1:]
    page = element.raw_get("/Pg").idnum if "/Pg" in element else page
    tag = Tag(kind, _attributes(element))
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


def _marked_words(page, reader):
    """The words of each marked piece of a page's content, by its number."""
    fonts = {name: _letters(font) for name, font in page["/Resources"]["/Font"].items()}
    words, open_marks, font = {}, [(None, False)], {}
    for operands, operator in ContentStream(page.get_contents(), reader).operations:
        number, is_replaced = open_marks[-1]
        if operator in (b"BDC", b"BMC"):
            marked = operands[1] if len(operands) > 1 else {}
            marked = marked if isinstance(marked, dict) else {}
            instead = marked.get("/ActualText")
            if instead is not None:
                words[number] = words.get(number, "") + instead
            open_marks.append((marked.get("/MCID", number), is_replaced or instead is not None))
        elif operator == b"EMC":
            open_marks.pop()
        elif operator == b"Tf":
            font = fonts[operands[0]]
        elif operator in (b"Tj", b"TJ") and number is not None and not is_replaced:
            pieces = operands[0] if operator == b"TJ" else operands
            words[number] = words.get(number, "") + "".join(_said(piece, font) for piece in pieces)
    return words


def _said(piece, font):
    if not isinstance(piece, str | bytes):
        return ""
    raw = piece if isinstance(piece, bytes) else piece.original_bytes
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
