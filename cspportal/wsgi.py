"""The WSGI entry point, `gunicorn cspportal.wsgi`: production, unless the environment says not."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DEBUG", "false")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cspportal.settings")

application = get_wsgi_application()
