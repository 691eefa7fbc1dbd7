from django.core.management.base import BaseCommand
from django.utils import timezone

from mail.delivery import send_due
from mail.services import forget_words


class Command(BaseCommand):
    help = (
        "Send the messages that are due, then stop. To be run by a timer, every minute or so; "
        "several may run at once."
    )

    def handle(self, *args, **options):
        sent, not_sent = send_due(timezone.now)
        forget_words(now=timezone.now())
        if sent or not_sent:
            self.stdout.write(f"{sent} sent, {not_sent} not sent.")
