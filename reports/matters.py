"""Matters arising, as they print: what came of the meeting before, each under its priority."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from documents.richtext import clean
from partnerships.models import Marking
from rounds.matters import Matter, Matters, full_day, matters_before
from rounds.models import Answer, LeadUpdate, Round

from .past import Lineage, Past

# Characters. A longer row may be broken over two pages: kept whole, it can leave half of one empty.
LONGEST_UNBROKEN = 800


@dataclass(frozen=True)
class MatterRow:
    """One thing that was said, decided or agreed."""

    about: str
    kind: str
    text_html: str
    marking: str
    owner: str
    by_when: str
    state: str
    agreed: str
    """At which meeting, where that was not the last one."""
    may_break: bool


@dataclass(frozen=True)
class MattersTable:
    """Those of one priority, or of none that the report has."""

    heading: str
    said: str
    rows: tuple[MatterRow, ...]


@dataclass(frozen=True)
class Arising:
    """Everything that came of the meeting before."""

    general: MattersTable | None = None
    under: Mapping[int, MattersTable] = field(default_factory=dict)
    """By the number of the update."""
    is_sensitive: bool = False


NOTHING_AROSE = Arising()


def arising_for(
    round: Round,
    updates: Iterable[tuple[LeadUpdate, list[Answer]]],
    *,
    past: Past,
    today: date,
) -> Arising:
    """One query, none where there was no meeting before a round that is still open."""
    if past.last_meeting is None and not round.is_closed:
        return NOTHING_AROSE
    found = matters_before(round, today, last=past.last_meeting)
    return placed(found, updates, past.lineage) if found else NOTHING_AROSE


def placed(
    found: Matters, updates: Iterable[tuple[LeadUpdate, list[Answer]]], lineage: Lineage
) -> Arising:
    """Each matter where it prints, of all updates of a round.

    What is of an action prints under the priority that has the action now, or what became of it;
    anything else under the same priority, or in another plan under the one of its title. What has
    no place prints at the top, with the name of its priority.
    """
    places = _Places(updates, lineage)
    general: list[MatterRow] = []
    under: dict[int, list[MatterRow]] = {}
    for matter in found.matters:
        place = places.of(matter)
        if place is None:
            general.append(_row(matter, matter.about_in_full, found))
        else:
            under.setdefault(place, []).append(_row(matter, matter.about, found))
    return Arising(
        general=_table(general, found) if general else None,
        under={place: _table(rows, found) for place, rows in under.items()},
        is_sensitive=any(matter.is_sensitive for matter in found.matters),
    )


class _Places:
    """Where in the report something belongs, as the number of an update."""

    def __init__(
        self, updates: Iterable[tuple[LeadUpdate, list[Answer]]], lineage: Lineage
    ) -> None:
        self._actions: dict[int, int] = {}
        self._priorities: dict[int | str, int] = {}
        for update, answers in updates:
            self._priorities[update.priority_id] = update.pk
            self._priorities[update.title] = update.pk
            for answer in answers:
                if answer.action_id:
                    self._actions |= dict.fromkeys(lineage.of(answer.action_id), update.pk)

    def of(self, matter: Matter) -> int | None:
        update, answer = matter.update, matter.answer
        if update is None:
            return None
        if answer is not None and answer.action_id in self._actions:
            return self._actions[answer.action_id]
        named = self._priorities.get(update.title)
        return self._priorities.get(update.priority_id, named)


def _table(rows: list[MatterRow], found: Matters) -> MattersTable:
    said = f"From the meeting on {full_day(found.held_on)}."
    return MattersTable("Matters arising", said, tuple(rows))


def _row(matter: Matter, about: str, found: Matters) -> MatterRow:
    is_earlier = matter.held_on != found.held_on
    return MatterRow(
        about=about,
        kind=matter.kind,
        text_html=clean(matter.text).html,
        marking=Marking.SENSITIVE.label if matter.is_sensitive else "",
        owner=matter.owner,
        by_when=matter.by_when,
        state=matter.state,
        agreed=f"Agreed at the meeting on {full_day(matter.held_on)}" if is_earlier else "",
        may_break=len(matter.text) > LONGEST_UNBROKEN,
    )
