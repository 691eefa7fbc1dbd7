"""The responsible authorities of an area: who must work together in its partnership.

Rule: section 5(1) of the Crime and Disorder Act 1998. The names are what the list of the Office
for National Statistics lets one guess, to be corrected by somebody who knows; where it says
nothing, the name is empty.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from .ons import Area


@dataclass(frozen=True)
class Authority:
    """One responsible authority: what it is, its name as far as it can be guessed, its code."""

    key: str
    what: str
    name: str = ""
    code: str = ""


FORCES = {
    "Metropolitan Police": "Metropolitan Police Service",
    "London, City of": "City of London Police",
}


def responsible_authorities(area: Area | None) -> list[Authority]:
    """The authorities of an area of the list; without one, of what may be a county."""
    return [
        *_councils(area),
        Authority("police", "Police force", _force(area)),
        Authority("fire", "Fire and rescue authority"),
        Authority(
            "health",
            "Local health board" if area and area.is_in_wales else "Integrated care board",
        ),
        Authority("probation", "Provider of probation services", "Probation Service"),
    ]


def _councils(area: Area | None) -> Iterator[Authority]:
    if area is None:
        yield Authority("council", "District or unitary council")
        yield Authority("county", "County council, where there is one")
        return
    districts = zip(area.district_codes, area.districts, strict=True)
    for number, (code, district) in enumerate(districts, start=1):
        is_district = code.startswith("E07")
        what = "District or borough council" if is_district else "Council"
        yield Authority(f"council_{number}", what, f"{district} Council", code)
    if area.has_county_council:
        yield Authority("county", "County council")


def _force(area: Area | None) -> str:
    if area is None:
        return ""
    return FORCES.get(area.police_force_area, f"{area.police_force_area} Police")
