"""How what the partnership counts is defined, changed and renamed."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction

from partnerships.markers import marker_of_fields
from partnerships.models import Partnership
from partnerships.refusals import ChangedSince, Refused

from .models import Indicator, IndicatorAlias, wrong_relations


class NameTaken(Refused):
    """Another indicator of the partnership has the name."""

    def __init__(self, other: Indicator):
        super().__init__("Another figure has this name already.")
        self.other = other


class WrongRelation(Refused):
    """The figure cannot be part of that total, or be worked out from that count."""

    def __init__(self, field: str, said: str):
        super().__init__(f"{said}.")
        self.field = field


def marker_of_indicator(indicator: Indicator) -> str:
    """Tells an indicator as it stands from any other, for the conflict check."""
    return marker_of_fields(
        indicator, sorted(field.attname for field in Indicator._meta.concrete_fields)
    )


def same_name(indicator: Indicator, name: str) -> Indicator | None:
    """Another indicator of the partnership with this name, however it is spaced or capitalised.

    Compared here: the databases differ in what they call the same letter.
    """
    others = Indicator.objects.filter(partnership_id=indicator.partnership_id)
    for other in others.exclude(pk=indicator.pk):
        if _bare(other.name) == _bare(name):
            return other
    return None


def _bare(name: str) -> str:
    return " ".join(name.split()).casefold()


@transaction.atomic
def add_indicator(*, indicator: Indicator) -> Indicator:
    _hold_partnership(indicator)
    _refuse_taken_name(indicator, indicator.name)
    _refuse_wrong_relations(indicator)
    indicator.save()
    return indicator


@transaction.atomic
def change_indicator(*, indicator: Indicator, marker: str, values: Mapping[str, Any]) -> None:
    """Set fields of an indicator; a new name is given by `rename_indicator`."""
    _hold_partnership(indicator)
    saved = _locked(indicator, marker)
    for name, value in values.items():
        setattr(saved, name, value)
    _refuse_wrong_relations(saved)
    saved.save()


@transaction.atomic
def rename_indicator(
    *,
    indicator: Indicator,
    marker: str,
    name: str,
    keep_earlier: bool,
    used_until: date | None = None,
) -> None:
    """Give a new name; the old one is kept as an earlier name unless it was written wrongly."""
    _hold_partnership(indicator)
    saved = _locked(indicator, marker)
    _refuse_taken_name(saved, name)
    if keep_earlier:
        saved.aliases.create(
            partnership_id=saved.partnership_id, name=saved.name, used_until=used_until
        )
    saved.name = name
    saved.save()


@transaction.atomic
def add_earlier_name(*, indicator: Indicator, name: str, used_until: date | None) -> IndicatorAlias:
    """Keep a name that an indicator had once, so that old papers can be found by it."""
    _hold_partnership(indicator)
    if _bare(name) == _bare(indicator.name):
        raise Refused("This is the name it has now.")
    if any(_bare(alias.name) == _bare(name) for alias in indicator.aliases.all()):
        raise Refused("This earlier name is there already.")
    return indicator.aliases.create(
        partnership_id=indicator.partnership_id, name=name, used_until=used_until
    )


def _hold_partnership(indicator: Indicator) -> None:
    """Let nobody else name its indicators or say what is part of what until this is done."""
    Partnership.objects.select_for_update().get(pk=indicator.partnership_id)


def _refuse_taken_name(indicator: Indicator, name: str) -> None:
    other = same_name(indicator, name)
    if other is not None:
        raise NameTaken(other)


def _refuse_wrong_relations(indicator: Indicator) -> None:
    for field, said in wrong_relations(indicator).items():
        raise WrongRelation(field, said)


def _locked(indicator: Indicator, marker: str) -> Indicator:
    saved = Indicator.objects.select_for_update().get(pk=indicator.pk)
    if marker_of_indicator(saved) != marker:
        raise ChangedSince(saved)
    return saved
