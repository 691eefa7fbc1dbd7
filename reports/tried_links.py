"""What the check page says of the websites a report leads to: whether they answered when asked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from partnerships.models import Partnership

from .models import TriedLink
from .reaching import Outcome
from .remarks.links import WebLink
from .services.trying_links import tried_lately

SHOWN = 200

NOT_TRIED = "Not tried yet"


@dataclass(frozen=True)
class LinkRow:
    """One address, where it stands in the report, and what came of trying it."""

    link: WebLink
    tried: TriedLink | None

    @property
    def outcome(self) -> Outcome | None:
        return Outcome(self.tried.outcome) if self.tried else None

    @property
    def says(self) -> str:
        """As in "The page is not there (404)"."""
        if self.tried is None or self.outcome is None:
            return NOT_TRIED
        is_plain = self.outcome in (Outcome.ANSWERS, Outcome.MOVED) or not self.tried.status
        return self.outcome.label if is_plain else f"{self.outcome.label} ({self.tried.status})"

    @property
    def is_dead(self) -> bool:
        return self.outcome is not None and self.outcome.is_dead

    @property
    def order(self) -> int:
        """What somebody should do something about comes first, what is well last."""
        if self.outcome is None:
            return 2
        if self.outcome == Outcome.ANSWERS:
            return 3
        return 0 if self.is_dead else 1


@dataclass(frozen=True)
class LinkRows:
    is_on: bool
    """Whether this portal tries links at all."""
    rows: tuple[LinkRow, ...]

    @property
    def shown(self) -> tuple[LinkRow, ...]:
        return self.rows[:SHOWN]

    @property
    def more(self) -> int:
        return len(self.rows) - len(self.shown)

    @property
    def dead(self) -> int:
        return sum(row.is_dead for row in self.rows)

    @property
    def is_known(self) -> bool:
        """Whether anything can be said of how many are dead."""
        return not self.rows or any(row.tried for row in self.rows)


def link_rows(links: Iterable[WebLink], partnership: Partnership, now: datetime) -> LinkRows:
    """One query, whatever the report leads to; nothing is fetched."""
    tried = tried_lately(partnership, now)
    rows = [LinkRow(link, tried.get(link.address)) for link in links]
    return LinkRows(settings.LINKS_ARE_TRIED, tuple(sorted(rows, key=lambda row: row.order)))


def in_words(found: Mapping[Outcome, int]) -> str:
    """As in "12 links tried: 1 of them dead. 2 were not asked."."""
    not_asked = found.get(Outcome.NOT_ASKED, 0)
    count = sum(found.values()) - not_asked
    if not count and not not_asked:
        return "No link was tried: there was none, or no time for one."
    dead = sum(many for outcome, many in found.items() if outcome.is_dead)
    tried = f"{count or 'No'} link{'' if count == 1 else 's'} tried"
    of_them = f": {dead or 'none'} of them dead" if count else ""
    asked = f" {not_asked} {'was' if not_asked == 1 else 'were'} not asked." if not_asked else ""
    return f"{tried}{of_them}.{asked}"
