"""The portal's error pages; those for a refused post give back what was typed."""

from django.shortcuts import render

from partnerships.kept import kept_text, shown_words


def csrf_failure(request, reason=""):
    """The form was too old, or its cookie is gone: give the text back, with a fresh form."""
    return kept_text(request, status=403, reason="csrf")


def bad_request(request, exception):
    return render(request, "400.html", status=400)


def forbidden(request, exception):
    found = {"message": str(exception), "posted": shown_words(request)}
    return render(request, "403.html", found, status=403)


def not_found(request, exception):
    return render(request, "404.html", {"posted": shown_words(request)}, status=404)


def server_error(request):
    """Something failed here. A post gives the text back; the page needs no database."""
    if request.method == "POST":
        return kept_text(request, status=500, reason="error")
    return render(request, "500.html", status=500)
