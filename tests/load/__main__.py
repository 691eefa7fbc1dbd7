"""The command; `running.py` is what it does."""

import os
import sys

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.load.settings"
os.environ["DEBUG"] = "false"
os.environ["SECRET_KEY"] = "for-the-load-alone-which-no-server-on-the-web-ever-uses-0123456789"
os.environ["ALLOWED_HOSTS"] = "127.0.0.1"
os.environ["EMAIL_URL"] = "dummymail://"
os.environ["PORTAL_ADDRESS"] = "https://127.0.0.1"
django.setup()

from .running import main  # noqa: E402

sys.exit(main())
