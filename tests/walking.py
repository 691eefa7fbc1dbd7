"""A person who walks through the portal over HTTP: without script, by what the pages say."""

from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import lxml.html
import requests


class Page:
    """One answer of the portal, to be read and followed by its words."""

    def __init__(self, walker, response):
        self.walker = walker
        self.response = response
        self.status = response.status_code
        self.address = response.url
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        has_words = is_page and response.content
        self.html = lxml.html.fromstring(response.content, response.url) if has_words else None

    @property
    def path(self):
        return urlsplit(self.address).path

    @property
    def main(self):
        [main] = self.html.xpath("//main")
        return main

    @property
    def heading(self):
        [heading] = self.html.xpath("//h1")
        return words(heading)

    @property
    def words(self):
        """What is read in the page itself, without its frame."""
        return words(self.main)

    def rows(self, caption=None):
        """The rows of its tables, each a list of what is read in its cells."""
        found = self.main.xpath(".//table")
        if caption:
            found = [table for table in found if caption in words(table.find("caption"))]
        return [
            [words(cell) for cell in row.xpath("./th | ./td")]
            for table in found
            for row in table.xpath(".//tr")
        ]

    def follow(self, label, *, within=None, nth=0):
        """The page that a link of this label leads to; hidden words in brackets may follow."""
        links = [
            link
            for link in (self.html if within is None else within).xpath(".//a[@href]")
            if label in (words(link), words(link).partition(" (")[0])
        ]
        assert links, f"No link “{label}” on {self.path}: {self.words[:600]}"
        return self.walker.get(urljoin(self.address, links[nth].get("href")))

    def part(self, said):
        """The row, list item or block whose words hold this; the smallest there is."""
        found = [
            part
            for part in self.main.xpath(".//tr | .//li | .//div | .//section | .//dl")
            if said in words(part)
        ]
        assert found, f"“{said}” is not on {self.path}: {self.words[:600]}"
        return min(found, key=lambda part: len(words(part)))

    def press(self, label, fields=(), *, within=None, files=None):
        """Fill in fields by their labels and press a button, found by its label too."""
        buttons = [
            button
            for button in (self.main if within is None else within).xpath(".//button")
            if words(button) == label
        ]
        assert buttons, f"No button “{label}” on {self.path}: {self.words[:600]}"
        button = buttons[0]
        form = self._form_of(button)
        for name, value in dict(fields).items():
            self._fill(form, name, value)
        sent = [(name, value) for name, value in form.form_values() if value is not None]
        if button.get("name"):
            sent.append((button.get("name"), button.get("value", "")))
        address = urljoin(self.address, form.get("action") or "")
        return self.walker.post(address, sent, files=files, referrer=self.address)

    def field(self, label):
        """What stands in a field, found by its label."""
        [target] = [each.get("for") for each in self.main.xpath(".//label") if words(each) == label]
        [field] = self.main.xpath(".//*[@id=$id]", id=target)
        return (field.value or "").strip()

    def _form_of(self, button):
        if button.get("form"):
            [form] = self.html.xpath("//form[@id=$id]", id=button.get("form"))
            return form
        return next(button.iterancestors("form"))

    def _fill(self, form, label, value):
        group, _, label = label.rpartition(" > ")
        where = form
        if group:
            [where] = [
                fieldset
                for fieldset in form.xpath(".//fieldset")
                if fieldset.find("legend") is not None and words(fieldset.find("legend")) == group
            ]
        targets = [each.get("for") for each in where.xpath(".//label") if words(each) == label]
        assert targets, f"No field “{label}” on {self.path}: {words(form)[:800]}"
        [field] = form.xpath(".//*[@id=$id]", id=targets[0])
        if field.tag == "select":
            options = {words(option): option.get("value") for option in field.iter("option")}
            assert value in options, f"No “{value}” under “{label}”: {', '.join(options)}"
            field.value = options[value]
        elif field.get("type") in ("radio", "checkbox"):
            if field.get("type") == "radio":
                for other in form.xpath(".//input[@name=$name]", name=field.get("name")):
                    other.attrib.pop("checked", None)
            if value:
                field.set("checked", "checked")
            else:
                field.attrib.pop("checked", None)
        else:
            field.value = value


@dataclass
class Walker:
    """One browser of one person."""

    base: str

    def __post_init__(self):
        self.session = requests.Session()
        self.session.trust_env = False

    def close(self):
        """Connections that are kept keep threads of the server, and those the database."""
        self.session.close()

    def get(self, address):
        return Page(self, self.session.get(self._there(address), timeout=60))

    def head(self, address):
        return Page(self, self.session.head(self._there(address), timeout=60))

    def post(self, address, fields, *, files=None, referrer=None):
        headers = {"Referer": referrer} if referrer else {}
        found = self.session.post(
            self._there(address), data=fields, files=files, headers=headers, timeout=60
        )
        return Page(self, found)

    def _there(self, address):
        """The same path on the server of the test, whatever address a message gave."""
        parts = urlsplit(address)
        return urljoin(self.base, parts.path + (f"?{parts.query}" if parts.query else ""))


def words(element):
    """Its text as it is read, without spaces at the ends and between words more than one."""
    return "" if element is None else " ".join(element.text_content().split())
