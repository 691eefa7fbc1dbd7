"""Word forms as people fill them in: the file is changed as Word would change it."""

from copy import deepcopy
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from docx import Document
from docx.oxml.ns import qn
from docx.table import _Cell

from documents.word import element, run
from tests.pages import Fields

UPDATE = "What has happened since July?"
PROGRESS = "How far has the action got?"
RAG = "How is it going?"
REASON = "Why is it red or amber?"
WAY_BACK = "What is the way back to green?"
NEW_DATE = "New date, if it has changed"
DATE_REASON = "Why has it moved?"
ANSWERING = "How are you answering?"
SENSITIVE = "Mark this answer OFFICIAL-SENSITIVE"
KEY_ISSUES = "Key issues and emerging trends"
KNOW = "What should the Executive know?"


class Filled:
    """A form that is being filled in."""

    def __init__(self, content):
        self.document = Document(BytesIO(content))

    def table(self, key):
        """The table of a section, by its first cell."""
        return next(
            table for table in self.document.tables if table.rows[0].cells[0].text.strip() == key
        )

    def row(self, key, question):
        return next(row for row in self.table(key).rows if row.cells[0].text.startswith(question))

    def box(self, key, question, column=1) -> _Cell:
        return self.row(key, question).cells[column]

    def type(self, key, question, *lines, column=1):
        """Words in place of what stands in a box, a paragraph each."""
        box = self.box(key, question, column)
        box.text = lines[0]
        for line in lines[1:]:
            box.add_paragraph(line)
        return self

    def choose(self, key, question, words):
        control = self.row(key, question)._tr.find(f".//{qn('w:sdt')}")
        control.find(f".//{qn('w:sdtContent')}//{qn('w:t')}").text = words
        return self

    def answer(self, key, text="Six patrols.", *, progress="In progress", rag="Green"):
        """An action's section, filled in to be sent."""
        self.type(key, UPDATE, text)
        return self.choose(key, PROGRESS, progress).choose(key, RAG, rag)

    def change_all(self, scene, progress="Complete"):
        """How far every action has got."""
        for answer in scene.action_answers:
            self.choose(answer.reference, PROGRESS, progress)
        return self

    def track(self, key, question, *, put_in, taken_out):
        """Tracked changes at the end of the first paragraph of a box."""
        words = self.box(key, question).paragraphs[0]._p
        words.append(element("ins", run(put_in), author="Lead", id="901"))
        gone = run(taken_out)
        gone.find(qn("w:t")).tag = qn("w:delText")
        words.append(element("del", gone, author="Lead", id="902"))
        return self

    def flatten_lists(self):
        """Controls away, their words kept: as copying into another document does."""
        for control in list(self.document.element.body.iter(qn("w:sdt"))):
            for piece in control.find(qn("w:sdtContent")):
                control.addprevious(deepcopy(piece))
            control.getparent().remove(control)
        return self

    def without_key(self):
        self.document.core_properties.identifier = ""
        for each in list(self.document.sections[0].footer.paragraphs[0].runs):
            each._r.getparent().remove(each._r)
        return self

    @property
    def content(self):
        written = BytesIO()
        self.document.save(written)
        return written.getvalue()


def address(name, scene, pk=None):
    return reverse(f"rounds:{name}", args=[scene.partnership.slug, pk or scene.update.pk])


def browser_of(user):
    browser = Client()
    browser.force_login(user)
    return browser


def taken_form(scene, by=None):
    """The bytes of a form, as its page gives them."""
    answer = browser_of(by or scene.lead).post(address("word_form", scene))
    assert answer.status_code == 200
    return answer.content


def bring_back(scene, content, by=None, *, name="form.docx"):
    """Upload a file by its page; what the page answers."""
    file = SimpleUploadedFile(name, content)
    return browser_of(by or scene.lead).post(address("word", scene), {"file": file})


def preview(scene, content, by=None):
    """Upload a file and open what it says: the browser, the address and the page's words."""
    brought = bring_back(scene, content, by)
    assert brought.status_code == 302, brought.text
    return look_at(brought["Location"], by or scene.lead)


def look_at(where, by):
    browser = browser_of(by)
    page = browser.get(where)
    assert page.status_code == 200
    return browser, where, page.text


def take_in(shown, **changed):
    """Press the button of a preview, with the ticks as they stand or as given."""
    browser, where, page = shown
    return browser.post(where, Fields(page).found | changed, follow=True)
