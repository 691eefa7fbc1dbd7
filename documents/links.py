"""Which addresses a text may link to, and where a bare address begins and ends."""

import html
import re
from functools import lru_cache
from urllib.parse import quote

import nh3

from documents.characters import tidy

SCHEMES = frozenset({"http", "https", "mailto", "tel"})
LONGEST_ADDRESS = 2000

# Nothing can be at port 0, and Word opens no file with such a link.
_ALLOWED = re.compile(
    r"https?://(?![^/?#]*:0+([/?#]|$))[^/?#].*|mailto:[^/?#].*|tel:\+?[0-9].*", re.IGNORECASE
)
_BARE = re.compile(
    rf"(?<![A-Za-z0-9])https?://[A-Za-z0-9][A-Za-z0-9._~:/?#@!$&'()*+,;=%-]{{0,{LONGEST_ADDRESS}}}",
    re.IGNORECASE,
)
_ENDS_A_SENTENCE = ".,;:!?'*_(~"


@lru_cache(maxsize=1024)
def safe_address(written: str) -> str | None:
    """The address as it may stand in a link, or None where it may not.

    Absolute http, https, mailto and tel only: nothing relative, no `//host`, no script. White
    space at its ends and inside a scheme is dropped, as browsers do; characters an address cannot
    hold are percent-encoded.
    """
    address = tidy(re.sub("[\t\r\n]", "", written)).strip()
    address = "".join(_encoded(character) for character in address)
    if len(address) > LONGEST_ADDRESS or not _ALLOWED.fullmatch(address):
        return None
    link = f'<a href="{html.escape(address)}">x</a>'
    cleaned = nh3.clean(
        link, tags={"a"}, attributes={"a": {"href"}}, url_schemes=set(SCHEMES), link_rel=None
    )
    return address if "href" in cleaned else None


def _encoded(character: str) -> str:
    if character in "\"'<>\\^`{|}" or character.isspace() or not character.isprintable():
        return quote(character, safe="")
    return character


def bare_address(text: str, start: int = 0) -> str:
    """The bare http or https address that begins exactly here, or nothing.

    The full stop, comma or bracket that ends a sentence is not part of it; a bracket that closes
    one inside the address is. What goes on longer than an address may is none.
    """
    found = _BARE.match(text, start)
    return _without_end_of_sentence(found[0]) if found else ""


def bare_addresses(text: str) -> list[tuple[int, int]]:
    """Where bare addresses that may be links stand in a text: start and end of each."""
    places: list[tuple[int, int]] = []
    for found in _BARE.finditer(text):
        address = _without_end_of_sentence(found[0])
        if address and safe_address(address) == address:
            places.append((found.start(), found.start() + len(address)))
    return places


def _without_end_of_sentence(address: str) -> str:
    if len(address) > LONGEST_ADDRESS:
        return ""
    while True:
        shorter = address.rstrip(_ENDS_A_SENTENCE)
        if shorter.endswith(")") and shorter.count("(") < shorter.count(")"):
            shorter = shorter[:-1]
        if shorter == address:
            return address
        address = shorter
