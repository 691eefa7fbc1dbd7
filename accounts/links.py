"""Secret links: what they end in, and what is kept of it."""

from hashlib import sha256
from secrets import token_urlsafe


def new_token() -> str:
    """What nobody can guess: 256 bits, in 43 characters that a link may have."""
    return token_urlsafe(32)


def hash_of(token: str) -> str:
    """What is kept, so that who reads the database cannot use the link."""
    return sha256(token.encode()).hexdigest()
