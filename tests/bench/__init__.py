"""How fast the main pages are, and whether they stay so: `make bench` prints it.

Three databases are seeded: one plan in its third year, with nine quarters behind it, so that its
pages show as much as they ever do; the same plan among 100 like it; and the same plan with 100
times the history (past rounds with their answers, rows of history, superseded readings). The
report prints the same in all three, which is looked at first: one with fewer rounds to show would
make the others seem slow. Each page is asked for through the whole stack, as a signed-in person.
Printed for each page are the median time and the processor's time of one request in milliseconds;
beside the two larger databases the ratio of the processor's time to the smallest's (goal 1.15 at
most), and last its ratio to a bare Django view that fetches the rows which the page shows and
prints every field of them in a plain table (goal 2 at most for the list and the action, 3 for the
report). What misses its goal is marked with "!".

Then the reports, in a database of their own: the report of the example's second quarter of
2023/24 as a page, as Word and as PDF, asked for like the pages above (goals 40, 150 and 150
milliseconds); its issued files, which are served as they are stored; and a report of 40 actions
with 500 words each (a second at most for each form). Last the memory of this process after 20 and
after 220 renderings of each form, which is to stay flat.

The database is made for the run and thrown away: SQLite, or what DATABASE_URL names. Of
PostgreSQL only the client's share of the processor's time is seen.
"""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cspportal.settings")
# As in production: templates are kept once read, queries are not logged.
os.environ["DEBUG"] = "false"
# What is asked is answered in this thread, whose connection goes from database to database.
os.environ["REQUESTS_AT_ONCE"] = "0"
os.environ.setdefault("SECRET_KEY", "for-the-benchmark-alone-which-no-server-ever-uses-0123456789")
os.environ.setdefault("ALLOWED_HOSTS", "testserver")
os.environ.setdefault("EMAIL_URL", "dummymail://")
os.environ.setdefault("PORTAL_ADDRESS", "https://testserver")
django.setup()
