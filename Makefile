# Two commands matter: `make demo` and `make test`. Everything else is below, each with its line of help.
SHELL := /bin/sh
.DEFAULT_GOAL := help

PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --quiet
LOCK := uv pip compile --quiet --no-config --universal --python-version 3.11 --no-emit-index-url --generate-hashes \
	--custom-compile-command "make lock"

.PHONY: help setup demo demo-reset test browser-test teeth nightly lint format types check lock

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

setup: $(VENV)/base.stamp node_modules/.stamp ## Install what Cairn needs, and start nothing

demo: setup ## Start Cairn with demo courses and people (PORT=8000); Ctrl-C stops everything
	@exec $(BIN)/python manage.py up --demo --port $(PORT)

demo-reset: setup ## Delete the demo's data under var/, so that the next start makes it anew
	@$(BIN)/python manage.py demo_reset

test: dev ## Run the test suite: SQLite, no services (ARGS="-k streak" to choose)
	@$(BIN)/python -m pytest -q -m "not browser" -n 2 --dist worksteal $(ARGS)

browser-test: dev ## Run the tests in a real browser (headless Chromium)
	@$(BIN)/python -m pytest -q -m browser -n 2 --dist worksteal $(ARGS)

teeth: dev ## Plant small faults one by one and show which test notices each (ARGS="challenge" to choose)
	@$(BIN)/python tests/teeth/run.py $(ARGS)

nightly: dev teeth ## Run the long checks: planted faults, 5,000 drawn requests against the API's schema
	@CONTRACT_CASES=5000 $(BIN)/python -m pytest -q -s tests/conformance/test_contract.py

lint: dev ## Check style, format and the contracts between and inside the apps
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/lint-imports --no-logo

format: dev ## Put the code into its format
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format .

types: dev ## Check the types
	@$(BIN)/mypy .

check: dev ## Check migrations, the API's schema and the production settings
	@$(BIN)/python manage.py makemigrations --check --dry-run
	@$(BIN)/python manage.py spectacular --validate --fail-on-warn --file /dev/null
	@DJANGO_SETTINGS_MODULE=config.settings.base SECRET_KEY="$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(60))')" \
		ALLOWED_HOSTS=cairn.example SITE_URL=https://cairn.example \
		$(BIN)/python manage.py check --deploy --fail-level WARNING

lock: dev ## Compile requirements/*.in into pinned, hashed requirements/*.txt
	@$(BIN)/$(LOCK) -o requirements/base.txt requirements/base.in
	@$(BIN)/$(LOCK) -o requirements/assistant.txt requirements/assistant.in
	@$(BIN)/$(LOCK) -o requirements/production.txt requirements/production.in
	@$(BIN)/$(LOCK) -o requirements/mail.txt requirements/mail.in
	@$(BIN)/$(LOCK) -o requirements/dev.txt requirements/dev.in

.PHONY: dev
dev: setup $(VENV)/dev.stamp

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Cairn needs Python 3.11 or newer")'
	@$(PYTHON) -m venv $(VENV)

# The stamps make a second start fast: packages are installed again only when a lock has changed.
# A folder that is a link belongs to another checkout: installing through it would change (npm ci: empty) what is there.
$(VENV)/base.stamp: requirements/base.txt | $(BIN)/python
	@if [ -L $(VENV) ]; then echo "$(VENV) is a link: left as it is."; else \
		echo "Installing Python packages." && $(PIP) install --require-hashes -r requirements/base.txt && touch $@; fi

$(VENV)/dev.stamp: requirements/dev.txt | $(VENV)/base.stamp
	@if [ -L $(VENV) ]; then :; else \
		echo "Installing what the tests need." && $(PIP) install --require-hashes -r requirements/dev.txt && touch $@; fi

node_modules/.stamp: package-lock.json
	@if [ -L node_modules ]; then echo "node_modules is a link: left as it is."; else \
		echo "Installing front-end packages." && npm ci --silent && touch $@; fi
