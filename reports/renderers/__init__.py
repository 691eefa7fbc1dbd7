"""Who prints a layout as a file: bytes out, and no question to the database or the clock."""

from reports.layout import Block, Heading

SHORT_LIST = 6
"""Items that stay together on a page, such as what the ratings mean."""


class CannotPrint(Exception):
    """A text that cannot be typeset; says under which heading, and in which row, it stands."""


def leads_to(before: Block | None, after: Block | None) -> bool:
    """Whether a paragraph between the two belongs on the page of what follows it, as in "Lead:".

    It stands right below a heading, and what that is the heading of is still to come.
    """
    if not isinstance(before, Heading) or after is None:
        return False
    return not isinstance(after, Heading) or after.level > before.level
