"""Links in messages: where they lead, what secret ones end in, and what is kept of that."""

from hashlib import sha256
from secrets import token_urlsafe

from django.conf import settings


def full_address(page: str) -> str:
    """Of a page, given as reverse() does; the host is never the one that a request names."""
    return f"{settings.PORTAL_ADDRESS}{page}"


def new_token() -> str:
    """What nobody can guess: 256 bits, in 43 characters that a link may have."""
    return token_urlsafe(32)


def hash_of(token: str) -> str:
    """What is kept, so that who reads the database cannot use the link."""
    return sha256(token.encode()).hexdigest()
