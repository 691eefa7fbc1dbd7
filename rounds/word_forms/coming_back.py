"""A file that came back: whether it is of this update, and what it says beside what is saved."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from django.db.models import Q

from documents.guard import Unsafe, check_word
from documents.word_reader import WordFile, read_word
from partnerships.refusals import Refused

from ..models import Answer, LeadUpdate, WordForm, WordUpload
from ..services import Content, why_not_writable
from .comparing import Comparison, compared
from .reading import key_in, read_form
from .sheet import Sheet

ASK = "Ask the coordinator, or take a new form from this page."
NO_KEY = (
    "The file does not say which form it was made of, so nothing tells what has changed since. "
    "Its sections were found by their references and headings: check them, and tick what is right."
)


def form_in(content: bytes, sheet: Sheet) -> WordForm | None:
    """The form that a file was made of, or None where it does not say.

    Refused where it is no Word file or a hostile one, of another form than this update's, or
    where no section of the sheet is in it.
    """
    update = sheet.update
    try:
        check_word(content)
        file = read_word(content)
        found = read_form(file, sheet)
    except Unsafe as unsafe:
        raise Refused(str(unsafe)) from unsafe
    form = _named_in(file, update)
    if not found.sections:
        raise Refused(
            f"Nothing in this file is of {update.label}: none of its headings or references was "
            f"found. {ASK}"
        )
    return form


def _named_in(file: WordFile, update: LeadUpdate) -> WordForm | None:
    key = key_in(file)
    if not key:
        return None
    forms = WordForm.objects.of(update.partnership).select_related("update__round__plan")
    form = forms.filter(key=key).first()
    if form is None:
        raise Refused(f"The form {key} is not known here. {ASK}")
    if form.update_id != update.pk:
        raise Refused(
            f"This is the form of another round or priority ({form.update.label}, "
            f"{form.update.round.full_label}). Upload it on the page of that one."
        )
    return form


def comparison_of(
    upload: WordUpload,
    sheet: Sheet,
    *,
    on_behalf: Callable[[Answer], bool],
    was_given: bool,
    now: datetime,
    others: Mapping[int, Sequence[str]] = MappingProxyType({}),
) -> Comparison:
    """Every section of a file beside the answers of the sheet; a fixed number of queries.

    was_given: for somebody to whom the lead gave these sections. `others` says of each answer,
    by its number, who else is writing it.
    """
    update, form = sheet.update, upload.form
    reading = read_form(read_word(bytes(upload.content)), sheet)
    then = _as_they_were(form, [section.answer for section in sheet.sections])
    sections, missing = [], []
    for section in sheet.sections:
        answer = section.answer
        read = reading.sections.get(answer.pk)
        if read is None:
            missing.append(section)
            continue
        for_lead = on_behalf(answer)
        sections.append(
            compared(
                section,
                read,
                whole=for_lead or answer.is_sent,
                small_base=update.partnership.small_base,
                was=then.get(answer.pk),
                is_newer=_version_then(form, answer) != answer.version,
                closed=why_not_writable(answer, now, on_behalf=for_lead, was_given=was_given),
                others=others.get(answer.pk, ()),
            )
        )
    problems = [*([] if form else [NO_KEY]), *reading.problems]
    return Comparison(tuple(sections), tuple(missing), tuple(problems))


def _version_then(form: WordForm | None, answer: Answer) -> int:
    """The version in the form; without one, that of a section that nobody has written."""
    return form.version_of.get(answer.pk, 0) if form else 0


def _as_they_were(form: WordForm | None, answers: Sequence[Answer]) -> dict[int, Content]:
    """What the form was made with, of each answer that was written in since; one query or none."""
    newer = [each for each in answers if form and _version_then(form, each) != each.version]
    if not newer:
        return {}
    which = Q()
    for answer in newer:
        which |= Q(id=answer.pk, version=_version_then(form, answer))
    names = set(Content.__dataclass_fields__) - {"done"}
    rows = Answer.history.filter(which).order_by("-history_id")
    return {row.id: Content(**{name: getattr(row, name) for name in names}) for row in rows}
