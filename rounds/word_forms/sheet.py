"""What a Word form asks, section by section: the questions of the pages, as plain values.

Printing and reading share it, so that they cannot disagree on what stands where. It is the same
whoever makes the file, for it goes by hand and by email: of an answer to another priority's lead
that is marked OFFICIAL-SENSITIVE it holds nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.html import strip_tags

from actions.wording import progress_label
from partnerships.models import Marking
from partnerships.quarters import MONTH_NAMES

from ..earlier import LENGTHS, last_answers, when_before
from ..figure_forms import FigureForm, figure_forms
from ..forms import ActionForm, SectionForm
from ..models import Answer, LeadUpdate, Rag
from ..services import Content
from ..typed_figures import KnownFigures, read_figures

YES, NO = "Yes", "No"
CHOOSE = "Choose"
"""What a list says while nothing is chosen."""

# By the name of the field on the page; the others of a page are not asked here.
RICH, LINES, CHOICE, DATE = "rich", "lines", "choice", "date"
KINDS = {
    "response": CHOICE,
    "text": RICH,
    "progress": CHOICE,
    "rag": CHOICE,
    "rag_reason": LINES,
    "way_back": LINES,
    "new_due_on": DATE,
    "date_reason": LINES,
    "is_sensitive": CHOICE,
}


@dataclass(frozen=True)
class Question:
    """One row of a section: what is asked, what is saved by now, and what was said last."""

    name: str
    label: str
    hint: str
    choices: dict[str, str]
    """By code; empty where the answer is typed."""
    saved: str
    """Canonical HTML, plain lines, a day in words or the words of a choice."""
    last: str

    @property
    def kind(self) -> str:
        return KINDS[self.name]


@dataclass(frozen=True)
class Section:
    """One section of the update; of figures, a row for each number that is asked."""

    answer: Answer
    questions: tuple[Question, ...] = ()
    last: Answer | None = None
    known: KnownFigures | None = None
    figures: tuple[FigureForm, ...] = ()

    @property
    def heading(self) -> str:
        return self.answer.heading

    @property
    def key(self) -> str:
        """What it is found by: its reference, or else its heading."""
        return self.answer.reference or self.answer.title

    @property
    def is_sensitive(self) -> bool:
        """Whether anything that the form says of it is OFFICIAL-SENSITIVE."""
        answers = [self.answer, *([self.last] if self.last else [])]
        return any(each.is_sensitive for each in answers) or any(
            form.row.indicator.is_sensitive for form in self.figures
        )


@dataclass(frozen=True)
class Sheet:
    """Everything that the form of one update asks."""

    update: LeadUpdate
    sections: tuple[Section, ...]

    @property
    def marking(self) -> str:
        is_sensitive = any(section.is_sensitive for section in self.sections)
        return Marking(Marking.SENSITIVE if is_sensitive else Marking.OFFICIAL).label

    @property
    def this_time(self) -> str:
        """What the round's months are called: "This quarter"."""
        period = self.update.round.period
        return f"This {LENGTHS.get(period.month_count if period.whole_months else 0, 'round')}"


def sheet_of(
    update: LeadUpdate,
    answers: Sequence[Answer],
    *,
    reads: Callable[[Answer, Answer], bool] | None = None,
) -> Sheet:
    """What is asked of these sections of an update, with what is saved by now.

    `reads` says of a section and its last answer whether that is for the person to read; without
    it the form holds what the lead may read. A fixed number of queries.
    """
    for answer in answers:
        answer.update = update
        answer.done = ()  # Not asked, and so not fetched one by one.
    last = last_answers(update)
    if reads:
        asked = {answer.pk: answer for answer in answers}
        last = {pk: each for pk, each in last.items() if pk in asked and reads(asked[pk], each)}
    return Sheet(update, tuple(_section(answer, last.get(answer.pk)) for answer in answers))


def form_of(
    answer: Answer,
    posted: QueryDict | None = None,
    *,
    content: Content | None = None,
    whole: bool = False,
) -> SectionForm:
    """The section's form as on its page, with what is saved or this content.

    Milestones are not asked: a Word form leaves them alone.
    """
    given = {"answer": answer, "content": content, "whole": whole}
    return (
        ActionForm(posted, steps=(), **given) if answer.is_action else SectionForm(posted, **given)
    )


def day_in_words(day) -> str:
    return f"{day.day} {MONTH_NAMES[day.month - 1]} {day.year}" if day else ""


def _section(answer: Answer, last: Answer | None) -> Section:
    if answer.is_figures:
        known = read_figures(answer)
        return Section(answer, known=known, figures=tuple(figure_forms(known)))
    form = form_of(answer)
    questions = tuple(_question(form, name, last) for name in KINDS if name in form.fields)
    return Section(answer, questions=questions, last=last)


def _question(form: SectionForm, name: str, last: Answer | None) -> Question:
    field, answer = form.fields[name], form.answer
    choices = _choices(form, name)
    initial = form.initial.get(name)
    if name == "new_due_on":
        saved, hint = day_in_words(initial), form.fields["moved"].help_text
    elif name == "is_sensitive":
        saved, hint = YES if initial else NO, field.help_text
    else:
        saved = choices.get(initial, "") if choices else initial or ""
        hint = field.help_text
    return Question(
        name=name,
        label=_LABELS.get(name) or str(field.label),
        hint=strip_tags(str(hint)),
        choices=choices,
        saved=saved,
        last=_said_last(last, name, answer) if last else "",
    )


_LABELS = {"new_due_on": "New date, if it has changed"}


def _choices(form: SectionForm, name: str) -> dict[str, str]:
    if KINDS[name] != CHOICE:
        return {}
    if name == "is_sensitive":
        return {"": NO, "on": YES}
    if name == "rag":
        return dict(Rag.choices)
    return {str(code): str(label) for code, label in form.fields[name].choices}


def _said_last(last: Answer, name: str, answer: Answer) -> str:
    if name == "response":
        return "" if last.is_written else last.get_response_display()
    if name == "progress":
        return progress_label(last.progress, last.update.round)
    if name == "rag":
        return last.get_rag_display() if last.rag else ""
    if name == "new_due_on":
        return day_in_words(last.new_due_on)
    if name == "is_sensitive":
        return YES if last.is_sensitive else ""
    return getattr(last, name)


def last_heading(section: Section) -> str:
    """What stands above the last answer: of when it is."""
    if section.last is None:
        return "Last time"
    return when_before(section.last.update.round, section.answer.update.round)
