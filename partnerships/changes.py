"""What changed, in plain words: who did what to something, when, from what to what.

A `Story` is the history of one thing and of what belongs to it, as one person may read it. Each
app says what its things are made of (`Kept`) and which rows of their history the person may
see; here they become one list of entries, the latest first, a page at a time.

What a person may not see is left out by the database, before anything is counted or told.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import BooleanField, Field, Model, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models import ForeignKey as ForeignKeyField
from django.utils import timezone

from documents.differences import Piece, differences, shortened
from documents.richtext import plain_words

from .names import Names
from .permissions import Access
from .quarters import MONTH_NAMES
from .times import which_of_two

ENTRIES_ON_A_PAGE = 20
AT_ONCE = timedelta(seconds=1)
"""What one person wrote within this time was one save."""

NOTHING = Q(pk__in=())

# What is said of a field: its name ("the title"), or for yes and no both sentences.
Said = str | tuple[str, str]


@dataclass(frozen=True)
class Former:
    """A text as it was before a change: which row of which history holds it."""

    key: str
    row: int
    field: str


@dataclass(frozen=True)
class Told:
    """One sentence of an entry; `pieces` are the words that went and came, where it has them."""

    said: str
    pieces: tuple[Piece, ...] = ()
    former: Former | None = None


UNCHANGED = Told("saved it without a change")


@dataclass(frozen=True)
class Entry:
    """One save: when, by whom, and what it did."""

    at: datetime
    who: str
    told: tuple[Told, ...]

    @property
    def when(self) -> str:
        """As in "18 October 2023 at 14:32", in London."""
        return moment_in_full(self.at)


@dataclass(frozen=True)
class Kept:
    """The history of one model, as far as it belongs to a thing and this person may see it.

    `rows` are those the person may see. `noun` is empty for the thing itself, "milestone" for
    what belongs to it, and `named` says which milestone. `own` gives sentences that no field
    alone can tell; fields not in `fields` are not told.
    """

    key: str
    rows: QuerySet[Any]
    fields: Mapping[str, Said]
    noun: str = ""
    named: Callable[[Any, "Names"], str] = lambda row, names: ""
    points_at: Callable[[Any], Iterable[tuple[type[Model], int | None]]] = lambda row: ()
    own: Callable[[Any, Any | None, "Names"], Sequence[str]] = lambda row, before, names: ()
    rich: frozenset[str] = frozenset()
    """Fields that hold canonical HTML."""
    unsaid: frozenset[str] = frozenset()
    """Fields of which this person learns only that they changed."""
    restorable: frozenset[str] = frozenset()
    brings: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """What comes back with a text that is restored: fields that were understood from it."""
    empty: Mapping[str, str] = field(default_factory=dict)
    """Choices that stand for nothing yet."""
    lists: Mapping[str, type[Model]] = field(default_factory=dict)
    """Lists of many whose history is kept: the field, and the model of its rows of history."""

    @property
    def model(self) -> type[Model]:
        found: type[Model] = self.rows.model.instance_type
        return found

    def field_of(self, name: str) -> "Field[Any, Any]":
        found: Field[Any, Any] = self.model._meta.get_field(name)  # type: ignore[assignment]
        return found

    def points_to(self, name: str) -> type[Model]:
        """The model that a field links to."""
        found: type[Model] = self.model._meta.get_field(name).related_model  # type: ignore[assignment]
        return found

    @property
    def is_whole(self) -> bool:
        """Whether this is the thing itself, not something that belongs to it."""
        return not self.noun


@dataclass(frozen=True)
class Story:
    """The history of one thing and of what belongs to it, as one person may read it."""

    access: Access
    kept: Sequence[Kept]
    names_as_now: Sequence[type[Model]] = ()
    """Models called by their present name: an earlier one may not be for everybody."""

    def page(self, number: str | None) -> Page[Entry]:
        """Some of the entries, the latest first."""
        page = Paginator(self._places(), ENTRIES_ON_A_PAGE).get_page(number)
        page.object_list = self._entries(list(page.object_list))
        return page

    def find(self, key: str, row: int, name: str) -> "Found | None":
        """A text of the thing as it was before a change that this person may see."""
        kept = next((kept for kept in self.kept if kept.key == key), None)
        if kept is None or name not in kept.restorable or name in kept.unsaid:
            return None
        changed, before = _change_of(kept, row)
        if before is None or not getattr(before, name):
            return None
        return Found(kept, name, changed, before, Names(self.access, as_now=self.names_as_now))

    def _places(self) -> QuerySet[Any, Any]:
        """The moment, the history and the number of every row, the latest first."""
        first, *others = (
            kept.rows.order_by()
            .annotate(place=Value(place))
            .values_list("history_date", "place", "history_id")
            for place, kept in enumerate(self.kept)
        )
        every: QuerySet[Any, Any] = first.union(*others, all=True) if others else first
        return every.order_by("-history_date", "-place", "-history_id")

    def _entries(self, places: Sequence[tuple[datetime, int, int]]) -> list[Entry]:
        rows: dict[tuple[int, int], tuple[Any, Any | None]] = {}
        for at, kept in enumerate(self.kept):
            chosen = {number for _, place, number in places if place == at}
            for number, pair in _with_before(kept, chosen).items():
                rows[at, number] = pair
        names = Names(self.access, as_now=self.names_as_now)
        for (at, _), pair in rows.items():
            _want(names, self.kept[at], pair)
        names.read()
        entries: list[Entry] = []
        for _, place, number in places:
            row, before = rows[place, number]
            told = Telling(self.kept[place], row, before, names, self.access).told()
            who = names.who(row.history_user_id, row.history_date)
            last = entries[-1] if entries else None
            if last and last.who == who and last.at - row.history_date < AT_ONCE:
                entries[-1] = Entry(last.at, who, _together(told, last.told))
            else:
                entries.append(Entry(row.history_date, who, tuple(told)))
        return entries


@dataclass(frozen=True)
class Found:
    """A former text of something, with the row of history before which it stood."""

    kept: Kept
    field: str
    changed: Any
    before: Any
    names: Names

    @cached_property
    def who(self) -> str:
        person = self.changed.history_user_id
        self.names.want_person(person)
        self.names.read()
        return self.names.who(person, self.changed.history_date)

    @property
    def text(self) -> str:
        found: str = getattr(self.before, self.field)
        return found

    @property
    def is_rich(self) -> bool:
        return self.field in self.kept.rich

    @property
    def present(self) -> Any | None:
        """The row as it is now; None where it was removed."""
        return self.kept.model._default_manager.filter(pk=self.before.id).first()

    @property
    def label(self) -> str:
        """ "The title", or "The title of a milestone"."""
        said = self.kept.fields[self.field]
        label = said if isinstance(said, str) else self.field
        label = label if self.kept.is_whole else f"{label} of the {self.kept.noun}"
        return label[0].upper() + label[1:]

    @property
    def when(self) -> str:
        """Until when it stood there."""
        return moment_in_full(self.changed.history_date)


@dataclass(frozen=True)
class Telling:
    """One row of history beside the one before it, to be told in sentences."""

    kept: Kept
    row: Any
    before: Any | None
    names: Names
    access: Access

    def told(self) -> list[Told]:
        own = [Told(said) for said in self.kept.own(self.row, self.before, self.names)]
        if self.row.history_type == "-":
            return own or [Told(f"removed {self._subject}")]
        if self.before is None:
            return own or [Told(f"added {self._subject}")]
        changed = [self._change(name, said) for name, said in self.kept.fields.items()]
        told = [*own, *(each for each in changed if each is not None)]
        return told or [UNCHANGED]

    @cached_property
    def _subject(self) -> str:
        if self.kept.is_whole:
            return "it"
        name = self.kept.named(self.row, self.names)
        return f"the {self.kept.noun} {name}".strip()

    def _change(self, name: str, said: Said) -> Told | None:
        if name in self.kept.lists:
            return self._change_of_list(name, said)
        attname = self.kept.field_of(name).attname
        old, new = getattr(self.before, attname), getattr(self.row, attname)
        if old == new:
            return None
        if isinstance(said, tuple):
            sentence = said[0] if new else said[1]
            return Told(sentence if self.kept.is_whole else f"{sentence} {self._subject}")
        label = said if self.kept.is_whole else f"{said} of {self._subject}"
        if name in self.kept.unsaid:
            return Told(f"changed {label}")
        return self._from_to(name, label)

    def _from_to(self, name: str, label: str) -> Told:
        old, new = self._value(self.before, name), self._value(self.row, name)
        former = None
        if name in self.kept.restorable and getattr(self.before, name):
            former = Former(self.kept.key, self.row.history_id, name)
        if not old:
            return Told(f"set {label} to {new}")
        if not new:
            return Told(f"took away {label}, which was {old}", former=former)
        if self._is_long(name):
            pieces = differences(self._words(self.before, name), self._words(self.row, name))
            said = f"changed {label}" if pieces else f"changed how {label} is laid out"
            return Told(said, tuple(pieces), former)
        return Told(f"changed {label} from {old} to {new}", former=former)

    def _change_of_list(self, name: str, said: Said) -> Told | None:
        model = self.kept.points_to(name)
        old, new = getattr(self.before, f"{name}_kept"), getattr(self.row, f"{name}_kept")
        came = [self.names.name(model, pk, self.row.history_date) for pk in sorted(new - old)]
        went = [self.names.name(model, pk, self.row.history_date) for pk in sorted(old - new)]
        told = []
        if came:
            told.append(f"added {', '.join(map(quoted, came))} to {said} of {self._subject}")
        if went:
            told.append(f"took {', '.join(map(quoted, went))} from {said} of {self._subject}")
        return Told("; ".join(told)) if told else None

    def _is_long(self, name: str) -> bool:
        return self.kept.field_of(name).get_internal_type() == "TextField"

    def _words(self, row: Any, name: str) -> str:
        text: str = getattr(row, name)
        return plain_words(text) if name in self.kept.rich else text

    def _value(self, row: Any, name: str) -> str:
        """What a field held, as people say it; "" where it was empty."""
        found = self.kept.field_of(name)
        if isinstance(found, ForeignKeyField):
            at = self.row.history_date
            return quoted(
                self.names.name(self.kept.points_to(name), getattr(row, found.attname), at)
            )
        value = getattr(row, name)
        if value == self.kept.empty.get(name):
            return ""
        if isinstance(value, str) and not found.choices:
            return quoted(shortened(self._words(row, name)))
        return said_of(value, found, self.access)


def said_of(value: Any, found: "Field[Any, Any]", access: Access) -> str:
    """A value that is no text and no link, in words."""
    if value is None or value == "":
        return ""
    if found.choices:
        labels = dict(found.flatchoices) | _labels_of(found, access)
        return quoted(str(labels.get(value, value)))
    if isinstance(found, BooleanField):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return moment_in_full(value)
    if isinstance(value, date):
        return day_in_full(value)
    if isinstance(value, Decimal):
        return number(value)
    return str(value)


def _labels_of(found: "Field[Any, Any]", access: Access) -> dict[Any, str]:
    """The partnership's own words for how far an action has got."""
    if found.name != "progress":
        return {}
    labels: dict[Any, str] = access.partnership.progress_labels
    return {code: label for code, label in labels.items() if label}


