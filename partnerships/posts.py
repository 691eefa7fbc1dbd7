"""Which posts a person held, as the readers of a partnership's pages know them."""

from collections.abc import Collection, Iterable
from datetime import date

from .models import Membership, Partnership

Held = tuple[int, date]
"""A person's number, and a day."""


def one_line(posts: Iterable[object]) -> str:
    """Several posts as they are read; two of one name are one to whoever reads."""
    return "; ".join(dict.fromkeys(str(post) for post in posts))


def post_of(user_id: int, partnership: Partnership, day: date) -> str:
    """On a day; empty where they held none, as a site administrator."""
    return posts_of([(user_id, day)], partnership)[user_id, day]


def posts_of(asked: Collection[Held], partnership: Partnership) -> dict[Held, str]:
    """The same of several people, each on a day, in one query."""
    people = {user_id for user_id, _ in asked}
    held = Membership.objects.of(partnership).filter(user__in=people)
    found = list(held.select_related("organisation").order_by("pk")) if people else []
    return {
        (user_id, day): one_line(
            each for each in found if each.user_id == user_id and is_held(each, day)
        )
        for user_id, day in asked
    }


def is_held(membership: Membership, day: date) -> bool:
    """Whether a post counts on a day."""
    starts_on, ends_on = membership.starts_on, membership.ends_on
    return (starts_on is None or starts_on <= day) and (ends_on is None or day <= ends_on)
