# `make` alone lists what there is. Everything installs itself into .venv and node_modules; nothing else is touched.

PYTHON ?= python3
LAN    ?=
BIN    := .venv/bin
# A process a core; each file stays with one, so that what a file starts it starts once.
PYTEST := $(BIN)/pytest -q -n auto --dist loadfile --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint format contracts page page-check bench check clean lock

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

setup: .venv/installed node_modules/installed ## install what is missing: Python packages, Node packages

.venv/installed: requirements.lock .ci/bootstrap.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Suyuan needs Python 3.11 or newer; set PYTHON=/path/to/python3.11")'
	@echo "installing Python packages (locked, hashes checked)"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || $(PYTHON) -m venv --without-pip --clear .venv
	@$(BIN)/python -m pip --version >/dev/null 2>&1 \
	  && $(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r .ci/bootstrap.lock \
	  || $(PYTHON) -m pip --python $(BIN)/python install -q --disable-pip-version-check --require-hashes -r .ci/bootstrap.lock
	@$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r requirements.lock
	@$(BIN)/uv pip install -q --python $(BIN)/python --no-deps -e .
	@touch $@

node_modules/installed: package.json package-lock.json .venv/installed
	@echo "installing Node packages (locked)"
	@$(BIN)/python -m contracts.node npm ci --loglevel=error
	@touch $@

demo: setup ## a product's life on this machine, until Ctrl-C; LAN=1 listens for your phone too
	@exec $(BIN)/suyuan up --demo $(if $(LAN),--lan)

test: setup ## every test
	$(PYTEST)

lint: setup ## ruff, import-linter, mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy

format: setup ## format Python
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

contracts: setup ## rebuild indexer/chain/artifacts from contracts/*.sol
	$(BIN)/python -m contracts.compile

page: setup ## rebuild indexer/page/dist from its TypeScript
	$(BIN)/python -m contracts.node indexer/page/build.mjs

page-check: setup ## compare indexer/page/dist with its TypeScript
	$(BIN)/python -m contracts.node indexer/page/build.mjs --check

check: lint page-check ## lint, derived files rebuilt and compared, every test
	$(BIN)/python -m contracts.compile --check
	$(PYTEST)

bench: setup ## measure: records/s end to end, gas, follower, verification
	$(BIN)/python -m tests.bench

lock: .venv/installed ## write requirements.lock anew from pyproject.toml
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --all-extras pyproject.toml -o requirements.lock

clean: ## remove .suyuan, the demo's data
	rm -rf .suyuan
