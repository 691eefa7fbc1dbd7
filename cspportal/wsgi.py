"""The WSGI entry point: `gunicorn cspportal.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cspportal.settings")

application = get_wsgi_application()