def quoted(text: str) -> str:
    return f"“{text}”" if text else ""


def number(value: Decimal) -> str:
    """As in "4,759" or "12.5"."""
    printed = f"{value:,f}"
    return printed.rstrip("0").rstrip(".") if "." in printed else printed


def day_in_full(day: date) -> str:
    """As in "18 October 2023"."""
    return f"{day.day} {MONTH_NAMES[day.month - 1]} {day.year}"


def moment_in_full(when: datetime) -> str:
    """As in "18 October 2023 at 14:32", in London."""
    local = timezone.localtime(when)
    return f"{day_in_full(local.date())} at {local:%H:%M}{which_of_two(local)}"


def open_rows(history: QuerySet[Any], hidden: Q) -> Q | None:
    """Which rows tell only what has stood openly since something was last not for this person.

    `history` is that of one thing, `hidden` picks its rows that the person may not read. The
    first row after them is left out too: it would tell what was there before. None where
    nothing ever was hidden: every row may be told.
    """
    last = history.filter(hidden).order_by("-history_date", "-history_id").first()
    if last is None:
        return None
    later = Q(history_date__gt=last.history_date) | Q(
        history_date=last.history_date, history_id__gt=last.history_id
    )
    opened = history.filter(later).order_by("history_date", "history_id").first()
    return Q(history_date__gt=opened.history_date) if opened else NOTHING


