# `make run` starts Posthus, `make test` runs every check; both do all the set-up themselves.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
PYTHON ?= python3
BIN := .venv/bin

.PHONY: help setup run test check bench format lint lock clean

help: ## Show what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

run: setup ## Start Posthus on http://127.0.0.1:8000 with the sample workspace
	@$(BIN)/posthus up --sample

test: setup ## Run all checks: format, lint, types, import rules, SQL, unit, integration, browser
	@$(BIN)/python tools/system_packages.py
	@$(MAKE) --no-print-directory lint
	@$(BIN)/python -m pytest tests/unit tests/integration -q -n 2
	@POSTHUS_TEST_POOLER=1 $(BIN)/python -m pytest tests/integration -q -n 2 -m "not slow" --ignore tests/integration/app
	@$(BIN)/python -m pytest tests/browser -q

check: setup lint ## The fast subset: everything but the tests that start servers
	@$(BIN)/python -m pytest tests/unit -q

lint:
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/squawk supabase/migrations/*.sql
	@$(BIN)/python tools/check_sizes.py
	@$(BIN)/python tools/build_web.py --check

format: setup ## Format the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: setup ## Run every benchmark, print one table, write bench/results/*.json
	@$(BIN)/posthus bench

setup: .make/python .make/web ## Only set up: virtual environment, locked dependencies, web client

.make/python: requirements.lock pyproject.toml
	@mkdir -p .make
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.make/web: .make/python $(shell find web -type f -not -path '*/node_modules/*' -not -path '*/dist/*' 2>/dev/null)
	@$(BIN)/python tools/build_web.py
	@touch $@

lock: ## Pin the newest versions that pyproject.toml allows
	@$(BIN)/uv pip compile pyproject.toml --extra develop --generate-hashes --universal \
		--no-annotate --no-header --no-emit-index-url --upgrade -q -o requirements.lock

clean: ## Remove what was built, not the data
	@rm -rf .make .venv posthus/web web/node_modules web/dist bench/results
