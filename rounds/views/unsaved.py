"""What a person typed in a section and did not save, read as the section's form reads it."""

from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

from django.http import QueryDict
from django.utils import timezone

from rounds.draft_models import new_key
from rounds.models import Answer, Draft
from rounds.services import Content, Refused, drop_drafts, keep_draft

from .writing import Writer, form_of


@dataclass(frozen=True)
class Unsaved:
    """One draft of the person at a section in words."""

    writer: Writer
    draft: Draft

    @cached_property
    def posted(self):
        """As a browser would send it, from a page of its own that takes the draft over."""
        return posted_of(self.draft)

    @cached_property
    def form(self):
        form = form_of(self.writer, self.posted, whole=False)
        form.full_clean()
        return form

    @cached_property
    def content(self):
        return self.form.content()

    @property
    def is_overtaken(self):
        """Whether the section was saved since the page of the draft was opened."""
        return self.draft.version != self.writer.answer.version

    @property
    def says_more(self):
        """Whether it holds anything that is not saved."""
        if self.is_overtaken:
            return self.content.settled() != Content.of(self.writer.answer)
        return self.form.has_changed()

    @property
    def as_answer(self):
        return Answer(kind=self.writer.answer.kind, **vars(self.content))

    @property
    def done(self):
        return self.writer.titles_of(self.content.done)


def unsaved_by(writer):
    """What the person has not saved here, the latest first.

    What says nothing that is not saved, or the same as a later one, is dropped.
    """
    found, idle = [], []
    for draft in writer.drafts:
        each = Unsaved(writer, draft)
        is_same = any(each.content == later.content for later in found)
        (idle if is_same or not each.says_more else found).append(each)
    if idle:
        drop_drafts(writer.answer, [each.draft.mark for each in idle], by=writer.access)
    return found


def posted_of(draft):
    """The boxes of a draft as a new page would send them."""
    posted = QueryDict(mutable=True)
    for name, values in draft.boxes.items():
        posted.setlist(name, values)
    posted["version"] = str(draft.version)
    posted["page"] = new_key()
    posted["continues"] = draft.mark
    return posted


# What a page says of itself and not of the section.
_OF_THE_PAGE = {"csrfmiddlewaretoken", "then", "page", "continues", "version", "person"}
_OF_THE_PAGE |= {"keep", "rating", "other"}


def boxes_of(posted):
    """What was in the boxes of a section, by name, as it was sent."""
    return {name: values for name, values in posted.lists() if name not in _OF_THE_PAGE}


def keep_posted(request, writer, form):
    """Keep what was sent and refused, where it can be kept, as a draft of the page it is from."""
    with suppress(Refused):
        keep_draft(
            answer=writer.answer,
            pages=form.pages,
            version=form.cleaned_data["version"],
            boxes=boxes_of(request.POST),
            by=writer.access,
            now=timezone.now(),
        )