def _together(told: Sequence[Told], later: Sequence[Told]) -> tuple[Told, ...]:
    """The sentences of one save, each once; that something stayed as it was only if all did."""
    every = (*told, *(each for each in later if each not in told))
    return tuple(each for each in every if each is not UNCHANGED) or (UNCHANGED,)


def _number_before(history: Any) -> Subquery:
    """The number of the row before, of the same thing."""
    earlier = Q(history_date__lt=OuterRef("history_date")) | Q(
        history_date=OuterRef("history_date"), history_id__lt=OuterRef("history_id")
    )
    rows = history.filter(earlier, id=OuterRef("id"))
    return Subquery(rows.order_by("-history_date", "-history_id").values("history_id")[:1])


def _change_of(kept: Kept, number: int) -> tuple[Any | None, Any | None]:
    """The row of this number, where it tells of a change, and the one before it; one query."""
    history: Any = kept.rows.model._default_manager
    chosen = kept.rows.filter(history_id=number, history_type="~").order_by()
    before = chosen.annotate(number_before=_number_before(history)).values("number_before")
    both = Q(history_id__in=chosen.values("history_id")) | Q(history_id__in=before)
    found = {row.history_id == number: row for row in history.filter(both).order_by()}
    return found.get(True), found.get(False)


def _with_before(kept: Kept, numbers: set[int]) -> dict[int, tuple[Any, Any | None]]:
    """The rows of these numbers, each with the one before it; one query, and one for each list."""
    if not numbers:
        return {}
    history: Any = kept.rows.model._default_manager
    chosen = history.filter(history_id__in=numbers).order_by()
    before = chosen.annotate(number_before=_number_before(history)).values("number_before")
    found = {
        row.history_id: row
        for row in chosen.union(history.filter(history_id__in=before).order_by(), all=True)
    }
    for name, model in kept.lists.items():
        _read_list(name, model, kept, found)
    of_each: dict[int, list[Any]] = defaultdict(list)
    for row in sorted(found.values(), key=lambda row: (row.history_date, row.history_id)):
        of_each[row.id].append(row)
    pairs = {}
    for rows in of_each.values():
        for at, row in enumerate(rows):
            if row.history_id in numbers:
                pairs[row.history_id] = (row, rows[at - 1] if at else None)
    return pairs


def _read_list(name: str, model: type[Model], kept: Kept, found: Mapping[int, Any]) -> None:
    """Give each row of history the numbers that its list of many had."""
    to = kept.model._meta.get_field(name).m2m_reverse_field_name()  # type: ignore[union-attr]
    for row in found.values():
        setattr(row, f"{name}_kept", set())
    listed = model._default_manager.filter(history__in=list(found))
    for history, pk in listed.values_list("history", to):
        getattr(found[history], f"{name}_kept").add(pk)


def _want(names: Names, kept: Kept, pair: tuple[Any, Any | None]) -> None:
    """Ask for every name that telling this row may need."""
    names.want_person(pair[0].history_user_id)
    for row in pair:
        if row is None:
            continue
        for name in kept.fields:
            if name in kept.lists:
                for pk in getattr(row, f"{name}_kept"):
                    names.want(kept.points_to(name), pk)
            else:
                found = kept.field_of(name)
                if isinstance(found, ForeignKeyField):
                    names.want(kept.points_to(name), getattr(row, found.attname))
        for model, pk in kept.points_at(row):
            names.want(model, pk)
