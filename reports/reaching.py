"""Whether an address of the web answers, asked so that nobody can send the portal astray.

An address somebody typed may lead into the network the portal runs in. So a host's name is looked
up once, by us; each of its addresses has to be one of the public internet; and the connection goes
to the very address that was looked at (`docs/adr/0022-links-are-tried-when-asked.md`). No proxy,
cookie or password is used, a redirect is a new address and looked at anew, and no page is read.
"""

import asyncio
import re
import socket
import ssl
from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from email.message import Message
from functools import partial
from http.client import HTTPException, parse_headers
from io import BytesIO
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import quote, urljoin, urlsplit

from django.db.models import TextChoices

IpAddress = IPv4Address | IPv6Address
Networks = Collection[IPv4Network | IPv6Network]

AT_ONCE = 10
"""So many addresses are asked at the same time."""
EACH = 5
"""Seconds for one request, its host's name and every byte of its answer's head included."""
ALTOGETHER = 20
"""Seconds after which what has not answered yet is left."""
REDIRECTS = 5
"""So many are followed."""
LONGEST_HEAD = 32 * 1024
"""Bytes of an answer before its page."""
LONGEST_ADDRESS = 2000
"""Characters of an address that is asked."""

_NAME = re.compile(r"[a-z0-9_][a-z0-9_.-]{0,252}", re.IGNORECASE)
_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})(?: [^\r\n]*)?\r?\n")
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_PORTS = {False: 80, True: 443}
"""The web's ports, without and with https."""
_REDIRECTS = (301, 302, 303, 307, 308)
# Whoever is not signed in, is too fast, or is a program (999).
_KEEPS_OUT = (401, 403, 407, 429, 451, 999)
_AS_IT_IS = "%!$&'()*+,/:;=?@[]~"
# All that the portal says of itself to a website.
_SAYS = {"User-Agent": "CSP-Portal-link-check", "Accept": "*/*", "Connection": "close"}


class Outcome(TextChoices):
    """What came of asking."""

    ANSWERS = "answers", "Answers"
    MOVED = "moved", "Answers elsewhere"
    NOT_FOR_ALL = "not_for_all", "Answers, but did not let the portal in"
    NOT_FOUND = "not_found", "The page is not there"
    ERROR = "error", "The website answers with an error"
    TIMED_OUT = "timed_out", "Did not answer in time"
    NO_NAME = "no_name", "The website's name is not known"
    NO_CONNECTION = "no_connection", "The website cannot be reached"
    NOT_SAFE = "not_safe", "The website's certificate is not right"
    NO_WEBSITE = "no_website", "What answers there is no website"
    IN_CIRCLES = "in_circles", "Leads on and on to other addresses"
    NOT_ASKED = "not_asked", "Not asked: the portal does not go to such an address"

    @property
    def is_dead(self) -> bool:
        """Whether somebody who follows the link would find nothing."""
        return self not in (self.ANSWERS, self.MOVED, self.NOT_FOR_ALL, self.NOT_ASKED)


@dataclass(frozen=True)
class Found:
    """What came of asking at one address."""

    outcome: Outcome
    status: int | None = None
    """As in 404; None where nothing answered."""
    led_to: str = ""
    """The last address, where it was another one than was asked for."""


class _Stopped(Exception):
    """Asking ended before anything answered as a website does."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.label)
        self.outcome = outcome


# Which addresses may be reached -----------------------------------------------------------------


def is_public(address: IpAddress) -> bool:
    """Whether it is one computer of the public internet.

    An IPv6 address that carries an IPv4 one (mapped, NAT64, 6to4, Teredo) is not: what it carries
    might be anything.
    """
    if not address.is_global or address.is_multicast or address.is_reserved:
        return False
    if isinstance(address, IPv4Address):
        return True
    return address in _GLOBAL_UNICAST and not address.sixtofour and not address.teredo


def may_reach(address: IpAddress, port: int, also: Networks) -> bool:
    """Public addresses at the web's two ports; in the networks of `also`, every port."""
    if any(address in network for network in also):
        return True
    return port in _PORTS.values() and is_public(address)


# Asking -----------------------------------------------------------------------------------------


def try_all(addresses: Iterable[str], *, also: Networks = ()) -> Mapping[str, Found]:
    """What came of each address; those that there was no time for are left out.

    `also` are networks that may be reached although they are not of the public internet. It takes
    `ALTOGETHER` seconds at most, and opens no connection to the database.
    """
    return asyncio.run(_try_all(list(dict.fromkeys(addresses)), also))


async def _try_all(addresses: list[str], also: Networks) -> dict[str, Found]:
    # Looking up a name cannot be broken off; whoever is still at it is not waited for.
    names = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="names")
    asker = _Asker(names, also, ssl.create_default_context(), asyncio.Semaphore(AT_ONCE))
    asked = {address: asyncio.create_task(asker.try_one(address)) for address in addresses}
    try:
        late = (await asyncio.wait(asked.values(), timeout=ALTOGETHER))[1] if asked else set()
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
    finally:
        names.shutdown(wait=False, cancel_futures=True)
    return {address: task.result() for address, task in asked.items() if task not in late}


