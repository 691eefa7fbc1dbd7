"""What a file says beside what is saved: every difference, before anything is saved.

The words of the boxes go through the forms of the pages, so that Word may say nothing that a page
would refuse. A box that is empty leaves what is saved, and so does one that cannot be read; a
section is only ticked by itself where nobody has written in it since the form was made.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.http import QueryDict

from documents.compare import marked
from documents.differences import shortened
from documents.word_reader import Cell, Tracked
from documents.word_text import as_word_keeps
from partnerships.dates import read_date
from performance.change import format_value

from ..figure_forms import FigureForm, doubts_of, figure_forms
from ..forms import SectionForm
from ..models import Answer
from ..services import Content, Figure
from .reading import SectionRead, normal
from .sheet import CHOICE, CHOOSE, DATE, KINDS, RICH, YES, Question, Section, day_in_words, form_of

_DAY_FIRST = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th)?[\s./-]+(\d{1,2}|[a-z]{3,9})[\s.,/-]+(\d{4})", re.I
)
LEFT = "It was left as it is."
_YEAR_FIRST = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")


@dataclass(frozen=True)
class Difference:
    """One question whose box says something else than what is saved."""

    label: str
    saved: str
    said: str
    is_rich: bool = False

    @property
    def marked(self) -> tuple[str, str]:
        """Both; of rich texts the words that only one of them has are marked."""
        both = marked(self.saved, self.said) if self.is_rich else None
        return both or (self.saved, self.said)


@dataclass(frozen=True)
class Compared:
    """One section of the file beside what is saved."""

    section: Section
    differences: tuple[Difference, ...]
    problems: tuple[str, ...]
    """What was not read or is not kept, and why."""
    errors: tuple[str, ...]
    """What a page would ask to put right before it is saved."""
    tracked: Tracked
    content: Content
    others: Sequence[str] = ()
    """Who else is writing it, in sentences."""
    figures: tuple[Figure, ...] = ()
    is_newer: bool = False
    """Whether somebody has written since the form was made."""
    is_guessed: bool = False
    """Whether nothing but its place in the file says which section it is."""
    closed: Exception | None = None
    """Why nothing can be saved in it now."""

    @property
    def answer(self) -> Answer:
        return self.section.answer

    @property
    def can_be_taken(self) -> bool:
        return bool(self.differences) and not self.errors and self.closed is None

    @property
    def is_ticked(self) -> bool:
        return self.can_be_taken and not (self.is_newer or self.is_guessed)


@dataclass(frozen=True)
class Comparison:
    """The whole file beside the update."""

    sections: tuple[Compared, ...]
    missing: tuple[Section, ...]
    """What is not in the file, and is left as it is."""
    problems: tuple[str, ...]

    @property
    def changed(self) -> list[Compared]:
        return [each for each in self.sections if each.differences]

    @property
    def same(self) -> list[Compared]:
        return [each for each in self.sections if not each.differences]

    @property
    def can_be_taken(self) -> list[Compared]:
        return [each for each in self.sections if each.can_be_taken]


def compared(
    section: Section,
    read: SectionRead,
    *,
    whole: bool,
    small_base: int,
    was: Content | None = None,
    is_newer: bool = False,
    closed: Exception | None = None,
    others: Sequence[str] = (),
) -> Compared:
    """One section; `whole` where what is saved is sent as well, and so has to say everything.

    `was` is what it said when the form was made, where somebody has written since: what the file
    says as it was then is no difference.
    """
    problems, errors = list(read.problems), []
    if section.answer.is_figures:
        content, figures, found = _figures(section, read, small_base, is_newer, problems)
    else:
        figures = ()
        content, found = _content(section, read, whole, was, problems, errors)
    return Compared(
        section=section,
        differences=tuple(found),
        problems=tuple(problems),
        errors=tuple(errors) if found else (),
        tracked=read.tracked,
        content=content,
        figures=tuple(figures),
        is_newer=is_newer,
        is_guessed=read.is_guessed,
        closed=closed,
        others=others,
    )


# A section in words ---------------------------------------------------------------------------


def _content(
    section: Section,
    read: SectionRead,
    whole: bool,
    was: Content | None,
    problems: list[str],
    errors: list[str],
) -> tuple[Content, list[Difference]]:
    saved = _boxes(form_of(section.answer))
    then = _boxes(form_of(section.answer, content=was)) if was else saved
    posted = dict(saved)
    for question in section.questions:
        cell = read.cells.get(question.name)
        said = _said(question, cell, section.answer, problems) if cell else None
        if said is not None and not _is_same(said, then[question.name]):
            posted[question.name] = said
    is_emptied = "text" in read.cells and not read.cells["text"].html
    if posted["response"] != Answer.Response.WRITTEN and is_emptied:
        posted["text"] = ""
    form = form_of(section.answer, _as_posted(posted), whole=whole)
    form.is_valid()
    errors += [str(each) for name, found in form.errors.items() for each in found]
    # The milestones are those of the page: a Word form leaves them alone.
    content = form.content().settled()
    boxes = _boxes(form_of(section.answer, content=content))
    found = _differences(section, boxes, saved)
    if found:
        problems += [each for each in form.left_out if each != form.left_out_of_text]
    problems += [
        _emptied(question.label)
        for question in section.questions
        if then[question.name] and boxes[question.name] and _is_empty(read, question)
    ]
    return content, found


def _is_empty(read: SectionRead, question: Question) -> bool:
    cell = read.cells.get(question.name)
    return cell is not None and normal(cell.words) in ("", normal(CHOOSE))


def _emptied(label: str) -> str:
    """Of a box that said something when the form was made, and is still saved."""
    return f"“{label}” is empty in the file. {LEFT} To empty it, do so on its page."


def _boxes(form: SectionForm) -> dict[str, str]:
    """What the boxes of a Word form say that is made of this, by the name of the question."""
    said = {name: form.initial.get(name) or "" for name in KINDS}
    day = said["new_due_on"]
    return said | {
        "new_due_on": day.isoformat() if day else "",
        "is_sensitive": "on" if said["is_sensitive"] else "",
    }


def _said(question: Question, cell: Cell, answer: Answer, problems: list[str]) -> str | None:
    """What a box says, as a page would post it; None where it is to be left as it is."""
    if question.kind == RICH:
        if cell.left_out:
            problems.append(f"Left out of “{question.label}”: {', '.join(cell.left_out)}.")
        return cell.html or None
    if cell.not_read:
        problems.append(f"Left out of “{question.label}”: {', '.join(cell.not_read)}.")
    if not cell.words or normal(cell.words) == normal(CHOOSE):
        return None
    if question.kind == CHOICE:
        return _chosen(question, cell, problems)
    if question.kind == DATE:
        return _day(question, cell, answer, problems)
    return cell.plain


def _chosen(question: Question, cell: Cell, problems: list[str]) -> str | None:
    for code, label in question.choices.items():
        if normal(cell.words) == normal(label):
            return code
    choices = ", ".join(question.choices.values())
    problems.append(
        f"“{question.label}” says “{shortened(cell.words)}”, which is none of: {choices}. {LEFT}"
    )
    return None


def _day(question: Question, cell: Cell, answer: Answer, problems: list[str]) -> str | None:
    found = _DAY_FIRST.fullmatch(cell.words)
    parts = found.groups() if found else None
    if parts is None and (found := _YEAR_FIRST.fullmatch(cell.words)):
        parts = found[3], found[2], found[1]
    try:
        day = read_date(*parts) if parts else None
    except ValidationError:
        day = None
    if day is None:
        problems.append(
            f"“{question.label}” says “{shortened(cell.words)}”, which was not read: write a day "
            f"such as 31 March 2024. {LEFT}"
        )
        return None
    # The day that is in the plan anyway moves nothing.
    return None if day == answer.date_before and answer.new_due_on is None else day.isoformat()


def _as_posted(said: Mapping[str, str]) -> QueryDict:
    """The same as a browser would send it from the page."""
    posted = QueryDict(mutable=True)
    year, month, day = said["new_due_on"].split("-") if said["new_due_on"] else ("", "", "")
    posted.update(
        {
            name: value
            for name, value in said.items()
            if value and name not in ("text", "new_due_on")
        }
    )
    posted.update({"text_html": said["text"], "moved": "yes" if day else "no"})
    posted.update({"new_due_on_day": day, "new_due_on_month": month, "new_due_on_year": year})
    return posted


def _is_same(text: str, other: str) -> bool:
    """Whether two texts say the same, links apart that no Word file can hold."""
    return text == other or as_word_keeps(text) == as_word_keeps(other)


def _differences(
    section: Section, said: Mapping[str, str], saved: Mapping[str, str]
) -> list[Difference]:
    return [
        Difference(
            question.label,
            _in_words(question, saved[question.name]),
            _in_words(question, said[question.name]),
            is_rich=question.kind == RICH,
        )
        for question in section.questions
        if said[question.name] != saved[question.name]
    ]


def _in_words(question: Question, posted: str) -> str:
    if question.kind == CHOICE:
        return question.choices.get(posted, "")
    return day_in_words(date.fromisoformat(posted)) if question.kind == DATE and posted else posted


# Figures ----------------------------------------------------------------------------------------


def _figures(
    section: Section, read: SectionRead, small_base: int, is_newer: bool, problems: list[str]
) -> tuple[Content, list[Figure], list[Difference]]:
    """Each figure by itself: one that is not right, or in doubt, holds none of the others back."""
    posted = QueryDict(mutable=True)
    for form in section.figures:
        boxes = read.figures.get(form.prefix, ())
        posted.update(_typed(form, boxes))
        if form.entry is not None and not is_newer and boxes and not boxes[0].words:
            problems.append(_emptied(form.heading))
    typed = figure_forms(section.known, posted)
    wrong = [form for form in typed if not form.is_valid()]
    doubts = doubts_of(typed, small_base=small_base)
    for form in wrong:
        why = "; ".join(str(each) for found in form.errors.values() for each in found)
        problems.append(f"{why}. The file says “{shortened(_given(form))}”. {LEFT}")
    for form, doubt in doubts:
        said = f"{form.heading}: {format_value(form.value)} is {doubt}. {LEFT}"
        problems.append(f"{said} If it is right, type it on the page of the figures.")
    left = [*wrong, *(form for form, _ in doubts)]
    content = Content(response=Answer.Response.WRITTEN, marking=section.answer.marking)
    changed = [form for form in typed if form not in left and _is_typed_anew(form)]
    found = [Difference(form.heading, _kept(form), _given(form)) for form in changed]
    return content, [form.figure() for form in changed], found


def _typed(form: FigureForm, boxes: Sequence[Cell]) -> Mapping[str, str]:
    """The row as a page would post it; an empty box says what is saved."""
    said = [cell.words for cell in boxes[:3]] + [""] * (3 - len(boxes))
    value, source, provisional = said
    saved = form.initial
    is_provisional = normal(provisional) == normal(YES) if provisional else saved["is_provisional"]
    posted = {"value": value or saved["value"], "source": source or saved["source"]}
    posted |= {"is_provisional": "on"} if is_provisional else {}
    return {form.add_prefix(name): text for name, text in posted.items()}


def _is_typed_anew(form: FigureForm) -> bool:
    if form.value is None:
        return False
    return form.entry is None or form.value != form.entry.value or _source_changed(form)


def _source_changed(form: FigureForm) -> bool:
    names = ("source", "is_provisional")
    return any(form.cleaned_data.get(name) != form.initial[name] for name in names)


def _kept(form: FigureForm) -> str:
    if form.entry is None:
        return ""
    provisional = ", provisional" if form.entry.is_provisional else ""
    return f"{format_value(form.entry.value)}, {form.entry.source}{provisional}"


def _given(form: FigureForm) -> str:
    posted = [form[name].value() for name in ("value", "source")]
    provisional = ["provisional"] if form["is_provisional"].value() else []
    return ", ".join([each for each in posted if each] + provisional)
