"""A lead's update by Word: the form to take away, and what came back beside what is saved."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_POST

from partnerships.access import in_partnership
from rounds.given import others_writing
from rounds.models import Answer, WordUpload
from rounds.services import (
    Chosen,
    Conflict,
    Refused,
    held,
    keep_form,
    keep_upload,
    new_key,
    take_in_word,
)
from rounds.word_forms.coming_back import comparison_of, form_in
from rounds.word_forms.printing import as_word_form
from rounds.word_forms.sheet import sheet_of
from rounds.word_forms.upload_form import WordFileForm

from .fetch import posted_number
from .updates import update_to_write
from .writing import Writer

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@require_http_methods(["GET", "HEAD", "POST"])
@in_partnership
def word(request, access, pk):
    """Take the form away, or bring it back: then show what it says, and save nothing yet."""
    update = update_to_write(access, pk)
    form = WordFileForm(request.POST, request.FILES) if request.method == "POST" else WordFileForm()
    if request.method == "POST" and form.is_valid():
        name, content = form.file_given()
        try:
            made = form_in(content, update)
        except Refused as refusal:
            form.add_error("file", str(refusal))
        else:
            given = {"name": name, "content": content, "by": request.user, "now": timezone.now()}
            return redirect(keep_upload(update=update, form=made, **given))
    uploads = update.word_uploads.without_content().select_related("uploaded_by")
    shown = {
        "form": form,
        "may_write": _may_write(access, update),
        "for_the_lead": not update.is_led,
        "lead": update.lead_text or "the lead",
        "uploads": list(uploads[:20]),
    }
    status = 422 if form.errors else 200
    return render(request, "rounds/word.html", _frame(access, update) | shown, status=status)


@require_POST
@in_partnership
def word_form(request, access, pk):
    """The update as a Word file, with what is saved by now and what was said last."""
    update = update_to_write(access, pk)
    if not _may_write(access, update):
        messages.warning(request, "Answers have closed. Ask the coordinator to add one for you.")
        return redirect("rounds:word", access.partnership.slug, pk)
    now, key, sheet = timezone.now(), new_key(), sheet_of(update)
    content = as_word_form(sheet, key=key, now=now)
    answers = [section.answer for section in sheet.sections]
    keep_form(update=update, key=key, answers=answers, by=request.user, now=now)
    name = f"{access.partnership.slug}-{update.round.slug}-{slugify(update.label)}.docx"
    response = HttpResponse(content, content_type=WORD)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@in_partnership
def word_upload(request, access, pk):
    """What a file says beside what is saved; what is ticked is then saved."""
    uploads = WordUpload.objects.visible_to(access).select_related("form", "uploaded_by")
    upload = get_object_or_404(uploads, pk=pk)
    upload.update = update = update_to_write(access, upload.update_id)
    if request.method == "POST":
        return _take_in(request, access, upload)
    shown = {"upload": upload, "for_the_lead": not update.is_led}
    if not upload.emptied_at:
        answers = update.answers.select_related("action", "saved_by", "edited_by")
        others = others_writing(update, access)
        shown["found"] = _comparison(access, upload, list(answers), others=others)
    crumbs = [("By Word", _address(access, update))]
    return render(request, "rounds/word_upload.html", _frame(access, update, crumbs) | shown)


@transaction.atomic
def _take_in(request, access, upload):
    """Save what is ticked, section by section; from comparing them on nobody else writes them."""
    if upload.emptied_at:
        raise Http404("The words of this file have been taken away.")
    answers = list(held(Answer.objects.filter(update=upload.update_id)))
    # The round as it is from here on, lest it has closed meanwhile.
    is_led, upload.update = upload.update.is_led, answers[0].update
    upload.update.is_led = is_led
    found = _comparison(access, upload, answers)
    ticked = {posted_number(each) for each in request.POST.getlist("take")}
    chosen = [
        Chosen(
            answer=each.answer,
            content=each.content,
            figures=each.figures,
            version=posted_number(request.POST.get(f"version-{each.answer.pk}", "")),
            on_behalf=_on_behalf(access, upload, each.answer),
        )
        for each in found.can_be_taken
        if each.answer.pk in ticked
    ]
    if not chosen:
        messages.warning(request, "Nothing was saved: tick at least one section.")
        return redirect(upload)
    saved, refused = take_in_word(upload=upload, chosen=chosen, by=access, now=timezone.now())
    if saved:
        count = f"{len(saved)} section{'' if len(saved) == 1 else 's'}"
        messages.success(request, f"Saved from the Word file: {count}.")
    for answer, refusal in refused:
        messages.warning(request, f"Not saved: {answer.heading}. {_why(refusal)}")
    return redirect(upload if refused else upload.update)


def _why(refusal):
    if isinstance(refusal, Conflict):
        return "It has been saved since you looked: see below what was written."
    return str(refusal)


def _comparison(access, upload, answers, **more):
    def on_behalf(answer):
        return _on_behalf(access, upload, answer)

    return comparison_of(upload, answers, on_behalf=on_behalf, now=timezone.now(), **more)


def _on_behalf(access, upload, answer):
    answer.is_led = upload.update.is_led
    return Writer(access, answer).on_behalf


def _may_write(access, update):
    """Whether anything of it can be written now, be it that it was let in late."""
    now = timezone.now()
    if access.runs_rounds or update.round.takes_answers(now):
        return True
    return update.answers.filter(let_in_until__gt=now).exists()


def _address(access, update):
    return reverse("rounds:word", args=[access.partnership.slug, update.pk])


def _frame(access, update, crumbs=()):
    """What both pages are shown with."""
    home = ("Home", access.partnership.get_absolute_url())
    crumbs = [home, (update.label, update.get_absolute_url()), *crumbs]
    return {"section": "home", "crumbs": crumbs, "update": update}
