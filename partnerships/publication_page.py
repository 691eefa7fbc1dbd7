"""The page on which something is marked as not for publication, or as for it again."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from .publication import WithholdForm, withhold
from .refusals import ChangedSince


@dataclass(frozen=True)
class Subject:
    """What may be withheld: a row, the two fields that say so, and how the page speaks of it."""

    row: Model
    name: str
    prints: str
    """What stands in the public edition in its place, in a sentence."""
    back: str
    section: str
    crumbs: Sequence[tuple[str, str]]
    flag: str = "is_withheld"
    why: str = "withheld_reason"
    always: str = ""
    """Why it is withheld whatever is said here."""

    @property
    def is_withheld(self) -> bool:
        return bool(getattr(self.row, self.flag))

    @property
    def reason(self) -> str:
        return str(getattr(self.row, self.why))


def publication_page(request: HttpRequest, subject: Subject) -> HttpResponse:
    form = WithholdForm(
        None if "publish" in request.POST else request.POST or None,
        initial={"reason": subject.reason, "was": subject.reason},
        is_withheld=subject.is_withheld,
    )
    newer = None
    if request.method == "POST" and ("publish" in request.POST or form.is_valid()):
        reason = "" if "publish" in request.POST else form.cleaned_data["reason"]
        try:
            withhold(
                row=subject.row,
                flag=subject.flag,
                why=subject.why,
                reason=reason,
                was=request.POST.get("was", ""),
            )
        except ChangedSince as changed:
            newer = getattr(changed.saved, subject.why)
            form = WithholdForm(initial={"reason": reason, "was": newer})
        else:
            said = "not for publication" if reason else "for publication again"
            messages.success(request, f"{subject.name} is {said}.")
            return redirect(subject.back)
    found = {
        "section": subject.section,
        "crumbs": subject.crumbs,
        "subject": subject,
        "form": form,
        "newer": newer,
        "is_newer": newer is not None,
    }
    status = 409 if newer is not None else 422 if form.errors else 200
    return render(request, "partnerships/publication.html", found, status=status)
