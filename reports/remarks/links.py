"""Links that lead elsewhere than they say, or where not everybody gets: by their form alone.

Whether a page is still there cannot be known without asking for it: see `reports.reaching`.
"""

import ipaddress
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urldefrag, urlsplit

from .passages import Hit, Passage, Piece, Place

SHORTENERS = re.compile(
    r"(?:bit\.ly|buff\.ly|cutt\.ly|goo\.gl|is\.gd|lnkd\.in|ow\.ly|rb\.gy|rebrand\.ly|shorturl\.at|"
    r"t\.co|t\.ly|tiny\.cc|tinyurl\.com)"
)
WRAPPERS = ("safelinks.protection.outlook.com", "urldefense.com", "urldefense.proofpoint.com")
INSIDE = ("local", "internal", "intranet", "corp", "lan", "home", "localhost", "localdomain")

_NO_LINK = re.compile(
    r"(?<![\w.])(?:(?:javascript|vbscript|data|file|ftp|smb)s?:(?=[^\s])[^\s]{1,200}"
    r"|\\\\[\w.-]{1,60}\\[^\s]{0,200}"
    r"|(?<![:/\w])//[\w-]{1,60}\.[^\s]{1,200})",
    re.IGNORECASE,
)
_IN_WORDS = re.compile(r"(?:https?://)?((?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24})(?![\w@])", re.I)
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.I)
_NOT_A_HOST = re.compile(r"\.(?:docx?|pdf|xlsx?|pptx?|txt|html?|jpe?g|png)$", re.I)


@dataclass(frozen=True)
class WebLink:
    """A page of the web that texts lead to, whichever part of it, and where they do."""

    address: str
    places: tuple[Place, ...]


def web_links_of(passages: Iterable[Passage]) -> tuple[WebLink, ...]:
    """Each http or https address once, in the order they come in."""
    found: dict[str, list[Place]] = {}
    for passage in passages:
        for piece in passage.pieces:
            for link in piece.links:
                if link.href.lower().startswith(("http:", "https:")):
                    places = found.setdefault(urldefrag(link.href).url, [])
                    if passage.place not in places:
                        places.append(passage.place)
    return tuple(WebLink(address, tuple(places)) for address, places in found.items())


def find(piece: Piece) -> Iterator[Hit]:
    """Of each link what is to be said, and addresses in words that would be no links."""
    linked = bytearray(len(piece.text))
    for link in piece.links:
        linked[link.start : link.end] = b"\1" * (link.end - link.start)
        for says in _said_of(piece.text[link.start : link.end], link.href):
            yield Hit(link.start, link.end, f"{says} It leads to {_short(link.href)}")
    for found in _NO_LINK.finditer(piece.text):
        if not linked[found.start()]:
            yield Hit(
                *found.span(), "An address that the portal makes no link of: not all can open it."
            )


def _said_of(words: str, href: str) -> Iterator[str]:
    try:
        parts = urlsplit(href)
        host = (parts.hostname or "").rstrip(".")
        port = parts.port
    except ValueError:
        yield "The address of this link cannot be right."
        return
    if parts.scheme.lower() not in ("http", "https"):
        yield from _said_of_other(words, href)
        return
    yield from _said_of_host(parts, host, port)
    shown = _host_in(words)
    if shown and host and not _is_same(shown, host):
        yield f"The words name {shown} and the link leads elsewhere."
    if parts.scheme.lower() == "http" and not _is_inside(host):
        yield "The link is http, which is not protected on its way: see whether https works."


def _said_of_other(words: str, href: str) -> Iterator[str]:
    """A mail address whose words are another one."""
    scheme, _, address = href.partition(":")
    if scheme.lower() == "mailto" and "@" in words:
        address = unquote(address.partition("?")[0]).strip().lower()
        if words.strip().lower() != address:
            yield "The words are another email address than the link's."


def _said_of_host(parts: SplitResult, host: str, port: int | None) -> Iterator[str]:
    if "@" in parts.netloc:
        yield "The address has a name before its host, by which readers are deceived."
    if _is_number(host):
        yield "The link leads to a bare number of a computer, not to a name."
    elif not host or not _is_well_formed(host):
        yield "The address of this link cannot be right."
    elif _is_inside(host):
        yield "The link leads into an organisation's own network, where others cannot get."
    elif SHORTENERS.fullmatch(host):
        yield "The link was shortened: nobody sees where it leads."
    elif host.endswith(WRAPPERS):
        yield "The link was wrapped by a mail program and may name who received it."
    elif not host.isascii() or "xn--" in host:
        yield "The host is written in letters that may look like others."
    if port and port not in (80, 443) and not _is_inside(host):
        yield f"The link leads to port {port}, which many networks block."


def _is_inside(host: str) -> bool:
    """Whether most people cannot get there at all: what port or protection it has says no more."""
    return _is_number(host) or "." not in host or host.rpartition(".")[2] in INSIDE


def _is_number(host: str) -> bool:
    if host.isdigit() or host.startswith("0x"):
        return True
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_well_formed(host: str) -> bool:
    if len(host) > 253:
        return False
    return not host.isascii() or all(_LABEL.fullmatch(label) for label in host.split("."))


def _host_in(words: str) -> str:
    """The host that the words of a link show, where they look like an address."""
    found = _IN_WORDS.match(words.strip())
    if not found or _NOT_A_HOST.search(found[1]) or found[1].replace(".", "").isdigit():
        return ""
    return found[1].lower()


def _is_same(shown: str, host: str) -> bool:
    """With or without www."""
    return shown.removeprefix("www.") == host.lower().removeprefix("www.")


def _short(href: str) -> str:
    return href if len(href) <= 100 else f"{href[:99]}…"
