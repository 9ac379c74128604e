# Matchmaker. `make` alone lists the commands.
PYTHON ?= python3
PORT ?= 5000
VENV := .venv
BIN := $(VENV)/bin
MADE := .make

.DEFAULT_GOAL := help
.PHONY: help demo test test-postgres check format lint types house translations proof bench lock clean

help:  ## List the commands
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(MADE)/venv:
	@mkdir -p $(MADE)
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@touch $@

$(MADE)/runtime: requirements.lock pyproject.toml | $(MADE)/venv
	@echo "Installing locked dependencies (once) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -c "import site, pathlib; pathlib.Path(site.getsitepackages()[0], 'matchmaker-checkout.pth').write_text(str(pathlib.Path.cwd()))"
	@touch $@

$(MADE)/dev: requirements-dev.lock $(MADE)/runtime
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

demo: $(MADE)/runtime  ## Load the demo programme and serve it (PORT=5050 for another port)
	@PORT=$(PORT) $(BIN)/python -m matchmaker demo

test: $(MADE)/dev  ## Run the whole suite
	@$(BIN)/python -m pytest -m "not slow" -n auto --dist loadgroup -rs

test-postgres: $(MADE)/dev  ## Run rooms, pages and permissions again on MATCHMAKER_POSTGRES
	@TEST_DATABASE_URL=$(MATCHMAKER_POSTGRES) $(BIN)/python -m pytest -m "not slow" -n auto --dist loadgroup -q tests/unit tests/web tests/permissions

check: lint types house  ## Run every check that is not a test

lint: $(MADE)/dev  ## Check style of code and templates
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/djlint templates --lint --quiet

format: $(MADE)/dev  ## Write code in the house style
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

types: $(MADE)/dev  ## Check types
	@$(BIN)/mypy

house: $(MADE)/dev  ## Check which room may import which
	@$(BIN)/lint-imports

translations: $(MADE)/dev  ## Collect new sentences into the catalogue and list those without a translation
	@$(BIN)/python -m tests.catalogues

proof: $(MADE)/dev  ## Run slow proofs, such as the demo from an installed wheel
	@$(BIN)/python -m pytest -m slow -n auto

bench: $(MADE)/dev  ## Measure pages and matching, as ratios within one run
	@$(BIN)/python -m tests.bench

lock: $(MADE)/dev  ## Lock versions anew
	@$(BIN)/uv pip compile pyproject.toml --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 -q -o requirements.lock
	@$(BIN)/uv pip compile pyproject.toml --group dev --extra postgres -c requirements.lock --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 -q -o requirements-dev.lock

clean:  ## Remove what was made, but not the data
	@rm -rf $(VENV) $(MADE) build dist .pytest_cache .mypy_cache .ruff_cache
