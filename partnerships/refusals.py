"""What cannot be done now, said in plain English."""


class Refused(Exception):
    """Something that cannot be done now, with the reason in plain English."""
