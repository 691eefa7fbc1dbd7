"""A letter: one source for what a person reads as plain text and as a web page in their mail."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.template.loader import render_to_string

SUBJECT_LENGTH = 200


@dataclass(frozen=True)
class Paragraph:
    text: str


@dataclass(frozen=True)
class Heading:
    text: str


@dataclass(frozen=True)
class Bullets:
    items: tuple[str, ...]


@dataclass(frozen=True)
class Button:
    """What the letter is for: one link, with its address written out for whoever prints it."""

    label: str
    address: str


Block = Paragraph | Heading | Bullets | Button


@dataclass(frozen=True)
class Letter:
    subject: str
    blocks: Sequence[Block]

    def __post_init__(self) -> None:
        # A name with a line break in it must not begin a header of its own.
        subject = " ".join(self.subject.split())
        if len(subject) > SUBJECT_LENGTH:
            subject = subject[: SUBJECT_LENGTH - 1].rstrip() + "…"
        object.__setattr__(self, "subject", subject)

    def as_text(self) -> str:
        return "\n\n".join(_as_text(block) for block in self.blocks) + "\n"

    @property
    def parts(self) -> list[dict[str, object]]:
        """Its blocks with their kinds, for a template."""
        return [{"kind": type(block).__name__, "block": block} for block in self.blocks]

    def as_html(self) -> str:
        return render_to_string("mail/letter.html", {"letter": self})


def paragraphs(text: str) -> list[Paragraph]:
    """What somebody typed into a box, as the paragraphs that empty lines make of it."""
    parts = text.replace("\r\n", "\n").split("\n\n")
    return [Paragraph(part.strip()) for part in parts if part.strip()]


def _as_text(block: Block) -> str:
    match block:
        case Bullets(items):
            return "\n".join(f"- {item}" for item in items)
        case Button(label, address):
            return f"{label}:\n{address}"
        case Paragraph(text):
            return text
        case Heading(text):
            return f"{text}\n{'-' * min(len(text), 60)}"
