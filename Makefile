# Everything a person does here. `make` alone lists it.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
ONCE   ?=
RUNS   ?= 10
SECONDS ?= 60
DATA   ?= ../shared/data
export UV_PYTHON_DOWNLOADS := never
export PYTHONWARNINGS ?=

.DEFAULT_GOAL := help
.PHONY: help run test unit check format soak fuzz bench evaluate models docs generate lock wheel clean prerequisites

help: ## List what can be made
	@awk 'BEGIN {FS = ":.*## "} /^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/.run prerequisites ## Start everything on a real Kafka, play the demo, stay on live input (ONCE=1: end after it)
	@$(BIN)/allywatch demo $(if $(ONCE),--once)

test: $(VENV)/.dev prerequisites ## Install and run every test (unit, contracts, stream, real Kafka)
	@$(BIN)/pytest -q -m "not soak"

unit: $(VENV)/.dev ## The tests that need no broker: seconds
	@$(BIN)/pytest -q tests/unit tests/contracts tests/stream

check: $(VENV)/.dev ## Format, lint, types, import layers, configuration files, generated files
	@$(BIN)/ruff format --check -q .
	@$(BIN)/ruff check -q .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/allywatch check-config
	@$(BIN)/python -m allywatch_schemas.generate --check

format: $(VENV)/.dev ## Format the code
	@$(BIN)/ruff format -q . && $(BIN)/ruff check -q --fix .

soak: $(VENV)/.dev prerequisites ## Every drill in full, RUNS times in a row (default 10)
	@ALLYWATCH_SOAK=1 RUNS=$(RUNS) $(BIN)/pytest -v -x -m soak tests/integration

fuzz: $(VENV)/.dev ## Read mutated articles for SECONDS (default 60): nothing may raise, hang or misquote
	@$(BIN)/uv pip install -q --python $(BIN)/python -e '.[fuzz]'
	@cd $$(mktemp -d) && $(abspath $(BIN))/python $(CURDIR)/tests/fuzz/fuzz_reading.py -max_total_time=$(SECONDS) -timeout=10

bench: $(VENV)/.dev prerequisites ## Measure: JSON lines {"name", "value", "unit"}
	@$(BIN)/python -m bench

evaluate: $(VENV)/.dev prerequisites ## Take in the development data (DATA=folder) and account for every row
	@$(BIN)/python -m bench.evaluate --data $(DATA)

models: $(VENV)/.dev ## Learn every model anew from named inputs (DATA=folder)
	@$(BIN)/uv pip install -q --python $(BIN)/python -e '.[training]'
	@$(BIN)/python -m training --data $(DATA)
	@$(BIN)/python -m training.modality
	@$(BIN)/python -m training.bearing --data $(DATA)

docs: generate ## Write the generated pages of docs/
	@$(BIN)/python -m allywatch.metrics.page > docs/metrics.md

generate: $(VENV)/.dev ## Write JSON Schemas, AsyncAPI, examples and docs/messages.md from the models
	@$(BIN)/python -m allywatch_schemas.generate

lock: $(VENV)/.uv ## Resolve the lock files anew (hashes, no addresses)
	@$(BIN)/uv lock -q
	@$(BIN)/uv export -q --frozen --no-emit-project --no-annotate --no-header --no-dev --extra service -o requirements.lock
	@$(BIN)/uv export -q --frozen --no-emit-project --no-annotate --no-header --extra service -o requirements-dev.lock
	@rm -f uv.lock

wheel: $(VENV)/.uv ## Build dist/*.whl and the source archive
	@$(BIN)/uv build -q

clean: ## Remove what was built; the broker's cache stays
	@rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

# -- how the two commands install -------------------------------------------------------------------------

$(VENV)/.uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "allywatch needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V 2>&1). Install one and say: make PYTHON=python3.12 …"; exit 1; }
	@$(PYTHON) -m venv $(VENV) 2>/dev/null || \
	  { echo "Python's venv is missing. On Debian: apt-get install python3-venv"; exit 1; }
	@$(BIN)/python -m pip install -q --disable-pip-version-check uv
	@touch $@

$(VENV)/.run: $(VENV)/.uv requirements.lock pyproject.toml
	@echo "Installing allywatch into $(VENV) …"
	@$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r requirements.lock
	@$(BIN)/uv pip install -q --python $(BIN)/python --no-deps -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.uv requirements-dev.lock pyproject.toml
	@echo "Installing allywatch and its tools into $(VENV) …"
	@$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r requirements-dev.lock
	@$(BIN)/uv pip install -q --python $(BIN)/python --no-deps -e .
	@touch $@ $(VENV)/.run

# Java and Maven bring the real Kafka. Root on Debian: installed here; otherwise one line says what to do.
prerequisites: $(VENV)/.uv
	@sh deploy/prerequisites.sh $(BIN)
