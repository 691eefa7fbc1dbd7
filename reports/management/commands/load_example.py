"""Load the example partnerships, so that the portal can be tried out."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from reports.example import PARTNERSHIPS, load_example
from reports.example.files import read
from reports.example.people import ExamplePerson, example_people

REFUSAL = (
    "The example has people with a known password, so it must not go where real people work. "
    "DEBUG is false, so this may be such a place. If it is not, add --this-is-not-production."
)


class Command(BaseCommand):
    """Prints who can sign in; what people have changed since the first loading stays."""

    help = "Load two example partnerships with plan, people and rounds, where they are missing."

    def add_arguments(self, parser):
        parser.add_argument(
            "--this-is-not-production",
            action="store_true",
            help="Load it although DEBUG is false.",
        )

    def handle(self, *args, **options):
        if not settings.DEBUG and not options["this_is_not_production"]:
            raise CommandError(REFUSAL)
        now = timezone.now()
        for partnership in load_example(now=now):
            self.stdout.write(f"Example loaded: {partnership}")
        self.print_people(example_people(PARTNERSHIPS, timezone.localdate(now)))

    def print_people(self, people: list[ExamplePerson]) -> None:
        password = read("people")["password"]
        rows = [(person.email, password, person.role, person.post) for person in people]
        heads = ("Email address", "Password", "Role", "Post")
        widths = [max(len(text) for text in column) for column in zip(heads, *rows, strict=True)]
        line = "  " + "  ".join(f"{{:{width}}}" for width in widths)
        self.stdout.write(line.format(*heads).rstrip(), self.style.MIGRATE_LABEL)
        partnership = ""
        for person, row in zip(people, rows, strict=True):
            if person.partnership != partnership:
                partnership = person.partnership
                self.stdout.write(f"\n{partnership}", self.style.MIGRATE_HEADING)
            self.stdout.write(line.format(*row).rstrip())
        self.stdout.write(
            "\nSign in with an email address and the password beside it, unless it was changed, or"
            "\nask for a code by email: without an email server it is printed here, in the console."
        )
