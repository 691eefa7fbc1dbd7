"""A table as plain values, for whoever writes it to a file."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

Cell = str | Decimal | date | None


@dataclass(frozen=True)
class Column:
    """A column: its heading, and its width in characters."""

    heading: str
    width: int


@dataclass(frozen=True)
class Sheet:
    """A table with its name; each row has a cell for each column."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
