"""Addresses that lists have many of: worked out once, and never those of another place."""

import pytest
from django.template import engines
from django.urls import NoReverseMatch, set_script_prefix

PAGE = "{% load addresses %}{% address 'rounds:action' slug number %}"


def shown(slug, number):
    return engines["django"].from_string(PAGE).render({"slug": slug, "number": number})


def test_an_address_is_that_of_its_page_and_place():
    assert [shown("swale", 5), shown("swale", 6), shown("vale", 5), shown("swale", 5)] == [
        "/swale/actions/5/",
        "/swale/actions/6/",
        "/vale/actions/5/",
        "/swale/actions/5/",
    ]
    set_script_prefix("/portal/")
    try:
        assert shown("swale", 5) == "/portal/swale/actions/5/"
    finally:
        set_script_prefix("/")
    with pytest.raises(NoReverseMatch):
        shown("swale", "five")
