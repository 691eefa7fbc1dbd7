"""A waiting room before the portal's work: a few requests at once, some that wait, no more."""

import re
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import close_old_connections

from partnerships.kept import kept_text

LONGEST_WAIT = 10
"""Seconds after which a request that nobody has begun is turned away."""
RETRY_AFTER = 10
"""Seconds until who was turned away may try again."""
_BY_SCRIPT = "application/json"
_A_REPORT = re.compile(r"/[^/]+/reports/|/p/")


class WaitingRoom:
    """Let a few requests of this process be worked on at once, and a few more wait.

    What is posted goes first, and may fill the room: to have written something in vain is worse
    than to wait for a page. What is only read may come in while the room is half empty: first the
    pages on which people work, after them reports, which take longest and keep nobody from
    answering, and the drafts that a script keeps. Who finds no place, or has waited too long, is
    answered 503 at once, with a time to come back and all that was posted; that asks nothing of
    the database. The threads that work are this room's own: the server's, of which there are many,
    only wait here, and never hold a connection to the database.
    """

    def __init__(self, get_response):
        if not settings.REQUESTS_AT_ONCE:
            raise MiddlewareNotUsed
        self.get_response = get_response
        self.workers = ThreadPoolExecutor(settings.REQUESTS_AT_ONCE, thread_name_prefix="portal")
        self.lock = Lock()
        self.posts, self.pages, self.rest = self.lines = deque(), deque(), deque()

    def __call__(self, request):
        turn = self._turn_for(request)
        if turn is None:
            return _turned_away(request)
        try:
            return turn.result(timeout=LONGEST_WAIT)
        except TimeoutError:
            # What has been begun is finished, however long it takes.
            return _turned_away(request) if turn.cancel() else turn.result()

    def _turn_for(self, request):
        """What this request will be answered with, or None where no more may wait."""
        line = self._line_of(request)
        room = settings.REQUESTS_WAITING // (1 if line is self.posts else 2)
        turn = Future()
        with self.lock:
            if sum(map(len, self.lines)) >= room:
                return None
            line.append((turn, request))
        self.workers.submit(self._answer_next)
        return turn

    def _line_of(self, request):
        # A draft is sent by a script, which sends it again: it waits behind who pressed Save.
        if request.headers.get("Accept") == _BY_SCRIPT:
            return self.rest
        if request.method == "POST":
            return self.posts
        return self.rest if _A_REPORT.match(request.path_info) else self.pages

    def _answer_next(self):
        with self.lock:
            turn, request = next(filter(None, self.lines)).popleft()
        if not turn.set_running_or_notify_cancel():
            return
        # Django does this for the server's threads, when a request comes and when it has gone.
        close_old_connections()
        try:
            turn.set_result(self.get_response(request))
        except BaseException as fault:
            turn.set_exception(fault)
        finally:
            close_old_connections()


def _turned_away(request):
    response = kept_text(request, status=503, reason="busy")
    response["Retry-After"] = str(RETRY_AFTER)
    return response
