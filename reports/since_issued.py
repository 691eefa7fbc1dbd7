"""What has become of a public edition since it was issued, before it is released.

What was issued is frozen, and may show what somebody has withheld since. It is compared, word by
word, with the public edition that would be issued today in its place.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from partnerships.models import Marking
from performance.models import Indicator

from .as_html import as_html
from .content import Issue, build_report
from .editions import Edition
from .giving_away import gives_away
from .models import IssuedReport, ReportFile
from .priority import NOT_PUBLISHED
from .small_numbers import NOT_SHOWN
from .stored_page import BEGINS, report_in, texts_of

MOST_NAMED = 5
LONGEST_NAMED = 80


@dataclass(frozen=True)
class SinceIssued:
    has_changed: bool
    """Whether the edition would read otherwise if it were issued today."""
    withheld: tuple[str, ...]
    """What it says and would not say today, being withheld or a small number now."""


def since_issued(report: IssuedReport, page: ReportFile) -> SinceIssued:
    """Needs the report's round with its plan and partnership, and its stored public page."""
    then, today = texts_of(report_in(page)), _texts_of_today(report)
    marked = Indicator.objects.filter(partnership=report.partnership_id, marking=Marking.SENSITIVE)
    # One that is marked is left out whole: no words stand in its place.
    left_out = set(marked.values_list("name", flat=True)) & set(then)
    withheld = dict.fromkeys([*_replaced(then, today), *sorted(left_out), *gives_away(report)])
    return SinceIssued(has_changed=then != today, withheld=tuple(withheld))


def in_short(withheld: tuple[str, ...]) -> str:
    """As in "“6,505”, “6,508” and more"."""
    named = [
        each if len(each) <= LONGEST_NAMED else f"{each[:LONGEST_NAMED].rstrip()} …"
        for each in withheld[:MOST_NAMED]
    ]
    more = " and more" if len(withheld) > MOST_NAMED else ""
    return ", ".join(f"“{each}”" for each in named) + more


def _texts_of_today(report: IssuedReport) -> list[str]:
    issue = Issue(report.version, report.issued_at, report.post)
    round = report.round
    today = build_report(round, edition=Edition.PUBLIC, now=report.issued_at, issue=issue)
    page = as_html(today, brand_colour=round.partnership.brand_colour)
    return texts_of(page.partition(BEGINS)[2])


def _replaced(then: list[str], today: list[str]) -> Iterator[str]:
    """The words in whose place it would be said today that they are not published."""
    for what, *span in SequenceMatcher(None, then, today, autojunk=False).get_opcodes():
        first, last, first_today, last_today = span
        said = today[first_today:last_today]
        if what != "equal" and any(NOT_PUBLISHED in each or NOT_SHOWN in each for each in said):
            yield from then[first:last] or ["…"]
