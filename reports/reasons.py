"""Reasons that stay for good, whatever is destroyed later: why it was corrected, or withdrawn."""

from django.core.exceptions import ValidationError

from .remarks import personal


def names_nobody(reason: str) -> None:
    """Refuse what looks like personal data, since nobody can ever take it out again.

    All of it is named at once, so that nobody has to send the reason again for each.
    """
    found = sorted(personal.find(reason), key=lambda hit: hit.start)
    told = dict.fromkeys(_told(reason[hit.start : hit.end], hit.says) for hit in found)
    if told:
        raise ValidationError(f"{'; '.join(told)}. The reason stays for good: write it without")


def _told(words: str, says: str) -> str:
    says = says.rstrip(".")
    return f"“{words}” {says[0].lower()}{says[1:]}"
