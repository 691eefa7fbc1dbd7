"""The example as tests load it and look at it."""

from io import StringIO

from django.core.management import call_command

from rounds.models import Answer, Round


def load():
    """Load it as `make run` does, and return what the command prints."""
    printed = StringIO()
    call_command("load_example", "--this-is-not-production", stdout=printed)
    return printed.getvalue()


def swale_round(quarter):
    """A round by the end of its address: "q2" or "q3"."""
    return Round.objects.get(partnership__slug="swale", slug=f"2023-24-{quarter}")


def answers(quarter):
    return Answer.objects.filter(update__round=swale_round(quarter)).select_related("action")
