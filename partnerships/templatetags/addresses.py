"""The addresses of pages of which a list has many, each worked out once."""

from functools import lru_cache

from django import template
from django.urls import get_script_prefix, reverse

register = template.Library()


@register.simple_tag
def address(name: str, *args: str | int) -> str:
    """As `{% url %}` gives it."""
    return _address(get_script_prefix(), name, *args)


@lru_cache(maxsize=4096)
def _address(prefix: str, name: str, *args: str | int) -> str:
    """Only the prefix can make an address another one, and `reverse` looks it up by itself."""
    return reverse(name, args=args)
