"""Small numbers of people in a text, by which somebody might be recognised."""

import re
from collections.abc import Iterator
from functools import cache

from .passages import Hit

_NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
HIGHEST = 100
_PEOPLE = (
    "abductions?|adults?|adolescents?|arrests?|babies|baby|boys?|callers?|cases?|child|children|"
    "clients?|deaths?|detainees?|drivers?|families|family|fatality|females?|fatalities|girls?|"
    "homicides?|kidnappings?|murders?|overdoses|rapes?|stabbings?|suicides?|"
    "households?|individuals?|males?|man|men|migrants?|mothers?|fathers?|nominals?|offenders?|"
    "parents?|patients?|people|persons?|perpetrators?|prisoners?|pupils?|referrals?|refugees?|"
    "residents?|service users?|students?|suspects?|survivors?|teenagers?|tenants?|victims?|"
    "woman|women|youths?|young people"
)
# "Tier 2 cases", "Year 4 pupils", "priority 3", "£2", "week 1": no count. Nor are proportions:
# "1 in 4 women", "two in three residents".
_NO_COUNT = (
    r"(?<![\w£$.,:/+−–-])"
    r"(?<!\d in )(?<!(?:one|two|six) in )(?<!(?:four|five|nine) in )(?<!(?:three|seven|eight) in )"
    r"(?<!out of )(?<!ier )(?<!evel )(?<!ear )(?<!ears )(?<!tage )(?<!hase )"
    r"(?<!iority )(?<!arter )(?<!eek )(?<!oup )(?<!ection )(?<!\bpart )(?<!\bStep )(?<!\bno )"
    r"(?<!\bany )(?<!every )(?<!\bage )(?<!\baged )"
)
# "A single parent" says how somebody lives.
_ONE_ALONE = r"a single(?! (?:parent|mother|father|adult|man|woman|male|female)\b)"
# "In both cases"; "both teams help residents".
_BOTH = rf"both(?= (?!cases\b)(?:the |these |those )?(?:{_PEOPLE})\b)"
# Words that may stand between: neither the end of a clause nor what makes it something else.
_BETWEEN = (
    r"(?:(?!(?:of|in|to|for|with|and|or|day|days|week|weeks|month|months|year|years|hour|hours|"
    r"at|on|by|from|is|was|has|per|way|stop|sessions?|events?|meetings?|visits?)\b)"
    r"[A-Za-z'’-]{1,20} ){0,2}"
)

# What may be counted after "in three": then it is no proportion, as in "one woman in three weeks".
_COUNTED = (
    r"(?:last|past|first|further|other|more|new|recent|local|separate|different|of|to|or|minutes|"
    r"hours|days|nights|weeks|weekends|months|quarters|years|wards|areas|places|locations|sites|"
    r"towns|villages|parishes|districts|boroughs|streets|roads|estates|blocks|shops|schools|"
    r"classes|homes|houses|hostels|hotels|refuges|flats|rooms|bedrooms|properties|premises|"
    r"addresses|households|families|groups|teams|cars|vehicles|incidents|cases|offences|crimes|"
    r"attacks|assaults|burglaries|robberies|fires|raids|warrants|operations|visits|sessions|"
    r"events|meetings|stages|parts)\b"
)
# "One woman in three", "1 adult in 10 feels safe".
_PROPORTION = (
    rf" in (?:every |each )?(?:{'|'.join(_NUMBERS[2:])}|ten|twenty|a hundred|\d{{1,2}}|100)\b"
    rf"(?![%/–-]|[.,:]\d| (?:[a-z'’]+ )?{_COUNTED})"
)


def find(text: str, *, below: int = 5) -> Iterator[Hit]:
    """Numbers from 1 to less than `below`, in digits or words, that seem to count people."""
    if below < 2:
        return
    for each in _pattern(min(below, HIGHEST)).finditer(text):
        yield Hit(each.start(), each.end(), "A small number that seems to count people.")


@cache
def _pattern(below: int) -> re.Pattern[str]:
    counted = range(1, below)
    numbers = "|".join([_ONE_ALONE, *_NUMBERS[1:below], *map(str, counted)])
    if below > 2:
        numbers += f"|{_BOTH}|a couple of"
    number = rf"(?:{numbers})"
    return re.compile(
        rf"{_NO_COUNT}\b{number} (?:of whom\b|(?!of\b){_BETWEEN}(?:{_PEOPLE})\b(?!{_PROPORTION}))"
        # "Victims: 3", "referrals – 2", "children (1)"; never "victims 2023" or "victims: 3,000".
        rf"|\b(?:{_PEOPLE})(?: ?[:=] ?| [–-] | \()\b{number}\b"
        r"(?![\d%]|[.,/:]\d| ?(?:in|st|nd|rd|th)\b)",
        re.IGNORECASE,
    )
