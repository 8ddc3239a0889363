# `make demo` and `make test` are all that a fresh machine needs; `make help` lists the rest.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON := .venv/bin/python
# `make setup` links the Terraform that it chose there, whatever else is on PATH.
export PATH := $(CURDIR)/.venv/bin:$(PATH)
# Compiled modules are kept, whatever the caller's environment says: every process of a test run would compile them anew.
export PYTHONDONTWRITEBYTECODE :=
# pytest-xdist: one process more than there are cores, since tests wait for the processes that they start.
JOBS ?= $(shell echo $$(($$(nproc) + 1)))
# Those that run the whole tool wait longer, for what they have slow or late on purpose; tests/integration/conftest.py
# has the longest come first, so they are handed out one by one.
RUNS ?= $(shell echo $$(($$(nproc) * 2)))

.PHONY: help setup azurite browser demo demo-down image test test-fast test-integration test-engine test-long lint checkov bench docs lock schemas clean

help: ## List the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

setup: ## Set up .venv and Terraform
	@scripts/setup.sh

demo: setup ## Run the main job on the embedded cloud: two nodes, booted in containers (REHEARSE=plan: without)
	@scripts/demo.sh

demo-down: setup ## Destroy the demo's cluster, and stop the engine that it started (FORCE=1: whatever state that is in)
	@scripts/demo_down.sh $(if $(FORCE),--force)
	@scripts/engine.sh release

# docs/releases.md has more of both.
image: setup ## Build the image, and the one that can rehearse (PROVIDERS=yes: with Terraform's; PLATFORM=linux/arm64)
	@scripts/engine.sh start
	@PLATFORM='$(PLATFORM)' PROVIDERS='$(PROVIDERS)' scripts/images.sh default rehearsal

test: lint test-fast test-integration test-engine ## Run every check and every test

azurite: setup ## Install Azurite, which keeps the blobs of a rehearsal on Azure
	@scripts/azurite.sh >/dev/null

browser: ## Install a headless Chromium, in which tests look at the report (Debian, as root)
	@scripts/browser.sh

test-fast: azurite ## Run the tests of the parts
	$(PYTHON) -m pytest -q -n $(JOBS) --dist worksteal -m "not slow" tests/unit

test-integration: azurite browser ## Run the tests that run the whole tool, against the embedded cloud without machines
	$(PYTHON) -m pytest -q -n $(RUNS) --dist load --maxschedchunk 1 -m "not engine and not long" tests/integration tests/e2e
	$(PYTHON) -m pytest -q -n $(JOBS) --dist worksteal -m slow tests/unit

# Like `make image`, it leaves the engine running that it started, for the next time: `make demo-down` or `make clean`.
# They want the engine to themselves, so the demo's cluster goes first.
test-engine: setup ## Run the tests that boot nodes in containers; destroys the demo's cluster
	@scripts/demo_down.sh
	$(PYTHON) -m pytest -q -m "engine and not long"

# Before a release, and by whoever changes what they cover (docs/testing.md). pytest's 5: no test is so long.
test-long: azurite ## Run the tests that are too long for `make test`; destroys the demo's cluster
	@scripts/demo_down.sh
	$(PYTHON) -m pytest -q -m long tests/integration tests/e2e || [[ $$? == 5 ]]

lint: setup ## Run the quality gates
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/terraform fmt -check -recursive terraform
	.venv/bin/shellcheck $$(git ls-files '*.sh') .ci/run
	.venv/bin/hadolint $$(git ls-files '*Dockerfile')
	.venv/bin/yamllint --strict .
	scripts/workflows.sh

checkov: setup ## Look the Terraform modules over with checkov, in a virtual environment of its own
	@scripts/checkov.sh

bench: setup ## Measure the figures that the README quotes; fails where one is over its limit
	$(PYTHON) -m tests.bench

docs: setup ## Generate docs/parameters.md and docs/parameters.schema.json
	$(PYTHON) -m scripts.documents docs

lock: setup ## Lock the Python packages anew (needs uv)
	scripts/lock.sh

schemas: setup ## Write the stand-in's facts from `terraform providers schema -json`: make schemas FROM=<file>
	$(PYTHON) -m embedded_cloud.standin.facts $(FROM)

clean: ## Stop the engine that this Makefile started; delete what it made in the checkout
	@scripts/engine.sh stop
	rm -rf .venv .cache build .pytest_cache .mypy_cache .ruff_cache .hypothesis
