# Everything a newcomer needs: each target sets up what it uses, once.
SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -c
MAKEFLAGS += --no-print-directory
# Every process imports the same modules, so they are compiled once, whatever the machine says.
unexport PYTHONDONTWRITEBYTECODE
.DEFAULT_GOAL := help

VENV     := .venv
BIN      := $(VENV)/bin
PY       := $(BIN)/python
RUN_DONE := $(VENV)/.run-installed
DEV_DONE := $(VENV)/.dev-installed
BENCH_DONE := $(VENV)/.bench-installed
TOOLS    := tests/contract/tools
TOOLS_DONE := $(TOOLS)/node_modules/.installed
CHECKED  := services tests benchmarks deploy

# What `make run` and `make replay` pass on, for example: make run ARGS="--port 8090"
ARGS ?=
FLOW ?= tests/flows/three_agencies.yaml
URL  ?= http://127.0.0.1:8080
# What `make test` passes to pytest, for example: make test PYTEST="tests/unit -k money"
PYTEST ?= tests

PIP := $(PY) -m pip install -qq --disable-pip-version-check --no-input \
       --only-binary :all: --require-hashes --no-compile
# What pip would do on one core, on all; a package may carry templates that are no Python.
COMPILE := $(PY) -m compileall -qq -j 0 $(VENV)/lib > /dev/null || true

.PHONY: help run replay test servers read-tests bench lint format migrate lock clean

help: ## what can be done here
	@echo "The shared service centre. Targets:"
	@sed -nE 's/^([a-z]+):[^#]*## (.*)/  make \1\t\2/p' Makefile | expand -t 18

run: $(RUN_DONE) ## start the whole centre on 127.0.0.1:8080 (ARGS="--help" for more)
	@exec $(PY) -m services.centre $(ARGS)

replay: $(RUN_DONE) ## replay a flow against a running centre: FLOW=file URL=address
	@exec $(PY) -m services.replay --flow "$(FLOW)" --url "$(URL)" $(ARGS)

test: ## lint, then every test on private PostgreSQL and RabbitMQ instances
# Each of these keeps one core busy. Who shares a worker, and what comes first: tests/conftest.py.
	@$(MAKE) -j 2 $(DEV_DONE) servers $(TOOLS_DONE)
	@$(MAKE) -j 2 lint read-tests
	@exec $(PY) -m tests.instances -- $(PY) -m pytest -n 3 --dist loadscope --no-loadscope-reorder $(PYTEST)

servers: | $(PY)
	@$(PY) -m tests.instances.packages

# Compiled here, with pytest's assertions, or each worker would do it. What is wrong with a test
# that cannot be read, pytest says when it runs them.
read-tests: $(DEV_DONE)
	@$(PY) -m compileall -qq -j 0 services tests || true
	@$(PY) -m pytest -qq --collect-only $(PYTEST) > /dev/null || true

bench: $(BENCH_DONE) ## measure on private instances, print a table
	@exec $(PY) -m tests.instances --durable -- $(PY) -m benchmarks $(ARGS)

lint: $(DEV_DONE) ## ruff, mypy, and the walls between the services
	@$(BIN)/ruff check --quiet $(CHECKED) \
	  || { echo "ruff found the above; 'ruff check --fix' mends some of it."; exit 1; }
	@$(BIN)/ruff format --check --quiet $(CHECKED) \
	  || { echo "These files are not formatted: run 'make format'."; exit 1; }
	@$(BIN)/mypy --no-error-summary $(CHECKED) \
	  || { echo "mypy found the type errors above."; exit 1; }
	@$(BIN)/lint-imports --no-logo > $(VENV)/.imports.log 2>&1 \
	  || { cat $(VENV)/.imports.log; echo "An import crosses a wall (pyproject.toml, import-linter)."; exit 1; }
	@echo "lint: ruff, mypy and import-linter have nothing to say."

