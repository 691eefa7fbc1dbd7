"""Texts that have been looked through before and stayed as they were.

To read a text again takes most of the time of printing it, and what prints was mostly read before.
Only the SHA-256 of a text is remembered, so no word is held that may have to be destroyed, nothing
can go from one reader to another, and what is remembered of a text can never become untrue.
"""

from hashlib import sha256

MOST = 10_000
"""Texts remembered before all are forgotten: about a megabyte."""


class SeenThrough:
    """Those that one rule leaves as they are, as far as this process has seen them."""

    def __init__(self) -> None:
        self._digests: set[bytes] = set()

    def __contains__(self, text: str) -> bool:
        return _digest(text) in self._digests

    def add(self, text: str) -> None:
        if len(self._digests) >= MOST:
            self._digests.clear()
        self._digests.add(_digest(text))


def _digest(text: str) -> bytes:
    # A text is anything typed or pasted, so halves of characters may be among it.
    return sha256(text.encode("utf-8", "surrogatepass")).digest()
