"""Charts on the web; in Word and PDF they are the same drawings."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from performance.charts import Bars, drawing

register = template.Library()


@register.simple_tag
def chart(bars: Bars, alternative: str) -> SafeString:
    """Two bars, and what they show in words for those who do not see them."""
    drawn = mark_safe(drawing(bars))  # noqa: S308 - of numbers alone
    return format_html(
        '<span class="bars" role="img" aria-label="{}">{}</span>', alternative, drawn
    )
