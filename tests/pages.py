"""Filling in a page's form as a browser does: what is on it is sent, but for what is changed."""

from html.parser import HTMLParser

from django.urls import reverse


def admin_address(model, page, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def _listed(value):
    return value if isinstance(value, list) else [value]


class Fields(HTMLParser):
    """What a browser would send from a page's form if nothing were changed on it."""

    def __init__(self, page):
        super().__init__()
        self.found, self.select, self.area = {}, None, None
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        name, value = attrs.get("name"), attrs.get("value", "")
        if tag == "input" and name and attrs.get("type") not in ("submit", "checkbox", "radio"):
            self.found[name] = value
        elif tag == "input" and name and "checked" in attrs:
            value = attrs.get("value", "on")
            if name in self.found and attrs["type"] == "checkbox":
                value = [*_listed(self.found[name]), value]
            self.found[name] = value
        elif tag == "select":
            self.select = name
        elif tag == "option" and "selected" in attrs and value:
            self.found.setdefault(self.select, []).append(value)
        elif tag == "textarea":
            self.area = name
            self.found[name] = ""

    def handle_endtag(self, tag):
        if tag == "textarea":
            self.area = None

    def handle_data(self, data):
        if self.area:
            self.found[self.area] += data


def send(client, where, changes):
    """Fill in the form at an address and press Save; errors come back as the page."""
    page = client.get(where)
    assert page.status_code == 200, where
    found = Fields(page.content.decode()).found
    for name, value in list(found.items()):
        prefix, blank, field = name.partition("-__prefix__-")
        if blank:
            # A new row begins with what the blank one shows.
            for number in range(int(changes.get(f"{prefix}-TOTAL_FORMS", 0))):
                found.setdefault(f"{prefix}-{number}-{field}", value)
    return client.post(where, found | changes, follow=True)


def rows(prefix, *rows):
    """The fields of new rows under a parent."""
    sent = {f"{prefix}-TOTAL_FORMS": str(len(rows))}
    for number, row in enumerate(rows):
        sent |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return sent
