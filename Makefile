# Everything that a checkout can do. `make` alone lists it. ARGS is handed on: make demo ARGS=--once

PYTHON ?= python3
VENV := .venv
IN := $(VENV)/bin/python
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore
# Where it is set, every process that a test starts would compile all of digestbot anew: some two seconds each.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo run test check soak docs lock clean chromium

help: ## lists these
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-7s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/.run ## the main job on sample articles, in the terminal and in your browser; ARGS=--once prints and ends
	@$(IN) -m bot demo $(ARGS)

run: $(VENV)/.run ## the bot, with config.toml if there is one
	@$(IN) -m bot run $(ARGS)

test: $(VENV)/.dev chromium ## every test that is quick enough; ARGS=tests/unit for some of them
	@$(IN) -m pytest --ignore=tests/soak --numprocesses=auto --dist=worksteal $(ARGS)

check: $(VENV)/.dev ## style, types, the rules of the house, and docs that agree with the code
	$(IN) -m ruff check .
	$(IN) -m ruff format --check .
	$(IN) -m mypy
	$(IN) -m pytest -q tests/test_architecture.py
	$(IN) -m docs.generate --check

soak: $(VENV)/.dev ## the tests that take long
	@$(IN) -m pytest tests/soak $(ARGS)
	@DIGESTBOT_SCENARIOS_ON=postgres $(IN) -m pytest -m "not file" tests/scenario
	@$(IN) -m pytest --hypothesis-profile=soak --timeout=3600 tests/unit/adapters

docs: $(VENV)/.dev ## writes the reference pages anew
	@$(IN) -m docs.generate

lock: ## resolves the dependencies anew; needs uv
	@sh requirements/lock.sh

clean: ## takes away what make made
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find bot adapters tests docs -name __pycache__ -prune -exec rm -rf {} +

# A stamp in the environment says which lock it was made from.
$(VENV)/.run: requirements/run.txt pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "make: there is no $(PYTHON) here: install Python 3.11 or newer, or name it: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "make: Python 3.11 or newer is needed, and $(PYTHON) is $$($(PYTHON) -V 2>&1): name another: make PYTHON=python3.12" >&2; exit 1; }
	@test -x $(IN) || $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "make: $(PYTHON) cannot make a virtual environment: install its venv package, such as python3-venv" >&2; exit 1; }
	@echo "installing what digestbot needs into $(VENV) (once; a minute or more) ..." >&2
	@$(IN) -m pip install --quiet --quiet --require-hashes --requirement requirements/run.txt
	@$(IN) -m pip install --quiet --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.run
	@echo "installing what the tests need into $(VENV) (once) ..." >&2
	@$(IN) -m pip install --quiet --quiet --require-hashes --requirement requirements/dev.txt
	@touch $@

# The browser tests want Chromium; without it they are skipped, and say so.
chromium:
	@for name in chromium chromium-browser google-chrome google-chrome-stable; do \
		command -v $$name >/dev/null 2>&1 && exit 0; \
	done; \
	test "$$(id -u)" = 0 && command -v apt-get >/dev/null 2>&1 || exit 0; \
	echo "installing chromium ..." >&2; export DEBIAN_FRONTEND=noninteractive; \
	{ apt-get install -qq --no-install-recommends chromium || \
	{ apt-get update -qq && apt-get install -qq --no-install-recommends chromium; }; } >/dev/null 2>&1 </dev/null || true
