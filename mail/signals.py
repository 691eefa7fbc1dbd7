"""What the outbox tells those above it."""

from django.dispatch import Signal

about_to_send = Signal()
"""Something is due (`now`): the moment to call off what nobody needs any more."""
