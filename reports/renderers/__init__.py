"""Who prints a layout as a file: bytes out, and no question to the database or the clock."""


class CannotPrint(Exception):
    """A text that cannot be typeset; says under which heading, and in which row, it stands."""
