# `make help` lists what there is.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
DEMO_ARGS ?=
TEST_ARGS ?=
BENCH_ARGS ?=
FAULT_ARGS ?=
SCHEDULES ?= $(if $(FAULT_ARGS),500,10000)

.DEFAULT_GOAL := help
.PHONY: help demo test lint bench fault run check lock clean

help: ## List the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "  make %-8s %s\n", $$1, $$2}'

demo: $(VENV)/installed ## Start everything with a pretend Slack and X on one page (DEMO_ARGS=--walk|--fresh)
	@$(PY) -m bot demo $(DEMO_ARGS)

test: $(VENV)/installed-dev ## Run the whole suite: lint, types, import contracts, tests (TEST_ARGS=…)
	@$(PY) -m tests.everything $(TEST_ARGS)

lint: $(VENV)/installed-dev ## Lint, types and import contracts only
	@$(PY) -m tests.everything --lint-only

bench: $(VENV)/installed-dev ## Measure, each figure with its baseline (BENCH_ARGS=--json)
	@$(PY) -m tests.bench $(BENCH_ARGS)

fault: $(VENV)/installed-dev ## Let people do anything at any time in 10,000 schedules (SCHEDULES=…), then kill, pause and cut off real processes for a while, then check that nothing doubled or got lost (FAULT_ARGS="--minutes 2")
	@$(PY) -m tests.fault.schedules --seeds $(SCHEDULES)
	@$(if $(FAULT_ARGS),,$(PY) -m pytest -q -m long tests)
	@$(PY) -m tests.fault $(FAULT_ARGS)

run: $(VENV)/installed ## Run the desk with the settings of the environment
	@$(PY) -m bot run

check: $(VENV)/installed ## Say what is missing before the desk can run
	@$(PY) -m bot check

lock: $(VENV)/installed-dev ## Work out the lock files again after a change in pyproject.toml
	@$(PY) -m pip install -q uv
	@for out in requirements.txt "requirements-dev.txt --group dev"; do \
	  $(VENV)/bin/uv pip compile pyproject.toml --universal --generate-hashes --python-version 3.11 \
	    --no-emit-index-url --no-header -q -o $$out; done

clean: ## Remove the virtual environment and caches (not the demo's state)
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Replydesk needs Python 3.11 or newer. Name one: make PYTHON=python3.12 …"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "Python's venv module is missing. On Debian and Ubuntu: sudo apt-get install python3-venv"; exit 1; }
	@echo "Making a virtual environment in $(VENV) …"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/installed: requirements.txt | $(VENV)/bin/python
	@echo "Installing what the desk needs …"
	@$(PY) -m pip install -q --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(VENV)/installed-dev: requirements-dev.txt | $(VENV)/bin/python
	@echo "Installing what the desk and its tests need …"
	@$(PY) -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@ $(VENV)/installed
