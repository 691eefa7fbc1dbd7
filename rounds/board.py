"""The board of a round as plain values: who has answered what, and what is to be done next.

A fixed number of queries, however many actions the plan has; the templates run none.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from actions.models import Action
from partnerships.posts import is_held
from performance.figures import FigureRow
from priorities.leads import Linked
from priorities.models import PriorityLead

from .as_closed import linked_in_each
from .given import WRITES, Sections, read_given, with_given
from .last_rounds import LastRounds, Share
from .models import Answer, LeadUpdate, Round
from .rates import shares_by_organisation
from .standing import MARKS, Standing, Tally
from .told import Told, told_in
from .typed_figures import missing_figures, rows_of_answers

State = Answer.State
Kind = Answer.Kind
Response = Answer.Response

LEGEND = Standing.choices
COLUMNS = [
    (Kind.ACTION, "Actions"),
    (Kind.FIGURES, "Figures"),
    (Kind.KEY_ISSUES, "Key issues"),
    (Kind.GROUP, "Groups"),
    (Kind.THEMES, "Cross-cutting"),
]
NARROW_NAMES = {Kind.FIGURES: "Figures", Kind.KEY_ISSUES: "Issues", Kind.THEMES: "Themes"}
SHORT_RESPONSES = {
    Response.WRITTEN: "Written",
    Response.VERBAL: "Verbal",
    Response.NOTHING: "Nothing to report",
}
LONGEST_NAME = 28


@dataclass(frozen=True)
class Tile:
    """One section on the board; `lacks` are the indicators its figures were given without.

    Groups go by their short names only `as_now`, while the round is not closed: later nobody
    knows what those were on its day.
    """

    answer: Answer
    lacks: tuple[str, ...] = ()
    as_now: bool = True

    @property
    def mark(self) -> str:
        return MARKS[self.answer.state]

    @property
    def is_wide(self) -> bool:
        """Whether it carries a name and not a reference or one known word."""
        answer = self.answer
        return answer.kind == Kind.GROUP or (answer.is_action and not answer.reference)

    @cached_property
    def name(self) -> str:
        """What the tile calls the section: "1.1", "Issues", "SOC Panel"."""
        answer = self.answer
        if answer.kind in NARROW_NAMES:
            return NARROW_NAMES[answer.kind]
        if answer.is_action:
            return answer.reference or _shortened(answer.title)
        groups = answer.group_heading.groups.all() if self.as_now else ()
        short = [group.short_name for group in groups]
        return ", ".join(short) if short and all(short) else _shortened(answer.title)

    @property
    def word(self) -> str:
        """The state, or for an answer that is not in writing what it is instead."""
        return f"{self._state}, {len(self.lacks)} missing" if self.lacks else self._state

    @property
    def _state(self) -> str:
        answer = self.answer
        if answer.is_draft and answer.is_awaiting_revision:
            return "Draft: returned"
        spoken = {Response.VERBAL: "verbal", Response.NOTHING: "nil"}.get(answer.response)
        if spoken and answer.is_draft:
            return f"Draft: {spoken}"
        if spoken and answer.is_submitted:
            return spoken.capitalize()
        return answer.get_state_display()

    @property
    def return_reason(self) -> str:
        """What its lead was asked to change, while that is still to come."""
        return self.answer.return_reason if self.answer.is_awaiting_revision else ""

    @property
    def response(self) -> str:
        if self.answer.is_figures and self.answer.is_written:
            return "Figures entered"
        return SHORT_RESPONSES.get(self.answer.response, "")

    @property
    def choice(self) -> str:
        """What a checkbox posts: the answer and the version that was read."""
        return choice_of(self.answer)

    @property
    def notes(self) -> list[str]:
        """What the coordinator should know before accepting it unread."""
        answer = self.answer
        said = {
            "Given for them": bool(answer.given_for),
            "Taken in": answer.taken_in_by_id is not None,
            "Revised": answer.returned_at is not None,
            "Edited": answer.edited_at is not None,
            "Late": answer.is_sent and answer.let_in_until is not None,
        }
        missing = [f"Missing: {', '.join(self.lacks)}"] if self.lacks else []
        return missing + [note for note, is_so in said.items() if is_so]


@dataclass(frozen=True)
class Chased:
    """Somebody who is waited for, and what they were told of the round."""

    post: str
    number: int | None = None
    """Whom a button reminds; nobody where the person cannot sign in yet."""
    told: Told | None = None


@dataclass(frozen=True)
class Row:
    """One priority on the board: its lead's update and every section of it."""

    update: LeadUpdate
    tiles: list[Tile]
    linked: Linked
    answered_before: str
    told: Mapping[int, Told]
    given: Sections

    @property
    def lead(self) -> str:
        """As the plan had it on the day of opening; where it named none, who is linked."""
        return self.update.lead_text or self.linked.in_words or "Lead to be confirmed"

    @property
    def people(self) -> list[str]:
        return self.linked.people

    @property
    def chased(self) -> list[Chased]:
        """The people linked, as long as the round is not closed; then their posts are all.

        After them come those who were given sections that are still to be sent.
        """
        linked = [self._chased(link) for link in self.linked.links if link.membership is not None]
        return [*(linked or [Chased(post) for post in self.people]), *self._writers]

    @property
    def _writers(self) -> list[Chased]:
        """Each person who has sections of it, with what they have to do for them."""
        found: dict[tuple[int, str], list[str]] = {}
        people = {}
        for tile in self.missing:
            for each in self.given.get(tile.answer.pk, ()):
                people[each.person.pk] = each
                found.setdefault((each.person.pk, each.on_board), []).append(tile.name)
        return [
            Chased(
                f"{people[number].post}: {said} {', '.join(names)}",
                number if said == WRITES else None,
                self.told.get(number),
            )
            for (number, said), names in found.items()
        ]

    def _chased(self, link: PriorityLead) -> Chased:
        person = link.membership.user
        post = self.linked.post_of(link)
        return Chased(post, person.pk if person.is_active else None, self.told.get(person.pk))

    @property
    def is_asked_of_somebody(self) -> bool:
        """Whether anybody linked can sign in; where nobody can, those who run the round are."""
        people = (link.membership for link in self.linked.links)
        return any(person is not None and person.user.is_active for person in people)

    @property
    def is_lead_among_people(self) -> bool:
        """Whether the people linked are all that there is to say of the lead."""
        names = self.linked.names
        return self.lead == self.linked.in_words and set(names) <= set(self.people)

    @cached_property
    def columns(self) -> list[tuple[str, list[Tile]]]:
        return [
            (label, [tile for tile in self.tiles if tile.answer.kind == kind])
            for kind, label in COLUMNS
        ]

    @cached_property
    def standing(self) -> Standing:
        """The update's own state, taken from its answers."""
        return Tally.of(tile.answer for tile in self.tiles).standing

    @property
    def saved_at(self):
        """When anything in it was last saved."""
        saved = [tile.answer.last_saved_at for tile in self.tiles if tile.answer.last_saved_at]
        return max(saved, default=None)

    @cached_property
    def to_read(self) -> list[Tile]:
        return [tile for tile in self.tiles if tile.answer.is_submitted]

    @cached_property
    def missing(self) -> list[Tile]:
        return [tile for tile in self.tiles if not tile.answer.is_sent]

    @property
    def let_in_until(self):
        """Until when something that is missing may be answered late."""
        until = [tile.answer.let_in_until for tile in self.missing if tile.answer.let_in_until]
        return max(until, default=None)

    @property
    def not_started(self) -> list[Tile]:
        return [tile for tile in self.missing if tile.answer.state == State.NOT_STARTED]

    @property
    def in_draft(self) -> list[Tile]:
        return [tile for tile in self.missing if tile.answer.is_draft]

    @property
    def returned(self) -> list[Tile]:
        return [tile for tile in self.missing if tile.answer.state == State.RETURNED]

    @property
    def last_sent_at(self):
        sent = [tile.answer.submitted_at for tile in self.tiles if tile.answer.is_sent]
        return max(sent, default=None)


