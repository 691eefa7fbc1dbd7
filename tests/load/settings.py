"""The settings of the portal under load: production's, its own files, and perhaps a fault."""

import os

from cspportal.settings import *  # noqa: F403
from cspportal.settings import MIDDLEWARE

# The run collects its files here, not where an installation has its own.
STATIC_ROOT = os.environ.get("LOAD_FILES")
if fault := os.environ.get("LOAD_FAULT"):
    MIDDLEWARE = [*MIDDLEWARE, f"tests.load.planted.{fault}"]
