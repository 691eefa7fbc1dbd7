"""What somebody reads in a Word file, out of its real bytes."""

from io import BytesIO

from docx import Document
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph

SIGNS = set("●▲■○↑↓=")
MARKS = ("Rating", "Change")


def opened(file):
    return Document(BytesIO(file))


def words_in(file):
    """Every paragraph in the order of the file, those of tables cell by cell, and memo lines in
    two, and what pictures say; the shapes beside the words of marks, which a layout does not
    have, are left out.
    """
    document = opened(file)
    found = []
    for paragraph in paragraphs(document):
        found += [words for words in _words(paragraph).split("\t") if words]
    return found


def paragraphs(document):
    """All of a document, in order."""
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            for cell in block._tbl.iter(qn("w:tc")):
                yield from (Paragraph(each, block) for each in cell.p_lst)
        else:
            yield block


def _words(paragraph):
    pieces = []
    for piece in paragraph.iter_inner_content():
        for run in getattr(piece, "runs", [piece]):
            pieces += [shown.get("descr") for shown in run._r.iter(qn("wp:docPr"))]
            if not is_sign(run):
                pieces.append(run.text)
    return "".join(pieces)


def is_sign(run):
    return run.style.name.startswith(MARKS) and set(run.text.strip()) <= SIGNS
