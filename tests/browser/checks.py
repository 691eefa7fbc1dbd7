"""What is asked of every page in a real browser."""

from pathlib import Path

AXE = (Path(__file__).parent / "axe" / "axe.min.js").read_text()
# WCAG 2.2 AA and all it contains, and what axe's makers advise besides.
RULES = [
    "wcag2a",
    "wcag2aa",
    "wcag21a",
    "wcag21aa",
    "wcag22a",
    "wcag22aa",
    "best-practice",
]


def visit(page, address, status=200):
    """Open a page and assert its status: an error page has no violations either."""
    response = page.goto(address)
    assert response.status == status, f"{address} answered {response.status}, not {status}"
    return response


def _arrive(page):
    """Wait for the whole page: what was clicked may have begun an answer that is still coming.

    A click or a press on an element returns when the first bytes are there; a bare
    `page.keyboard.press` returns at once, so after it a test first expects something of the answer.
    """
    page.wait_for_load_state()


def check_axe(page, leave_out=()):
    """Assert that axe finds nothing wrong with the page as it stands now, nor we ourselves.

    leave_out: selectors of parts that are not ours to mend; say why beside the call.
    """
    _arrive(page)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    violations = page.evaluate(
        """([rules, exclude]) => axe
            .run({exclude}, {runOnly: {type: "tag", values: rules}, resultTypes: ["violations"]})
            .then((result) => result.violations)""",
        [RULES, [[selector] for selector in leave_out]],
    )
    found = [
        f"{violation['id']} ({violation['impact']}): {violation['help']}\n"
        + "\n".join(
            f"    {' '.join(map(str, node['target']))}\n"
            + "\n".join(f"      {line.strip()}" for line in node["failureSummary"].splitlines())
            for node in violation["nodes"]
        )
        for violation in violations
    ]
    assert not found, f"axe at {page.url}:\n" + "\n".join(found)
    _check_what_axe_leaves(page)


def _check_what_axe_leaves(page):
    """One heading of the first level, a title, links told apart, and something to hit.

    A link inside a line of text may be as high as its line; what stands by itself may not.
    """
    found = page.evaluate(
        """() => {
            const seen = (element) => {
                const {width, height} = element.getBoundingClientRect();
                return width > 1 && height > 1 && getComputedStyle(element).visibility !== "hidden";
            };
            const all = (selector) => [...document.querySelectorAll(selector)].filter(seen);
            const found = [];
            const headings = all("h1");
            if (headings.length !== 1) found.push(`${headings.length} headings of the first level`);
            if (/^(–|$)/.test(document.title)) found.push("a title that says nothing");
            const addresses = {};
            for (const link of all("main a[href]")) {
                const name = link.textContent.replace(/\\s+/g, " ").trim();
                if ((addresses[name] ??= link.href) !== link.href)
                    found.push(`two places are called "${name}": ${addresses[name]} ${link.href}`);
            }
            for (const element of all("a[href], button, summary")) {
                const {width, height} = element.getBoundingClientRect();
                const inLine = getComputedStyle(element).display === "inline";
                if (!inLine && (width < 24 || height < 24))
                    found.push(`${width} × ${height} px: ${element.outerHTML.slice(0, 120)}`);
            }
            return found;
        }"""
    )
    assert not found, f"{page.url}:\n" + "\n".join(found)


def check_no_sideways_scroll(page):
    """Assert that the page fits the window's present width."""
    _arrive(page)
    width, too_wide = page.evaluate(
        """() => {
            const width = document.documentElement.clientWidth;
            const wide = [...document.body.querySelectorAll("*")]
                .filter((element) => element.getBoundingClientRect().right > width + 1)
                .map((element) => element.outerHTML.slice(0, 120));
            return [width, document.documentElement.scrollWidth > width ? wide : null];
        }"""
    )
    assert too_wide is None, f"{page.url} is wider than {width} px:\n" + "\n".join(too_wide[:10])
