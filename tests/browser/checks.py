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


def check_axe(page, leave_out=()):
    """Assert that axe finds nothing wrong with the page as it stands now.

    leave_out: selectors of parts that are not ours to mend; say why beside the call.
    """
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


def check_no_sideways_scroll(page):
    """Assert that the page fits the window's present width."""
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
