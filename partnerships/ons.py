"""The Community Safety Partnerships of England and Wales, as the Office for National Statistics
lists them for December 2024.

Source: Office for National Statistics licensed under the Open Government Licence v3.0. Contains
OS data © Crown copyright and database right 2024. What was done with it: `ons_csp_2024.md`.
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LIST = Path(__file__).parent / "ons_csp_2024.csv"


@dataclass(frozen=True)
class Area:
    """One partnership of the list: its code, name, police force area and districts."""

    code: str
    name: str
    police_force_area: str
    district_codes: tuple[str, ...]
    districts: tuple[str, ...]

    @property
    def words(self) -> str:
        """All it can be found by: code, name, districts and police force area, in small letters."""
        said = (self.code, self.name, *self.districts, self.police_force_area)
        return " ".join(said).casefold()

    @property
    def is_in_wales(self) -> bool:
        return self.code.startswith("W")

    @property
    def has_county_council(self) -> bool:
        """Whether a district of it is not unitary, so that a county council serves it too."""
        return any(code.startswith("E07") for code in self.district_codes)


@cache
def areas() -> tuple[Area, ...]:
    """All of them, by name."""
    with LIST.open(encoding="utf-8", newline="") as file:
        return tuple(
            Area(
                row["code"],
                row["name"],
                row["police_force_area"],
                tuple(row["district_codes"].split("|")),
                tuple(row["districts"].split("|")),
            )
            for row in csv.DictReader(file)
        )


def area_of(code: str) -> Area | None:
    """The partnership with this code, if the list has it."""
    return next((area for area in areas() if area.code == code), None)


def search(words: str) -> list[Area]:
    """Those of which every word is found; names that begin with the first of them come first."""
    wanted = words.casefold().split()
    if not wanted:
        return []
    found = [area for area in areas() if all(word in area.words for word in wanted)]
    return sorted(found, key=lambda area: not area.name.casefold().startswith(wanted[0]))
