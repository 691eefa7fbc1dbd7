# CSP Portal: run it, test it, check it. `make help` lists the targets.
#
# Nothing but Python 3.11 or newer is needed, with its venv and pip; no root, no other tool.
# The virtual environment in .venv is made when it is missing, and packages are installed
# only when a lock in requirements/ has changed since.

PYTHON ?= python3
PORT ?= 8000
ARGS ?=

VENV := .venv
PY := $(VENV)/bin/python
PIP_INSTALL := $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes
UV_COMPILE := $(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-header --no-annotate \
	--custom-compile-command "make lock"

# What production sets, so that its checks can be run here. Nothing is connected to.
AS_IN_PRODUCTION = DEBUG=false ALLOWED_HOSTS=portal.example EMAIL_URL=smtp://mail.example:25 \
	PORTAL_ADDRESS=https://portal.example \
	DATABASE_URL=sqlite://:memory: \
	SECRET_KEY="$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(64))')"

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test bench load lint format lock

help:  ## Say what each target does
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1	\2/' | expand -t 16

run: $(VENV)/.base-installed  ## Start the portal with example data on 127.0.0.1 (PORT=8000)
	$(PY) manage.py migrate --verbosity 0
	$(PY) manage.py createcachetable
	$(PY) manage.py load_example
	@echo
	@echo "The portal is at http://127.0.0.1:$(PORT)/ (Ctrl+C stops it)"
	DEBUG=false PRODUCTION=false PORTAL_ADDRESS=http://127.0.0.1:$(PORT) $(PY) manage.py runserver 127.0.0.1:$(PORT)

# What is compiled for one run is there for the next, wherever that is turned off besides.
test lint: export PYTHONDONTWRITEBYTECODE =

test: $(VENV)/.dev-installed  ## Run the tests (ARGS="-k dates" for some; DATABASE_URL=postgres://… for PostgreSQL)
	$(PY) -m pytest -n auto --dist worksteal $(ARGS)

bench: $(VENV)/.dev-installed  ## Measure pages and reports, with 1 plan, 100 plans and 100 times the history
	$(PY) -W ignore::UserWarning -m tests.bench

load: $(VENV)/.dev-installed  ## Deadline day on PostgreSQL: how saving bears it, and whether anything is lost
	$(PY) -W ignore::UserWarning -m tests.load $(ARGS)

lint: $(VENV)/.dev-installed  ## Check style, types, templates, migrations and production settings
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	find templates -name '*.html' -print0 | xargs -0 -r $(VENV)/bin/djade --check
	$(VENV)/bin/mypy
	DATABASE_URL=sqlite://:memory: $(PY) manage.py makemigrations --check --dry-run
	@echo "manage.py check --deploy, with production's settings"
	@$(AS_IN_PRODUCTION) $(PY) manage.py check --deploy --fail-level WARNING

format: $(VENV)/.dev-installed  ## Put code and templates in the house's form
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .
	find templates -name '*.html' -print0 | xargs -0 -r $(VENV)/bin/djade

lock: $(VENV)/.dev-installed  ## Write requirements/*.txt from requirements/*.in (ARGS=--upgrade for newer versions)
	$(UV_COMPILE) $(ARGS) requirements/base.in --output-file requirements/base.txt
	$(UV_COMPILE) $(ARGS) requirements/dev.in --output-file requirements/dev.txt

# A half-made environment (Debian without python3-venv leaves one) is made again.
$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "CSP Portal needs Python 3.11 or newer; '$(PYTHON)' is not."; \
		echo "If you have one under another name: make PYTHON=python3.12 …"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "This Python cannot make a virtual environment."; \
		echo "On Debian or Ubuntu: sudo apt install python3-venv"; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(VENV)/.base-installed: requirements/base.txt | $(VENV)/.made
	$(PIP_INSTALL) --requirement $<
	@touch $@

# The second lock holds everything the first does, in the same versions.
$(VENV)/.dev-installed: requirements/dev.txt | $(VENV)/.made
	$(PIP_INSTALL) --requirement $<
	@touch $@ $(VENV)/.base-installed
