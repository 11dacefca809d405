# What is here: `make help`. The virtual environment is made by whatever needs it first.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

##@ Use

.PHONY: help
help: ## Show this list (default)
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## / {printf "  %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: demo
demo: $(READY) ## Run the documented example to its end against the mock, and show what goes over the wire
	@$(BIN)/python scripts/demo.py

.PHONY: mock
mock: $(READY) ## Start the mock (ARGS="--port 0 --any-job …")
	@$(BIN)/python -m dataarts_mock $(ARGS)

.PHONY: contract
contract: $(READY) ## Hold the mock to the contract; reports go to build/contract/
	@$(BIN)/python -m tests.contract

.PHONY: docs
docs: $(READY) ## Build the guide into build/docs/, strictly (ARGS="serve" to read it at http://127.0.0.1:8000 while you write)
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs $(or $(ARGS),build --strict)
	@echo "The guide is at build/docs/index.html"

.PHONY: mutants
mutants: $(READY) ## Prove the contract suite: make mistakes on purpose, and see each one caught (ONLY="part of a name", PART=1/8)
	@$(BIN)/python -m tests.mutants

.PHONY: strangers
strangers: $(READY) ## Hold another server to the contract, in all its modes, variants and faults (ONLY="part of a name", PART=1/8)
	@$(BIN)/python -m tests.strangers $(ARGS)

.PHONY: bench
bench: $(READY) ## Measure client and mock beside their peers, in a quarter of an hour (ARGS="--quick" to try it)
	@$(BIN)/python -m benchmarks $(ARGS)

##@ Develop

# Most tests wait rather than work, so that two processors do with four processes.
PARALLEL := --numprocesses 4 --dist worksteal

.PHONY: test
test: lint check-generated ## Run everything that must pass: lint, check-generated and the tests
	$(BIN)/python -m pytest $(PARALLEL) $(ARGS)

LOWEST := build/lowest

.PHONY: test-lowest
test-lowest: $(READY) ## Run the tests of client, credentials and mock with the lowest versions that pyproject.toml allows (PYTHON=python3.13)
	@$(BIN)/uv venv --quiet --clear --python $(PYTHON) $(LOWEST)
	@$(BIN)/uv pip compile --quiet --resolution lowest-direct --all-extras --python $(LOWEST) pyproject.toml --output-file $(LOWEST)/lowest.txt
	@$(BIN)/uv pip install --quiet --python $(LOWEST) --constraint $(LOWEST)/lowest.txt --group test --editable '.[aiohttp,cli,mock]'
	$(LOWEST)/bin/python -m pytest $(PARALLEL) tests/client tests/credentials tests/mock $(ARGS)

.PHONY: test-install
test-install: $(READY) ## Install the package in fresh environments, as the guide says, and try it; asks the package index
	@$(BIN)/python scripts/check_install.py

.PHONY: test-browser
test-browser: $(READY) ## Try the guide and the mock's page in Chromium (Debian: chromium); screenshots go to build/
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile tests/browser $(ARGS)

.PHONY: generate
generate: $(READY) ## Generate the client from openapi.yaml
	@$(BIN)/python scripts/generate.py

.PHONY: check-generated
check-generated: $(READY) ## Check that the committed client is what openapi.yaml gives
	@$(BIN)/python scripts/generate.py --check

.PHONY: check-breaking
check-breaking: $(READY) ## Check that openapi.yaml breaks no user of the old client (BASE=revision or file; default: the last tag, else HEAD)
	@$(BIN)/python scripts/check_breaking.py $(if $(BASE),--base '$(BASE)')

.PHONY: lint
lint: $(READY) ## Check style, types, imports and dependencies
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/deptry .

.PHONY: format
format: $(READY) ## Format the code, and mend what ruff can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

COMPILE := $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --quiet

.PHONY: lock
lock: $(READY) ## Compile requirements.lock from pyproject.toml, and the lock files of the benchmarks' peers
	$(COMPILE) --all-extras --group dev pyproject.toml --output-file requirements.lock
	$(COMPILE) --constraints requirements.lock --extra aiohttp pyproject.toml --output-file benchmarks/locks/client.lock
	for peer in aiohttp httpx httpx2 httpx-aiohttp official openapi-generator requests; do $(COMPILE) --constraints requirements.lock \
	    benchmarks/locks/$$peer.in --output-file benchmarks/locks/$$peer.lock || exit 1; done

.PHONY: clean
clean: ## Remove the virtual environment, reports and caches
	rm -rf .venv build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache .schemathesis

# A stamp, newer than what it was made from. The lock file's hashes cover every package; the project itself comes last.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(v < (3, 11) and "Python 3.11 or newer is needed, $(PYTHON) is %d.%d: say make PYTHON=…" % v)'
	@echo "Making the virtual environment, which takes a minute."
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@
