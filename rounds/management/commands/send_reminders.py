from django.core.management.base import BaseCommand
from django.utils import timezone

from rounds.services import empty_word_uploads, remove_old_drafts, send_reminders


class Command(BaseCommand):
    help = (
        "Put the reminders of today into the outbox, then stop. To be run by a timer, every hour "
        "or so: however often it runs, a person has one message a day, and a day that was missed "
        "is caught up. What rounds that closed 90 days ago left of drafts and of Word files that "
        "came back is taken away."
    )

    def handle(self, *args, **options):
        now = timezone.now()
        remove_old_drafts(now=now)
        empty_word_uploads(now=now)
        count = send_reminders(now=now)
        if count:
            self.stdout.write(f"{count} message{'' if count == 1 else 's'} to be sent.")