@dataclass(frozen=True)
class Unasked:
    """An action of the plan that this round does not ask for."""

    action: Action
    can_be_asked: bool


@dataclass(frozen=True)
class Board:
    """Everything the board shows of an opened round."""

    round: Round
    rows: list[Row]
    unasked: list[Unasked]
    last_rounds: LastRounds
    told: Mapping[int, Told]
    suppliers: frozenset[int]
    """By number the people of whom a figure is still to come, whose section is not sent."""
    rates: list[tuple[str, list[Share]]]
    """By organisation, what it answered in the last rounds."""

    @cached_property
    def tiles(self) -> list[Tile]:
        return [tile for row in self.rows for tile in row.tiles]

    @property
    def to_read(self) -> list[Tile]:
        return [tile for row in self.rows for tile in row.to_read]

    @property
    def waiting(self) -> list[Row]:
        return [row for row in self.rows if row.missing]

    @property
    def everybody_told(self) -> list[Told]:
        return sorted(self.told.values(), key=lambda told: str(told.person))

    @property
    def others_told(self) -> list[Chased]:
        """Who else is waited for and was told so: for a figure, or in place of a lead.

        Whose section was taken back or sent is waited for no more.
        """
        if not self.round.is_open:
            return []  # Nobody knows any more who was linked.
        linked = {each.number for row in self.waiting for each in row.chased}
        has_nobody = any(not row.is_asked_of_somebody for row in self.waiting)
        return [
            Chased(told.post or str(told.person), number if told.person.is_active else None, told)
            for number, told in self.told.items()
            if number not in linked
            and (number in self.suppliers or (told.runs_rounds and has_nobody))
        ]

    @cached_property
    def counts(self) -> dict[str, int]:
        """Every section once: submitted, accepted, returned, not sent, and all of them."""
        answers = [tile.answer for tile in self.tiles]
        submitted = sum(answer.is_submitted for answer in answers)
        accepted = sum(answer.is_accepted for answer in answers)
        returned = sum(answer.is_awaiting_revision for answer in answers)
        return {
            "submitted": submitted,
            "accepted": accepted,
            "returned": returned,
            "not_sent": len(answers) - submitted - accepted - returned,
            "missing": len(answers) - submitted - accepted,
            "drafts": sum(answer.is_draft for answer in answers),
            "all": len(answers),
        }


