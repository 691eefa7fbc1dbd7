"""Deadline day: `make load` prints how the portal bears it, and whether anything was lost.

1,000 leads in 200 partnerships open a section and save it three times each in ten minutes, every
tenth time from two windows at once, while coordinators look at the report of the round, compiled
as it stands, twenty times a second. The portal runs as in production: gunicorn as
`gunicorn.conf.py` has it, on PostgreSQL, with DEBUG off; only the proxy before it is left out, and
all are signed in beforehand. Requests come at times settled beforehand, whether those before have
been answered or not. Whom the portal turns away with 503 waits as long as it says and sends again
what the page gave back, as a person would.

Goals: 95 in 100 saves are answered in less than a second, no answer is a fault (5xx other than a
polite 503), and every save that was acknowledged stands in the history of its section, as the
version that follows the one its writer had before them. Exit code 1 where one is missed.

    make load                              all of it
    make load ARGS="--minutes 2"           a fifth of it, at the same rate
    make load ARGS="--past-capacity"       everybody has the page open and saves within five
                                           seconds: many are turned away, all politely, come
                                           back, and nothing is lost
    make load ARGS="--plant naive-save"    with a fault that must be found (planted.py)

It says as much of the machine, and of its Python, as of the portal: docs/deploying.md says which.

DATABASE_URL names a PostgreSQL server on this machine where a database may be made; it is dropped
in the end.
"""
