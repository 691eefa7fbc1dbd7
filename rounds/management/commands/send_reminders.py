from django.core.management.base import BaseCommand
from django.utils import timezone

from rounds.services import remove_old_drafts, send_reminders


class Command(BaseCommand):
    help = (
        "Put the reminders of today into the outbox, then stop. To be run by a timer, every hour "
        "or so: however often it runs, a person has one message a day, and a day that was missed "
        "is caught up."
    )

    def handle(self, *args, **options):
        now = timezone.now()
        remove_old_drafts(now=now)
        count = send_reminders(now=now)
        if count:
            self.stdout.write(f"{count} message{'' if count == 1 else 's'} to be sent.")