def choice_of(answer: Answer) -> str:
    return f"{answer.pk}-{answer.version}"


def board_of(round: Round, today) -> Board:
    """The board of a round that has been opened."""
    answers, given = read_given(_answers(round), today)
    updates = list({answer.update: None for answer in answers})
    for update in updates:
        update.round = round
    shown = [each for each in answers if each.is_written or not each.is_sent]
    figures = rows_of_answers(shown, round, small_base=round.partnership.small_base)
    tiles = _tiles(round, answers, figures)
    last = LastRounds.until(round)
    linked = linked_in_each([*last.counted, *updates], today)
    told = told_in(round, today)
    rows = [
        Row(
            update,
            tiles[update.pk],
            linked[update.pk],
            last.answered_before(update),
            told,
            given,
        )
        for update in updates
    ]
    return Board(
        round=round,
        rows=rows,
        unasked=_unasked(round, {update.priority_id for update in updates}),
        last_rounds=last,
        told=told,
        suppliers=_suppliers(answers, figures, today),
        rates=shares_by_organisation(last, linked),
    )


def _answers(round: Round) -> list[Answer]:
    """Every section in its order, each with its update; an update has at least one.

    A section comes once for each person who was given it.
    """
    return list(
        with_given(Answer.objects.filter(update__round=round))
        .defer("text", "rag_reason", "way_back", "date_reason", "withheld_reason")
        .select_related("update", "group_heading")
        .prefetch_related("group_heading__groups")
        .order_by("update__order", "update", "order", "pk", "given_pk")
    )


def _tiles(
    round: Round, answers: list[Answer], figures: Mapping[int, list[FigureRow]]
) -> dict[int, list[Tile]]:
    found = defaultdict(list)
    for answer in answers:
        lacks = missing_figures(answer, figures.get(answer.pk, ()))
        found[answer.update_id].append(Tile(answer, lacks, as_now=not round.is_closed))
    return found


def _suppliers(
    answers: list[Answer], figures: Mapping[int, list[FigureRow]], today: date
) -> frozenset[int]:
    missing = [
        row.indicator.supplier
        for answer in answers
        for row in figures.get(answer.pk, ())
        if not (answer.is_sent or row.is_complete)
    ]
    return frozenset(each.user_id for each in missing if each and is_held(each, today))


def _unasked(round: Round, asked_priorities: set[int]) -> list[Unasked]:
    """Actions that came into the plan after an open round had been opened."""
    if not round.is_open:
        return []
    actions = (
        round.plan.actions.in_plan()
        .exclude(answers__update__round=round)
        .select_related("priority")
    )
    return [Unasked(action, action.priority_id in asked_priorities) for action in actions]


def _shortened(title: str) -> str:
    """The first words of a title that is too long for a tile."""
    if len(title) <= LONGEST_NAME:
        return title
    return title[:LONGEST_NAME].rsplit(" ", 1)[0] + "…"