@dataclass(frozen=True)
class _Asker:
    names: Executor
    """Threads in which names are looked up."""
    also: Networks
    tls: ssl.SSLContext
    turns: asyncio.Semaphore

    async def try_one(self, address: str) -> Found:
        """Follow its redirects to where it leads."""
        at = address
        async with self.turns:
            try:
                for _ in range(REDIRECTS + 1):
                    status, onward = await self._ask(at)
                    if not onward:
                        return _found(_outcome(status, moved=at != address), status, at, address)
                    at = _joined(at, onward)
            except _Stopped as stopped:
                return _found(stopped.outcome, None, at, address)
        return _found(Outcome.IN_CIRCLES, status, at, address)

    async def _ask(self, address: str) -> tuple[int, str]:
        """The status at one address, and where it redirects to, if it does.

        It is asked for the head of the page alone; where that is refused, for the page, of which
        nothing is read.
        """
        site = _site(address)
        try:
            async with asyncio.timeout(EACH):
                reachable = await self._looked_up(site)
                status, onward = await self._head("HEAD", site, reachable)
            if status < 400:
                return status, onward
            async with asyncio.timeout(EACH):
                return await self._head("GET", site, reachable)
        except TimeoutError as late:
            raise _Stopped(Outcome.TIMED_OUT) from late

    async def _looked_up(self, site: "_Site") -> list[IpAddress]:
        """Every address of the host, if the portal may go to all of them; those of IPv4 first."""
        look_up = partial(socket.getaddrinfo, site.host, site.port, type=socket.SOCK_STREAM)
        try:
            found = await asyncio.get_running_loop().run_in_executor(self.names, look_up)
        except (OSError, UnicodeError) as unknown:
            raise _Stopped(Outcome.NO_NAME) from unknown
        addresses = {ip_address(each[4][0]) for each in found}
        if not all(may_reach(address, site.port, self.also) for address in addresses):
            raise _Stopped(Outcome.NOT_ASKED)
        return sorted(addresses, key=lambda address: (address.version, address.packed))

    async def _head(
        self, method: str, site: "_Site", reachable: list[IpAddress]
    ) -> tuple[int, str]:
        reader, writer = await self._connected(site, reachable)
        try:
            writer.write(site.request(method))
            status, headers = await _answer(reader)
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, HTTPException) as wrong:
            raise _Stopped(Outcome.NO_WEBSITE) from wrong
        except OSError as broken:
            raise _Stopped(Outcome.NO_CONNECTION) from broken
        finally:
            writer.transport.abort()
        return status, headers.get("Location", "") if status in _REDIRECTS else ""

    async def _connected(
        self, site: "_Site", reachable: list[IpAddress]
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """With the very address that was looked at; what proves itself is the host's name."""
        for address in reachable:
            try:
                return await asyncio.open_connection(
                    str(address),
                    site.port,
                    limit=LONGEST_HEAD,
                    ssl=self.tls if site.is_https else None,
                    server_hostname=site.host if site.is_https else None,
                )
            except ssl.SSLCertVerificationError as wrong:
                raise _Stopped(Outcome.NOT_SAFE) from wrong
            except OSError:
                continue
        raise _Stopped(Outcome.NO_CONNECTION)


async def _answer(reader: asyncio.StreamReader) -> tuple[int, Message]:
    """Its status and headers; what comes before the answer proper is passed over."""
    while True:
        head = await reader.readuntil(b"\r\n\r\n")
        first = _STATUS.match(head)
        if not first:
            raise _Stopped(Outcome.NO_WEBSITE)
        if int(first[1]) >= 200:
            return int(first[1]), parse_headers(BytesIO(head[first.end() :]))


@dataclass(frozen=True)
class _Site:
    """An address taken apart, as the network writes it."""

    is_https: bool
    host: str
    port: int
    target: str

    def request(self, method: str) -> bytes:
        host = f"[{self.host}]" if ":" in self.host else self.host
        named = host if self.port == _PORTS[self.is_https] else f"{host}:{self.port}"
        said = {"Host": named, **_SAYS}
        lines = [f"{method} {self.target} HTTP/1.1", *(f"{name}: {said[name]}" for name in said)]
        return "".join(f"{line}\r\n" for line in [*lines, ""]).encode("ascii")


def _site(address: str) -> _Site:
    """Nothing of the address reaches the network as it was typed: no end of a line, no space."""
    try:
        parts = urlsplit(address)
        is_https = {"https": True, "http": False}[parts.scheme.lower()]
        host = (parts.hostname or "").encode("idna").decode("ascii").rstrip(".")
        port = parts.port or _PORTS[is_https]
    except (KeyError, ValueError) as wrong:
        raise _Stopped(Outcome.NOT_ASKED) from wrong
    is_host = bool(_NAME.fullmatch(host)) or _is_ipv6(host)
    if not is_host or "@" in parts.netloc or len(address) > LONGEST_ADDRESS:
        raise _Stopped(Outcome.NOT_ASKED)
    target = quote(parts.path or "/", safe=_AS_IT_IS)
    query = f"?{quote(parts.query, safe=_AS_IT_IS)}" if parts.query else ""
    return _Site(is_https, host, port, target + query)


def _joined(address: str, onward: str) -> str:
    try:
        return urljoin(address, onward)
    except ValueError as wrong:
        raise _Stopped(Outcome.ERROR) from wrong


def _is_ipv6(host: str) -> bool:
    try:
        return "%" not in host and ip_address(host).version == 6
    except ValueError:
        return False


def _outcome(status: int, *, moved: bool) -> Outcome:
    if status < 400:
        return Outcome.MOVED if moved else Outcome.ANSWERS
    if status in _KEEPS_OUT:
        return Outcome.NOT_FOR_ALL
    return Outcome.NOT_FOUND if status in (404, 410) else Outcome.ERROR


def _found(outcome: Outcome, status: int | None, at: str, asked: str) -> Found:
    return Found(outcome, status, "" if at == asked else at[:LONGEST_ADDRESS])
