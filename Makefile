# Everything one does with the house. It needs make and Python 3.11 or newer, nothing else.

PYTHON ?= $(firstword $(foreach name,python3 python3.13 python3.12 python3.11,\
	$(shell $(name) -c 'import sys; print("$(name)" if sys.version_info >= (3, 11) else "")' 2>/dev/null)))
VENV := .venv
RUN := $(VENV)/bin/python
# Two at once: the suite waits for databases and browsers about as long as it computes.
WORKERS ?= 2
TESTS ?=
PROOF ?=
NAME ?=

# `pip install` says only what went wrong.
PIP := $(RUN) -m pip --disable-pip-version-check --quiet --quiet
INSTALL := $(PIP) install --require-hashes -r

.DEFAULT_GOAL := help
.PHONY: help run test check bench proof lock migration clean

help: ## Show this list.
	@sed -n 's/^\([a-z]*\):.*## \(.*\)$$/make \1~\2/p' Makefile | awk -F'~' '{ printf "  %-16s %s\n", $$1, $$2 }'

run: $(VENV)/installed ## Install what is needed and start: chat at http://127.0.0.1:8080/
	@exec $(VENV)/bin/yousaid serve

test: $(VENV)/installed-dev ## Run the whole suite; TESTS=tests/dialogs runs a part.
	@$(RUN) -m pytest -n $(WORKERS) $(TESTS)

check: $(VENV)/installed-dev ## Lint, types, import contracts, limits of length.
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .
	@$(RUN) -m mypy --strict bot dialogs storage tests
	@$(VENV)/bin/lint-imports --no-logo
	@$(RUN) -m pytest -q -p no:cacheprovider tests/test_house.py

bench: $(VENV)/installed-dev ## Measure turns a second, waiting times and memory on both databases.
	@$(RUN) -m tests.benchmarks

proof: $(VENV)/installed-dev ## Kill the service at every point and at random, on both databases (about an hour).
	@$(RUN) -m tests.proof $(PROOF)

lock: $(VENV)/installed-dev ## Pin every dependency again, with its hashes, to the newest within the bounds.
	@$(RUN) -m piptools compile $(LOCK) -o requirements.txt pyproject.toml
	@$(RUN) -m piptools compile $(LOCK) --extra dev -o requirements-dev.txt pyproject.toml
	@echo "Pinned. Look at the difference, then: make test"

LOCK := --quiet --upgrade --generate-hashes --allow-unsafe --build-deps-for wheel --strip-extras --no-header \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options

migration: $(VENV)/installed-dev ## Draft the next migration from the tables: NAME=add_photos (NAME=initial: 0001 again).
	@test -n "$(NAME)" || { echo "Say what it is for: make migration NAME=add_photos"; exit 1; }
	@$(RUN) -m tests.storage.draft_migration $(NAME)

clean: ## Remove what was installed and built; data stays.
	@rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

# --- the stamps: a second run finds them newer than what they came from, and does nothing ---------

$(VENV)/installed: requirements.txt pyproject.toml | $(VENV)/made
	@echo "Installing what YouSaid needs (a minute, once) ..."
	@$(INSTALL) requirements.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/installed-dev: requirements-dev.txt $(VENV)/installed
	@echo "Installing what the tests need (a minute, once) ..."
	@$(INSTALL) requirements-dev.txt
	@touch $@

$(VENV)/made:
	@test -n "$(PYTHON)" || { echo "YouSaid needs Python 3.11 or newer, and found none. Install it, or name it: make run PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is too old, or no Python: YouSaid needs 3.11 or newer."; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "This Python has no venv. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@touch $@
