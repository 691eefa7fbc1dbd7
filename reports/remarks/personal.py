"""What looks like personal data in a text: it may be something else, and more may be there."""

import re
from collections.abc import Iterator

from .names import NAME
from .names import find as find_names
from .passages import Hit

_MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sep|oct|nov|dec)[a-z]{0,6}"
_DAY = (
    r"(?:\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\d{4}-\d\d-\d\d|"
    rf"\d{{1,2}}(?:st|nd|rd|th)? (?:of )?{_MONTH}(?: \d{{4}})?)"
)
_TITLE = (
    r"Mr|Mrs|Ms|Miss|Mx|Dr|PC|PCSO|DC|DS|DI|DCI|Sgt|Sergeant|Insp|Inspector|"
    r"Supt|Superintendent|Constable|P\.C|D\.C|D\.S|D\.I"
)
# A title before one of these is a post or a thing, not a person.
_NO_NAME = (
    r"(?!(?:Team|Teams|Role|Roles|Post|Posts|And|Or|The|For|In|Of|To|At|Is|World|Plus|Surgery|"
    r"Surgeries|General|Meeting|Update|Who|Will|Has|Have|Posts?|Recruitment|Vacancy)\b)"
)

KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "an email address",
        re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}"),
    ),
    (
        "a National Insurance number",
        re.compile(
            r"\b(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]"
            r"(?: ?\d\d){3} ?[A-D]\b"
        ),
    ),
    (
        "a postcode",
        re.compile(
            r"\b(?:GIR ?0AA|[A-PR-UWYZ](?:\d{1,2}|[A-HK-Y]\d(?:\d|[ABEHMNPRV-Y])?|\d[A-HJKPSTUW])"
            r" ?\d[ABD-HJLNP-UW-Z]{2})\b"
            r"|\b[a-pr-uwyz][a-hk-y]?\d{1,2} \d[abd-hjlnp-uw-z]{2}\b"
            r"|\b[a-pr-uwyz][a-hk-y]\d{2,3}[abd-hjlnp-uw-z]{2}\b"
        ),
    ),
    (
        "a vehicle registration",
        re.compile(r"\b[A-HJ-PR-Y]{2}[0-9]{2} ?[A-HJ-PR-Z]{3}\b"),
    ),
    (
        # Numbers of helplines and offices, 03… and 080…, are nobody's own.
        "a telephone number",
        re.compile(
            # Nor are two days with points: 01.04.2023-31.03.2024.
            r"(?<![\d./-])(?!\d\d\.\d\d\.)(?:\+44 ?(?:\(0\) ?)?(?!3|80)[1-9]|\(?0(?!3|80)[1-9])"
            r"(?:[ ().-]{0,2}\d){8,9}(?!\d)"
        ),
    ),
    (
        "a date of birth",
        re.compile(
            rf"\b(?:D\.?O\.?B\b\.?|date of birth)(?:[:,-]? {{0,3}}{_DAY})?"
            rf"|\bborn\b[^.;\n]{{0,20}}?{_DAY}",
            re.IGNORECASE,
        ),
    ),
    (
        # A title and a name begin with capitals: "miss a meeting" does not.
        "a person's name",
        re.compile(rf"(?<![\w-])(?:{_TITLE})\.? {_NO_NAME}{NAME}(?: {_NO_NAME}{NAME})?"),
    ),
    (
        # One person's age: neither "aged 13-16" nor "aged 18 and over" nor "14-year-olds".
        "a person's age",
        re.compile(
            r"\baged? \d{1,3}\b(?! ?(?:[-–+%]|to\b|and\b|or\b|years? (?:and|or)\b|plus\b))"
            r"|(?<![\d–-])(?<!\d to )(?<!\bor )\b\d{1,3}(?:[ -]years?[ -]old| ?y/?o)\b",
            re.IGNORECASE,
        ),
    ),
)


def find(text: str) -> Iterator[Hit]:
    """Each thing once: what is part of something found before is left out."""
    found: list[Hit] = []
    taken = bytearray(len(text))
    spans = [(name, each.span()) for name, pattern in KINDS for each in pattern.finditer(text)]
    spans += [("a person's name", span) for span in find_names(text)]
    for name, (start, end) in spans:
        if not any(taken[start:end]):
            taken[start:end] = b"\1" * (end - start)
            found.append(Hit(start, end, f"Looks like {name}."))
    yield from sorted(found, key=lambda hit: hit.start)
