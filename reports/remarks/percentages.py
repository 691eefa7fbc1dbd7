"""Percentages typed in a text, beside the computed figures they seem to speak of.

Only what is said of a change is looked at: "21% reduction", "+39%", "up by 4 per cent". A share,
such as "70% of children", speaks of no change, unless an indicator is named in its sentence.
Which indicator is meant is told by the words of its name near by: those of the same clause go
before those of the sentence, and these before those of the heading above.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from performance.change import MINUS

from .passages import Hit, Piece

_UNITS = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"),
    "nineteen",
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_IN_WORDS = (
    rf"(?:{'|'.join(_TENS)})(?:[ -](?:{'|'.join(_UNITS[1:10])}))?|"
    rf"{'|'.join(reversed(_UNITS))}|(?:a |one )hundred"
)
_PERCENTAGE = re.compile(
    rf"(?P<sign>(?<!\w)[+{MINUS}–-])?(?<![\d.,])"
    r"(?P<number>\d{1,3}(?:,\d{3}){1,3}(?:\.\d{1,3})?|\d{1,6}(?:\.\d{1,3})?|"
    rf"\b(?:{_IN_WORDS})\b)"
    # "21pc", as papers have it; "3 PC patrols" are officers.
    r" ?(?:%|per ?cent\b|pct\b|(?-i:pc)\b|percentage points?\b)",
    re.IGNORECASE,
)
_DOWN = (
    r"reduc(?:e[ds]?|ing|tions?)|decreas(?:e[ds]?|ing)|down|falls?|fell|fallen|falling|drop(?:s|ped|"
    r"ping)?|declin(?:e[ds]?|ing)|lower|fewer|less"
)
_UP = (
    r"increas(?:e[ds]?|ing)|(?<!follow )(?<!sign )(?<!set )up|ris(?:es?|en|ing)|rose|grew|grown|"
    r"growth|higher|more"
)
_DIRECTION = re.compile(
    rf"\b(?:(?P<down>{_DOWN})|(?P<up>{_UP}))\b(?! than \d| to \d)", re.IGNORECASE
)
_SENTENCE = re.compile(r"[.!?;](?= )")
_CLAUSE = re.compile(
    r",(?= )|\b(?:and|but|while|whilst|whereas|although|however)\b|[()–]| - ", re.I
)
_ASIDE = re.compile(r"\([^)]*\)|\b(?:reported|known|recorded|according) (?:to|by)\b.*")
_SHARE = re.compile(r" of\b")
_WORD = re.compile(r"[a-z][a-z0-9]*")
NEAR = 60
"""A word of direction farther off than so many characters belongs to something else."""
FAR = 200
"""So does the name of an indicator, however long the sentence is."""

_NO_NAMES = re.compile(
    "a|across|against|all|an|and|area|as|at|by|district|borough|committed|crimes?|data|figures?|"
    "for|from|in|incidents?|into|is|levels?|no|not|numbers?|of|offences?|on|or|other|per|"
    "percentage|police|proportion|rates?|recorded|report|reported|reports|statistics|stats|the|"
    "their|to|total|volume|with|within|year"
)


@dataclass(frozen=True)
class Computed:
    """An indicator's change as the report prints it."""

    name: str
    printed: str
    """Nothing where it cannot be worked out."""
    percentage: Decimal | None
    values: tuple[Decimal, ...] = ()
    """What may be said of an indicator that is itself a percentage: its two values, its change."""
    priority: int | None = None
    place_names: frozenset[str] = field(default=frozenset(), compare=False)
    """Words of the partnership's own name, which tell no indicator from another."""

    @cached_property
    def words(self) -> frozenset[str]:
        """What it is called, without what stands in brackets or who was told of it."""
        return _words(_ASIDE.sub(" ", self.name)) - self.place_names or self.all_words

    @cached_property
    def all_words(self) -> frozenset[str]:
        return _words(self.name) - self.place_names

    @cached_property
    def acronyms(self) -> frozenset[str]:
        return frozenset(each.lower() for each in re.findall(r"\b[A-Z]{2,8}s?\b", self.name))


def find(piece: Piece, figures: Sequence[Computed], priority: int | None) -> Iterator[Hit]:
    """What is said of a change and is not what was computed, or cannot be compared."""
    own = [each for each in figures if each.priority == priority]
    others = [each for each in figures if each.priority != priority]
    for found in _PERCENTAGE.finditer(piece.text):
        word = _direction(found)
        if says := _says(found, word, _meant(found, piece.heading, own, others)):
            yield Hit(found.start(), found.end(), says)


def _says(found: re.Match[str], word: re.Match[str] | None, meant: Sequence[Computed]) -> str:
    """What is to be said of a percentage; nothing where it agrees or speaks of no change."""
    is_of_change = bool(word or found["sign"])
    if not is_of_change and (not meant or _SHARE.match(found.string, found.end())):
        return ""
    typed = _typed(found, word)
    if any(_agrees(typed, is_of_change, each) for each in meant):
        return ""
    said = _said(found, word)
    if not meant:
        return f"The text says {said}; no figure was found to compare it with."
    computed = " or ".join(_computed(each) for each in meant)
    return f"The text says {said}; {computed}."


