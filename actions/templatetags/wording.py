"""How far an action has got, in the words of the partnership or of the round."""

from django import template

from ..wording import HasProgressLabels, progress_label

register = template.Library()


@register.filter
def progress(code: str, words: HasProgressLabels) -> str:
    """As in `{{ action.progress|progress:access.partnership }}`."""
    return progress_label(code, words)
