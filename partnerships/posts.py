"""Which posts a person held, as the readers of a partnership's pages know them."""

from datetime import date

from .models import Membership, Partnership


def post_of(user_id: int, partnership: Partnership, day: date) -> str:
    """On a day; empty where they held none, as a site administrator."""
    held = Membership.objects.of(partnership).filter(user=user_id).current(day)
    return "; ".join(str(each) for each in held.select_related("organisation").order_by("pk"))