def _computed(figure: Computed) -> str:
    if not figure.printed:
        return f"the change of “{figure.name}” is not yet known"
    return f"the computed change of “{figure.name}” is {figure.printed}"


def _said(found: re.Match[str], word: re.Match[str] | None) -> str:
    """As in "21% reduction", "−4%", "up 59.6%"."""
    sign = (found["sign"] or "").replace("-", MINUS).replace("–", MINUS)
    number = found["number"]
    said = f"{sign}{number}%" if number[0].isdigit() else f"{number} per cent"
    if not word:
        return said
    came_before = word.string != _after(found)
    return f"{word[0].lower()} {said}" if came_before else f"{said} {word[0].lower()}"


def _typed(found: re.Match[str], word: re.Match[str] | None) -> Decimal:
    """With its sign: the word's where there is one."""
    number = _number(found["number"])
    sign = found["sign"]
    is_down = bool(word["down"]) if word else sign not in (None, "+")
    return -number if is_down else number


def _number(words: str) -> Decimal:
    """In digits, with or without commas, or in words up to a hundred: "twenty-one"."""
    if words[0].isdigit():
        return Decimal(words.replace(",", ""))
    if words.lower().endswith("hundred"):
        return Decimal(100)
    return Decimal(
        sum(
            (_TENS.index(each) + 2) * 10 if each in _TENS else _UNITS.index(each)
            for each in re.split("[ -]", words.lower())
        )
    )


def _agrees(typed: Decimal, is_of_change: bool, figure: Computed) -> bool:
    """As far as the text was rounded; where it says no direction, either will do."""
    known = list(figure.values)
    if figure.percentage is not None:
        known.append(figure.percentage)
    return any(
        _is_rounded(typed, value)
        or (not is_of_change and _is_rounded(typed, abs(value)))
        # Its two values are no changes: "a fall to 61%".
        or (value in figure.values[:2] and _is_rounded(abs(typed), value))
        for value in known
    )


def _is_rounded(typed: Decimal, value: Decimal) -> bool:
    """A whole number stands for what rounds to it; a change has one decimal, and no more."""
    places = max(-int(typed.as_tuple().exponent), 0)
    allowed = {0: Decimal("0.5"), 1: Decimal(0)}.get(places, Decimal("0.05"))
    return abs(typed - value) <= allowed


def _direction(found: re.Match[str]) -> re.Match[str] | None:
    """The nearest word that says up or down, without another percentage in between."""
    before, after = _before(found), _after(found)
    last_before = None
    for each in _DIRECTION.finditer(before):
        last_before = each
    first_after = _DIRECTION.search(after)
    if last_before and "%" in before[last_before.end() :]:
        last_before = None
    if first_after and "%" in after[: first_after.start()]:
        first_after = None
    if last_before and first_after:
        distance = len(before) - last_before.end()
        return first_after if first_after.start() < distance else last_before
    return last_before or first_after


def _before(found: re.Match[str]) -> str:
    """What stands near before it in its sentence."""
    return _SENTENCE.split(found.string[max(found.start() - NEAR, 0) : found.start()])[-1]


def _after(found: re.Match[str]) -> str:
    return _SENTENCE.split(found.string[found.end() : found.end() + NEAR])[0]


def _meant(
    found: re.Match[str], heading: str, own: Sequence[Computed], others: Sequence[Computed]
) -> list[Computed]:
    """The indicators that seem to be meant, those of the priority first."""
    sentence = _words(_around(found, _SENTENCE))
    for figures in (own, others):
        if named := _named(sentence, figures):
            return _named(_words(_around(found, _CLAUSE)), figures) or named
        if named := _named(_words(heading), figures):
            return named
    return []


def _named(words: frozenset[str], figures: Sequence[Computed]) -> list[Computed]:
    """The indicators these words name best; more than one where they name them alike."""
    scored = [(_score(words, each), each) for each in figures]
    best = max((score for score, _ in scored), default=(0, 0))
    if best == (0, 0):
        return []
    return list({each.name: each for score, each in scored if score == best}.values())


def _score(words: frozenset[str], figure: Computed) -> tuple[int, int]:
    """How many words of its name are there, if at least half of them are; then of the rest."""
    named = len(words & figure.words)
    if words & figure.acronyms:
        named = max(named, 1)
    elif named * 2 < len(figure.words):
        return 0, 0
    return named, len(words & figure.all_words) if named else 0


def _words(text: str) -> frozenset[str]:
    """In lower case, one form for singular and plural; words that name nothing left out."""
    found = _WORD.findall(text.lower())
    return frozenset(_singular(word) for word in found if not _NO_NAMES.fullmatch(word))


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith("s") and not word.endswith("ss") and len(word) > 3:
        return word[:-1]
    return word


def _around(found: re.Match[str], ends: re.Pattern[str]) -> str:
    """What stands around it, as far as the nearest end on either side."""
    text = found.string
    before = text[max(found.start("number") - FAR, 0) : found.start("number")]
    start = 0
    for end in ends.finditer(before):
        start = end.end()
    after = text[found.end() : found.end() + FAR]
    end_after = ends.search(after)
    return f"{before[start:]} % {after[: end_after.start()] if end_after else after}"


def names_of_place(name: str) -> frozenset[str]:
    """The words of a partnership's name: they are in the names of many of its indicators."""
    return _words(name)
