"""People's names without a title: a common given name beside a family name, either way round."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

LIST = Path(__file__).with_name("given_names.txt")
LONGEST = 4
"""Words of a name, the given ones included."""

_CAPITAL = "A-Z" + "".join(chr(each) for each in range(0xC0, 0x180) if chr(each).isupper())
NAME = rf"[{_CAPITAL}][\w'’-]{{0,40}}"
"""A word that may be part of a name."""

# A name has small letters, so that no abbreviation is one: "Mark ASB".
_WORD = rf"[{_CAPITAL}](?:[’'][{_CAPITAL}])?[^\W\d_{_CAPITAL}][\w’'-]{{0,38}}"
_OF = "(?:(?:van|von|de|da|del|den|der|di|dos|el|al|bin|ibn) ){0,2}"
_RUN = re.compile(rf"(?<![\w’'-]){_WORD}(?: {_OF}{_WORD})+(?![\w-])")
_TURNED = re.compile(rf"(?<![\w’'-])({_WORD}), ({_WORD})(?=$|[.;:,)(\]–-]| [(–-]| \d| and\b)")
# What is called after somebody, and what a given name may stand before without being one.
_THING = re.compile(
    r"Abbey|Academy|Act|Alert|Ambulance|Appeal|Apps?|Association|Avenue|Award|Awards|Bridge|"
    r"Building|Campaign|Campus|Care|Castle|Centre|Charity|Church|Clinic|Close|Club|College|"
    r"Community|Control|Cottage|Council|Court|Cross|Crown|Day|Docks?|Drive|Estate|Family|Farm|"
    r"Fellowship|Festival|Field|Fields|Football|Foundation|Fund|Garden|Gardens|Gate|Green|"
    r"Group|Grove|Hall|Harbour|Healthcare|Hill|Hospice|Hospital|Hotel|House|Hub|Infants?|Inn|"
    r"Inquiry|Island|Junior|Knife|Knives|Lane|Law|Library|Line|Lodge|Manor|Market|Meadows?|"
    r"Memorial|Mews|Mill|Ministries|Model|Month|Nursery|Operation|Parade|Park|Partnership|"
    r"Patrol|Patrols|Period|Place|Plan|Police|Port|Primary|Prison|Programme|Project|Quay|"
    r"Raids?|Report|Review|Rise|Road|Room|Row|School|Schools|Secondary|Service|Services|"
    r"Shelter|Square|Station|Store|Stores|Street|Support|Surgery|Team|Teams|Terrace|Theatre|"
    r"Tower|Town|Training|Trust|Unit|University|Venue|View|Villas?|Walk|Ward|Way|Week|Wood|"
    r"Works?|Young|Youth|Zone|"
    r"January|February|March|April|May|June|July|August|September|October|November|December|"
    r"Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|"
    r"And|As|At|By|For|From|Has|In|Is|Of|On|Or|The|To|Was|Will|With"
)
# Of those, what many families are called too; and whom many places are called after.
_FAMILIES = re.compile(
    r"Bridge|Castle|Church|Court|Cross|Day|Farm|Fields?|Gardens?|Green|Grove|Hall|Hill|Lane|Law|"
    r"Lodge|Mill|Park|Place|Ward|Way|Wood|Young"
)
_ROYAL = re.compile(r"Albert|Alexandra|Anne|Charlotte|Edward|Elizabeth|George|Victoria|William")
_THING_IN_SMALL = re.compile(r" (?:apps?|trust|foundation|award|scheme|law|inquiry)\b")
_BEFORE_A_PLACE = re.compile(r"(?:St|Saint|Queen|King|Prince|Princess|Operation|Project|Port)\.?")
_OWNS = re.compile("[’']s?$")
_LAST_WORD = re.compile(r"[\w’'-]+\.?(?= $)")


@cache
def given_names() -> frozenset[str]:
    lines = LIST.read_text(encoding="utf-8").splitlines()
    return frozenset(name for line in lines if not line.startswith("#") for name in line.split())


def find(text: str) -> Iterator[tuple[int, int]]:
    """Where each name begins and ends; those with the family name first come last."""
    for run in _RUN.finditer(text):
        yield from _in_run(run)
    for found in _TURNED.finditer(text):
        family, given = found.groups()
        if given in given_names() and not _is_thing(family) and family not in given_names():
            yield found.span()


def _in_run(run: re.Match[str]) -> Iterator[tuple[int, int]]:
    """In a run of words with capitals: from a given name as far as words may belong to it."""
    words = list(re.finditer(r"[^ ]+", run[0]))
    at = 0
    while at < len(words) - 1:
        end = at + 1
        if words[at][0] in given_names() and not _is_called_after(run, words, at):
            end += _is_family_too(words[at][0], words[end][0])
            while end < min(len(words), at + LONGEST) and not _is_thing(words[end][0]):
                end += 1
            if end < len(words):
                is_thing = _is_thing(words[end][0])
            else:
                is_thing = bool(_THING_IN_SMALL.match(run.string, run.end()))
            if end > at + 1 and not is_thing:
                yield run.start() + words[at].start(), run.start() + words[end - 1].end()
        at = end


def _is_called_after(run: re.Match[str], words: list[re.Match[str]], at: int) -> bool:
    """Whether a saint, a king or an operation goes before."""
    if at:
        return bool(_BEFORE_A_PLACE.fullmatch(words[at - 1][0]))
    before = _LAST_WORD.search(run.string[max(run.start() - 20, 0) : run.start()])
    return bool(before and _BEFORE_A_PLACE.fullmatch(before[0]))


def _is_family_too(given: str, word: str) -> bool:
    """As in "Jane Hill", but not in "Victoria Hill"."""
    return bool(_FAMILIES.fullmatch(_OWNS.sub("", word)) and not _ROYAL.fullmatch(given))


def _is_thing(word: str) -> bool:
    return bool(_THING.fullmatch(_OWNS.sub("", word)))
