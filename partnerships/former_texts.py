"""The pages of what changed about a thing, and of a former text, from which it can be restored."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse

from documents.compare import marked

from .changes import Found, Story
from .markers import marker_of
from .models import Marking
from .refusals import ChangedSince, Refused


@dataclass(frozen=True)
class Thing:
    """Something whose changes are shown: its story, its name, and where its pages are."""

    story: Story
    name: str
    back: str
    pk: int
    pages: str
    """The route of its changes; that of a former text has "_former" after it."""
    may_restore: bool
    section: str
    crumbs: list[tuple[str, str]]
    only_since: str = ""
    """What the person is told of changes that are not for them."""
    warning: str = ""
    """What restoring does beside, if anything."""

    @property
    def slug(self) -> str:
        return self.story.access.partnership.slug

    @property
    def changes(self) -> str:
        return reverse(self.pages, args=[self.slug, self.pk])

    def frame(self, *further: tuple[str, str]) -> dict[str, Any]:
        return {
            "thing": self,
            "section": self.section,
            "crumbs": [*self.crumbs, (self.name, self.back), *further],
        }


def changes_page(request, thing):
    """Who changed what about a thing, and when, the latest first."""
    page = thing.story.page(request.GET.get("page"))
    former_page = f"{thing.pages}_former"
    return render(
        request,
        "partnerships/changes.html",
        thing.frame() | {"page": page, "former_page": former_page},
    )


def former_page(request, thing, found, restore):
    """A former text beside the present one; posted, it is put back by `restore(found, marker)`."""
    if found is None:
        raise Http404("There is no such text, or it is not for this person.")
    refusal = ""
    if request.method == "POST":
        if not thing.may_restore:
            raise PermissionDenied("You may not change this.")
        try:
            restore(found, request.POST.get("marker", ""))
        except Refused as refused:
            refusal = str(refused)
        else:
            messages.success(request, f"{found.label} is as it was before {found.when}.")
            return redirect(thing.changes)
    shown = thing.frame(("What changed", thing.changes)) | _beside(thing, found, refusal)
    return render(request, "partnerships/former.html", shown, status=409 if refusal else 200)


def _beside(thing, found, refusal):
    present = found.present
    now = getattr(present, found.field) if present else ""
    both = marked(found.text, now) if found.is_rich else None
    former_marked, present_marked = both or (found.text, now)
    return {
        "found": found,
        "is_removed": present is None,
        "is_same": present is not None and now == found.text,
        "present": present_marked,
        "former": former_marked,
        "is_marked": both is not None,
        "marker": marker_of(now, getattr(present, "version", None)),
        "refusal": refusal,
        "may_restore": thing.may_restore and present is not None and now != found.text,
    }


@transaction.atomic
def restore_text(*, found: Found, marker: str) -> None:
    """Put a former text back, unless somebody has changed it since the person looked at it."""
    row: Any = found.kept.model._default_manager.select_for_update().get(pk=found.before.id)
    if marker != marker_of(getattr(row, found.field), None):
        raise ChangedSince(row)
    refuse_unmarking(found.before, row)
    for name in (found.field, *found.kept.brings.get(found.field, ())):
        setattr(row, name, getattr(found.before, name))
    try:
        row.full_clean()
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from error
    row.save()


def refuse_unmarking(before: Any, row: Any) -> None:
    """A text marked OFFICIAL-SENSITIVE never comes back where it would no longer be marked."""
    was = getattr(before, "marking", Marking.OFFICIAL)
    if was == Marking.SENSITIVE and row.marking != Marking.SENSITIVE:
        raise Refused(
            "That text was marked OFFICIAL-SENSITIVE, and this is not any more. "
            "Mark it again first, or copy from it what may stand here."
        )