format: $(DEV_DONE) ## lay out the code and sort its imports
	@$(BIN)/ruff check --quiet --select I --fix $(CHECKED); $(BIN)/ruff format --quiet $(CHECKED)

migrate: $(RUN_DONE) ## bring the data of make run to this release's schema
	@exec $(PY) -m services.centre --migrate $(ARGS)

lock: $(DEV_DONE) ## renew requirements/*.lock from pyproject.toml (UPGRADE=1 for newer versions)
	@compile="$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links $(if $(UPGRADE),--upgrade)"; \
	export UV_CUSTOM_COMPILE_COMMAND="make lock"; \
	$$compile pyproject.toml -o requirements/run.lock && \
	$$compile pyproject.toml --extra test --extra lint -c requirements/run.lock \
	  -o requirements/dev.lock && \
	$$compile pyproject.toml --extra test --extra lint --extra bench -c requirements/dev.lock \
	  -o requirements/bench.lock || { echo "The locks could not be renewed; they are as they were."; exit 1; }

clean: ## remove the environment, caches and the data of make run
	@rm -rf $(VENV) data build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis \
	  .import_linter_cache
	@find services tests benchmarks deploy -name __pycache__ -type d -prune -exec rm -rf {} +

# ----------------------------------------------------------------- the environment
$(PY):
	@for candidate in $(PYTHON) python3.11 python3 python3.12 python3.13; do \
	  if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    found=$$candidate; break; fi; done; \
	[ -n "$$found" ] || { echo "Python 3.11 is missing: install it (Debian: apt install python3.11 python3.11-venv)," \
	  "or name one that is 3.11 or newer: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; exit 1; }; \
	"$$found" -m venv $(VENV) > /dev/null \
	  || { rm -rf $(VENV); echo "$$found cannot make an environment:" \
	  "its venv module is missing (Debian: apt install python3.11-venv) or the disk is full."; exit 1; }

# The dev lock holds all of the run lock in the same versions, so one install serves both.
$(RUN_DONE): requirements/run.lock | $(PY)
	@if ! [ $(DEV_DONE) -nt requirements/run.lock -a $(DEV_DONE) -nt requirements/dev.lock ]; then \
	  echo "Installing what the centre runs on into $(VENV) (only when the lock has changed) ..."; \
	  $(PIP) -r requirements/run.lock || { echo "The install failed (see above)." \
	  "It needs a Python package index that pip can reach; then say the same again."; exit 1; }; \
	  $(COMPILE); fi
	@touch $@

$(DEV_DONE): requirements/dev.lock requirements/run.lock | $(PY)
	@echo "Installing the development tools into $(VENV) (only when the lock has changed) ..."
	@$(PIP) -r requirements/dev.lock || { echo "The install failed (see above)." \
	  "It needs a Python package index that pip can reach; then say the same again."; exit 1; }
	@$(COMPILE)
	@touch $@

# The bench lock adds to the dev lock what the product is measured beside.
$(BENCH_DONE): requirements/bench.lock | $(DEV_DONE)
	@echo "Installing what the product is measured beside into $(VENV) (only when the lock has changed) ..."
	@$(PIP) -r requirements/bench.lock || { echo "The install failed (see above)." \
	  "It needs a Python package index that pip can reach; then say the same again."; exit 1; }
	@$(COMPILE)
	@touch $@

# The official AsyncAPI schema is published for npm only.
$(TOOLS_DONE): $(TOOLS)/package-lock.json
	@command -v npm > /dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get > /dev/null && \
	  { apt-get install -qq -y npm > /dev/null || { apt-get update -qq && \
	    apt-get install -qq -y npm > /dev/null; }; }; } \
	  || { echo "npm is missing: install it (Debian: apt install npm); a contract test needs the" \
	  "AsyncAPI schema from it."; exit 1; }
	@npm ci --prefix $(TOOLS) --ignore-scripts --silent --no-audit --no-fund \
	  || { echo "The AsyncAPI schema could not be installed (see above)."; exit 1; }
	@touch $@
