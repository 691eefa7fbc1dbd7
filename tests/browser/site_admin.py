"""Making rows in the site administration as a site administrator does: with its own forms."""

from playwright.sync_api import expect


def add(page, model, **fields):
    """Fill in the add form of "app/model" and save it; the row is there, or the test fails.

    Text boxes are filled, lists chosen from by what they show, search boxes by typing.
    """
    page.goto(f"/admin/{model}/add/")
    for name, value in fields.items():
        _fill(page, name, value)
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(page.locator(".messagelist .success")).to_contain_text("was added successfully")


def _fill(page, name, value):
    field = page.locator(f"#id_{name}")
    kind = field.evaluate("element => element.type || element.tagName.toLowerCase()")
    if kind == "checkbox" or isinstance(value, bool):
        field.set_checked(value)
    elif field.evaluate("element => element.classList.contains('admin-autocomplete')"):
        _search(page, name, value)
    elif kind.startswith("select"):
        field.select_option(label=value)
    else:
        field.fill(value)
        # Only now does the page fill in what follows from it, such as the address of a name.
        field.blur()


def _search(page, name, value):
    page.locator(f".field-{name} .select2-selection").first.click()
    page.locator(".select2-search__field").last.press_sequentially(value)
    page.locator(".select2-results__option", has_text=value).first.click()
