# The two commands: `make demo` and `make test`. Each sets up all that it needs in .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help
.PHONY: help demo run test check soak docs lock clean

help: ## these lines
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 8

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "digestbot needs Python 3.11 or newer as $(PYTHON); name another one: make PYTHON=python3.12 …" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)

# The lock first, then the project itself in place, which brings `digestbot` and its platforms.
$(VENV)/.run: requirements/run.txt pyproject.toml | $(BIN)/python
	@echo "installing what digestbot needs into $(VENV) (once)" >&2
	@$(PIP) install --require-hashes -r requirements/run.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -q $(VENV)/lib bot adapters >/dev/null || true
	@touch $@

$(VENV)/.dev: requirements/dev.txt pyproject.toml | $(BIN)/python
	@echo "installing what the tests need into $(VENV) (once)" >&2
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -q $(VENV)/lib bot adapters >/dev/null || true
	@touch $@ $(VENV)/.run

demo: $(VENV)/.run ## the main job on samples: no tokens, no network (ARGS=--once prints the digest and ends)
	@$(BIN)/digestbot demo $(ARGS)

run: $(VENV)/.run ## everything in one process, by config.toml
	@$(BIN)/digestbot run $(ARGS)

test: $(VENV)/.dev chromium ## the whole suite (ARGS="-k votes" for a part)
	@$(BIN)/python -m pytest $(ARGS)

check: $(VENV)/.dev ## style, types, import rules, generated docs
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/python -m pytest -q tests/test_architecture.py
	@$(BIN)/python -m docs.generate --check

soak: $(VENV)/.dev ## what takes longer than a test may
	@$(BIN)/python -m pytest tests/soak --timeout 3600 $(ARGS)

docs: $(VENV)/.dev ## writes docs/reference from the code
	@$(BIN)/python -m docs.generate

lock: ## pins every version and hash anew (needs uv)
	@requirements/lock.sh

# Chromium comes from the system; without it the browser tests say that they are skipped.
.PHONY: chromium
chromium:
	@command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || \
	command -v google-chrome >/dev/null 2>&1 || [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1 || \
	{ echo "installing Chromium for the browser tests" >&2; \
	  { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq -y install chromium; } >/dev/null 2>&1 || \
	  echo "Chromium could not be installed; the browser tests will be skipped" >&2; }

clean:
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
