"""A lead's update by Word: the form to take away, and what came back beside what is saved."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_POST

from partnerships.access import in_partnership
from rounds.given import others_writing
from rounds.models import WordUpload
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
from rounds.word_forms.upload_form import WordFileForm

from .fetch import posted_number
from .given_once import for_writers
from .word_writer import word_writer_of

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@require_http_methods(["GET", "HEAD", "POST"])
@in_partnership
@for_writers
def word(request, access, pk):
    """Take the form away, or bring it back: then show what it says, and save nothing yet."""
    writer = word_writer_of(access, pk)
    update = writer.update
    form = WordFileForm(request.POST, request.FILES) if request.method == "POST" else WordFileForm()
    if request.method == "POST" and form.is_valid():
        name, content = form.file_given()
        try:
            made = form_in(content, writer.sheet())
        except Refused as refusal:
            form.add_error("file", str(refusal))
        else:
            given = {"name": name, "content": content, "by": request.user, "now": timezone.now()}
            return redirect(keep_upload(update=update, form=made, **given))
    uploads = WordUpload.objects.visible_to(access).filter(update=update).without_content()
    shown = {
        "form": form,
        "may_write": writer.may_write,
        "lead": update.lead_text or "the lead",
        "uploads": list(uploads.select_related("uploaded_by", "partnership")[:20]),
    }
    status = 422 if form.errors else 200
    return render(request, "rounds/word.html", writer.frame() | shown, status=status)


@require_POST
@in_partnership
@for_writers
def word_form(request, access, pk):
    """What the person writes of the update as a Word file, with what is saved by now."""
    writer = word_writer_of(access, pk)
    if not writer.may_write:
        messages.warning(request, "Answers have closed. Ask the coordinator to add one for you.")
        return redirect(writer.address)
    update, now, key, sheet = writer.update, timezone.now(), new_key(), writer.sheet()
    content = as_word_form(sheet, key=key, now=now)
    answers = [section.answer for section in sheet.sections]
    keep_form(update=update, key=key, answers=answers, by=request.user, now=now)
    name = f"{access.partnership.slug}-{update.round.slug}-{slugify(update.label)}.docx"
    response = HttpResponse(content, content_type=WORD)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@in_partnership
@for_writers
def word_upload(request, access, pk):
    """What a file says beside what is saved; what is ticked is then saved."""
    uploads = WordUpload.objects.visible_to(access).select_related("form", "uploaded_by")
    upload = get_object_or_404(uploads, pk=pk)
    writer = word_writer_of(access, upload.update_id)
    if request.method == "POST":
        return _take_in(request, writer, upload)
    shown = {"upload": upload}
    if not upload.emptied_at:
        answers = writer.sections.select_related("action", "saved_by", "edited_by")
        others = others_writing(writer.update, access)
        shown["found"] = _comparison(writer, upload, list(answers), others=others)
    frame = writer.frame(("By Word", writer.address))
    return render(request, "rounds/word_upload.html", frame | shown)


@transaction.atomic
def _take_in(request, writer, upload):
    """Save what is ticked, section by section; from comparing them on nobody else writes them."""
    if upload.emptied_at:
        raise Http404("The words of this file have been taken away.")
    answers = list(held(writer.sections))
    # The round as it is from here on, lest it has closed meanwhile.
    writer.update.round = answers[0].update.round
    found = _comparison(writer, upload, answers)
    ticked = {posted_number(each) for each in request.POST.getlist("take")}
    chosen = [
        Chosen(
            answer=each.answer,
            content=each.content,
            figures=each.figures,
            version=posted_number(request.POST.get(f"version-{each.answer.pk}", "")),
            on_behalf=writer.at(each.answer).on_behalf,
            was_given=writer.was_given,
        )
        for each in found.can_be_taken
        if each.answer.pk in ticked
    ]
    if not chosen:
        messages.warning(request, "Nothing was saved: tick at least one section.")
        return redirect(upload)
    taken = {"chosen": chosen, "by": writer.access, "now": timezone.now()}
    saved, refused = take_in_word(upload=upload, **taken)
    if saved:
        count = f"{len(saved)} section{'' if len(saved) == 1 else 's'}"
        messages.success(request, f"Saved from the Word file: {count}.")
    for answer, refusal in refused:
        messages.warning(request, f"Not saved: {answer.heading}. {_why(refusal)}")
    return redirect(upload if refused else writer.back)


def _why(refusal):
    if isinstance(refusal, Conflict):
        return "It has been saved since you looked: see below what was written."
    return str(refusal)


def _comparison(writer, upload, answers, **more):
    return comparison_of(
        upload,
        writer.sheet(answers),
        on_behalf=lambda answer: writer.at(answer).on_behalf,
        was_given=writer.was_given,
        now=timezone.now(),
        **more,
    )
