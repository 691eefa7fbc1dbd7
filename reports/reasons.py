"""Reasons that stay for good, whatever is destroyed later: why it was corrected, or withdrawn."""

from django.core.exceptions import ValidationError

from .remarks import personal


def names_nobody(reason: str) -> None:
    """Refuse what looks like personal data, since nobody can ever take it out again."""
    for hit in personal.find(reason):
        words, says = reason[hit.start : hit.end], hit.says.rstrip(".")
        raise ValidationError(
            f"“{words}” {says[0].lower()}{says[1:]}. The reason stays for good: write it without"
        )
