"""The leads and coordinators of a run: what they ask, when, and what they do with the answer."""

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from tests.pages import Fields

from .counting import Saved, Seen
from .seeding import WORDS, Reader, Writer

SAVES_EACH, FROM_TWO_WINDOWS = 3, 10
"""How often each lead saves, and one in how many saves is made from two windows at once."""
PATIENCE = 60
"""Seconds after which a request counts as not answered."""
TRIES, WARM_UP = 20, 24


@dataclass(frozen=True)
class Answered:
    """What came back, and after how many seconds. Status 0: nothing came back."""

    status: int
    headers: dict[str, str]
    page: str
    took: float

    @property
    def is_polite(self) -> bool:
        """It says in words that the portal is busy, and in a header how long to wait."""
        return self.status == 503 and self.headers.get("retry-after", "").isdigit()

    @property
    def cookie(self) -> dict[str, str]:
        found = SimpleCookie(self.headers.get("set-cookie", ""))
        return {name: morsel.value for name, morsel in found.items()}

    @property
    def boxes(self) -> dict:
        """What a browser would send from this page."""
        return Fields(self.page).found


@dataclass
class Run:
    """One run against a portal on this machine at a port."""

    port: int
    seed: int = 1
    pages: Seen = field(default_factory=Seen)
    saves: Seen = field(default_factory=Seen)
    reports: Seen = field(default_factory=Seen)
    acknowledged: list[Saved] = field(default_factory=list)
    late: float = 0.0
    """Seconds by which the most belated view of a report was asked later than settled."""

    is_unfinished: bool = False
    """It was ended before everybody had their answer."""

    def __post_init__(self) -> None:
        # The same requests at the same times in every run.
        self.chance = random.Random(self.seed)  # noqa: S311

    async def drive(
        self,
        writers: Sequence[Writer],
        readers: Sequence[Reader],
        *,
        seconds: float,
        reports_a_second: float,
        opened_before: bool = False,
    ) -> None:
        """Each writer saves three times within these seconds, beside so many views of reports.

        opened_before: they have had the page open since before, and save it once; all there is
        to do in these seconds is to press the button.
        """
        ready = []
        if opened_before:
            ready = [await self._open(writer) for writer in writers]
        await self._warm_up(readers)
        self.began = time.monotonic()
        async with asyncio.TaskGroup() as group:
            for number, writer in enumerate(writers):
                if opened_before:
                    at = self.chance.uniform(0, seconds)
                    group.create_task(self._save(at, writer, ready[number], self._nonce(number, 1)))
                    continue
                times = sorted(self.chance.uniform(0, seconds) for _ in range(SAVES_EACH))
                group.create_task(self._write(number, writer, times))
            for number in range(int(seconds * reports_a_second)):
                reader = self.chance.choice(readers)
                group.create_task(self._look(number / reports_a_second, reader))

    async def _warm_up(self, readers: Sequence[Reader]) -> None:
        """Ask until every process of the portal has surely loaded what it needs; uncounted."""
        for _ in range(TRIES):
            some = [self.chance.choice(readers) for _ in range(WARM_UP)]
            shown = [self._ask(each.address, {"sessionid": each.session}) for each in some]
            if all(each.status == 200 for each in await asyncio.gather(*shown)):
                return
        raise SystemExit("The portal does not show its reports.")

    async def _until(self, at: float) -> None:
        await asyncio.sleep(self.began + at - time.monotonic())

    async def _look(self, at: float, reader: Reader) -> None:
        await self._until(at)
        self.late = max(self.late, time.monotonic() - self.began - at)
        self._count(self.reports, await self._ask(reader.address, {"sessionid": reader.session}))

    async def _write(self, number: int, writer: Writer, times: Sequence[float]) -> None:
        for time_number, at in enumerate(times, start=1):
            await self._until(at)
            opened = await self._open(writer)
            if opened is None:
                continue
            nonce = self._nonce(number, time_number)
            ways = [self._save(at, writer, opened, nonce)]
            if (number * SAVES_EACH + time_number) % FROM_TWO_WINDOWS == 0:
                ways.append(self._save(at, writer, opened, f"{nonce}again"))
            await asyncio.gather(*ways)

    def _nonce(self, number: int, save: int) -> str:
        """A word that stands in no other text: of the run, of the writer, of their save."""
        return f"r{self.seed}w{number}s{save}"

    async def _open(self, writer: Writer) -> Answered | None:
        """The page of the section; who is turned away comes back, and gives up after some time."""
        for _ in range(TRIES):
            page = await self._ask(writer.address, {"sessionid": writer.session})
            self._count(self.pages, page)
            if page.status == 200:
                return page
            if not page.is_polite:
                return None
            await asyncio.sleep(int(page.headers["retry-after"]))
        self.pages.add("given up", page.took)
        return None

    async def _save(self, at: float, writer: Writer, opened: Answered | None, nonce: str) -> None:
        """Write, press Save, and as long as the portal is busy send again what it gives back."""
        if opened is None:
            return
        await self._until(at)
        cookies = {"sessionid": writer.session} | opened.cookie
        boxes = opened.boxes | {"then": "list"}
        text = boxes["text"] = f"{WORDS}\n\nRemember {nonce}end."
        version = int(boxes["version"])
        for _ in range(TRIES):
            answered = await self._ask(writer.address, cookies, boxes)
            end = self._count(self.saves, answered, written=text)
            if end == "saved":
                self.acknowledged.append(Saved(writer.answer, version, f"{nonce}end"))
            if end != "turned away":
                return
            # The page says how long to wait, and its form is what is sent again.
            cookies, boxes = cookies | answered.cookie, answered.boxes
            await asyncio.sleep(int(answered.headers["retry-after"]))
        self.saves.add("given up", answered.took)

    def _count(self, seen: Seen, answered: Answered, written: str | None = None) -> str:
        """How it ended, as it is counted; what was written must come back unless it was saved."""
        end = str(answered.status or "not answered")
        if answered.status == 200:
            end = "shown"
        elif answered.status == 302 and written is not None:
            end = "saved"
        elif answered.is_polite:
            end = "turned away"
        elif answered.status == 409 and written is not None:
            end = "told of another's text"
        if written is not None and end != "saved" and not _gives_back(answered, written):
            end = f"{end}, the text not given back"
        seen.add(end, answered.took)
        return end

    async def _ask(
        self, address: str, cookies: dict[str, str], posted: dict | None = None
    ) -> Answered:
        """One request as the proxy would pass it on; a connection each."""
        began = time.monotonic()
        try:
            async with asyncio.timeout(PATIENCE):
                status, headers, page = await self._exchange(address, cookies, posted)
        except (OSError, TimeoutError, ValueError, asyncio.IncompleteReadError):
            status, headers, page = 0, {}, ""
        return Answered(status, headers, page, time.monotonic() - began)

    async def _exchange(
        self, address: str, cookies: dict[str, str], posted: dict | None
    ) -> tuple[int, dict[str, str], str]:
        host = f"127.0.0.1:{self.port}"
        body = urlencode(posted or {}, doseq=True).encode()
        lines = [
            f"{'GET' if posted is None else 'POST'} {address} HTTP/1.0",
            f"Host: {host}",
            f"Referer: https://{host}{address}",
            "X-Forwarded-Proto: https",
            "Cookie: " + "; ".join(f"{name}={value}" for name, value in cookies.items()),
            f"Content-Length: {len(body)}",
        ]
        if posted is not None:
            lines.append("Content-Type: application/x-www-form-urlencoded")
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write("\r\n".join([*lines, "", ""]).encode() + body)
            await writer.drain()
            head, _, page = (await reader.read()).partition(b"\r\n\r\n")
        finally:
            writer.close()
        first, *rest = head.decode("latin-1").split("\r\n")
        headers = {
            name.lower(): value for name, _, value in (line.partition(": ") for line in rest)
        }
        return int(first.split()[1]), headers, page.decode()


def _gives_back(answered: Answered, text: str) -> bool:
    boxes = answered.boxes.values()
    said = " ".join(str(value) for value in boxes) if answered.status != 409 else answered.page
    return text.split("\n")[-1] in said.replace("\r", "")
