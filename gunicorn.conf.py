"""How production is served: `gunicorn cspportal.wsgi` reads this. See docs/deploying.md.

WEB_CONCURRENCY says how many processes, and gunicorn's own options and GUNICORN_CMD_ARGS go
before what stands here.
"""

import gc
import os
import sys

workers = int(os.environ.get("WEB_CONCURRENCY", (os.cpu_count() or 1) + 1))
worker_class = "gthread"
# More than work at once and wait together (cspportal/waiting.py): the others turn away who finds
# no room, and serve the files of pages.
threads = 140
timeout = 60
graceful_timeout = 30
keepalive = 5
# Two requests that are worked on at once take turns after this many seconds, not Python's 0.005:
# both would take as long as both together. Who waits for the database gives up the turn anyway.
sys.setswitchinterval(0.05)

# What Python walks through to find what only refers to itself. Nearly all of it is the portal and
# what it keeps, which stay; a request leaves little behind, and most of that goes by itself.
OBJECTS_BETWEEN_WALKS, WALKS_BETWEEN_LONGER_ONES = 50_000, 10


def post_worker_init(worker):
    """The portal has been loaded: leave it out of every walk, and walk more seldom."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS_BETWEEN_WALKS, WALKS_BETWEEN_LONGER_ONES, WALKS_BETWEEN_LONGER_ONES)
