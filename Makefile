# `make run` and `make test` are all that one needs; `make help` lists the rest.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

CARGO := cargo
NPM := npm --no-fund --no-audit
TOOLS := scripts/tools.sh

# What `make test` runs, in this order: `make test PARTS="rust e2e"` runs some of it.
PARTS := scripts rust postgres contract web budget interop e2e

# What the web client is built from.
WEB_SOURCES := $(shell find web/src web/public -type f 2>/dev/null) \
	$(wildcard web/index.html web/package-lock.json web/*.config.ts web/tsconfig.json)

.PHONY: help run build web test test-stress test-worlds $(addprefix test-,$(PARTS))
.PHONY: check check-rust check-web contract audit bench prepare setup-ci clean-data

help: ## This list
	@grep -E '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

run: build ## Build everything in release mode and start the hub on http://127.0.0.1:3000
	exec target/release/battala serve

build: web ## Build the web client and the binary: target/release/battala
	$(CARGO) build --locked --release -p battala

web: web/dist/index.html ## Build the web client, if its sources changed

web/node_modules/.package-lock.json: web/package-lock.json
	$(NPM) --prefix web ci
	touch $@

web/dist/index.html: web/node_modules/.package-lock.json $(WEB_SOURCES)
	$(NPM) --prefix web run build
	touch $@

e2e/node_modules/.package-lock.json: e2e/package-lock.json
	PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 $(NPM) --prefix e2e ci
	touch $@

INTEROP := crates/socketio/tests/interop
$(INTEROP)/node_modules/.package-lock.json: $(INTEROP)/package-lock.json
	$(NPM) --prefix $(INTEROP) ci
	touch $@

test: prepare ## Run all tests; a part that fails hides no other
	MAKE="$(MAKE)" node scripts/test-parts.mjs $(addprefix test-,$(PARTS))

# Properties of the client go looking here; a red one shows the seed that it had. So do journeys, at
# another height of the window.
test-stress: prepare ## The same beside two processes that use all the time they can get
	BATTALA_TEST_SEED=$${BATTALA_TEST_SEED:-$$RANDOM} BATTALA_TEST_HEIGHT=$${BATTALA_TEST_HEIGHT:-760} \
		scripts/stress.sh $(MAKE) test PARTS="$(PARTS)"

SEEDS ?= 5000
test-worlds: ## The gateway's rooms in many worlds: SEEDS of each kind
	BATTALA_ROOMS_SEEDS=$(SEEDS) $(CARGO) test --locked --profile worlds -p battala-gateway --lib simulation::

prepare: ## Install what the tests need, or say what is missing
	$(TOOLS) tests

test-scripts: ## The scripts that run the tests
	node --test scripts/*.test.mjs

# The client is built first: the hub's own tests ask for its pages.
test-rust: web ## Rust: every crate, the black-box suite on SQLite
	$(TOOLS) run-tests --workspace

test-postgres: web ## Rust: the black-box suite on PostgreSQL
	BATTALA_TEST_ENGINE=postgres $(TOOLS) run-tests -p battala --test suite

test-web: web/node_modules/.package-lock.json ## The web client's unit tests
	$(TOOLS) paced $(NPM) --prefix web test

test-budget: web ## The sizes of the built client against web/budget.json
	$(NPM) --prefix web run budget

test-interop: $(INTEROP)/node_modules/.package-lock.json ## The published Socket.IO client against ours
	$(TOOLS) paced $(NPM) --prefix $(INTEROP) test

test-e2e: web e2e/node_modules/.package-lock.json ## Browser journeys against the real binary
	$(CARGO) build --locked -p battala
	$(TOOLS) paced $(NPM) --prefix e2e test

# A virtual environment of its own, with the pinned version.
VENV := target/schemathesis
$(VENV)/ready: scripts/schemathesis/requirements.txt
	python3 -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --disable-pip-version-check -r $<
	touch $@

# Seconds of generated requests; `make test-contract SECONDS_MAX=300 SEED=random` goes looking.
SECONDS_MAX ?= 30
SEED ?= 1
test-contract: web $(VENV)/ready ## Requests generated from the contract against a fresh hub
	$(CARGO) build --locked -p battala
	$(VENV)/bin/python scripts/schemathesis/run.py target/debug/battala $(SECONDS_MAX) $(SEED)

check: check-rust check-web ## Everything that needs no test: formats, lints, documents, drift

check-rust:
	$(CARGO) fmt --all --check
	$(CARGO) clippy --locked --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings -A rustdoc::private-intra-doc-links" $(CARGO) doc --locked --workspace --no-deps --document-private-items
	$(CARGO) run --locked -q -p battala-api --bin contract -- --check contract

check-web: web/node_modules/.package-lock.json e2e/node_modules/.package-lock.json
	$(NPM) --prefix web run check
	$(NPM) --prefix e2e run check

contract: ## Write contract/ and the client's types anew
	$(CARGO) run --locked -q -p battala-api --bin contract -- contract
	$(NPM) --prefix web run contract

audit: ## Ask the advisory databases of both languages; needs the network
	$(CARGO) deny --locked check advisories
	npm --prefix web audit
	npm --prefix e2e audit

bench: web ## Measure; writes docs/benchmarks.md
	$(CARGO) build --locked --release -p battala -p battala-bench
	$(CARGO) run --locked --release -q -p battala-bench -- all --write docs/benchmarks.md

setup-ci: prepare ## Install everything that a fresh Debian machine lacks for all of this

clean-data: ## Remove the data directory of `make run`, after asking
	@read -r -p "Remove ./data with everything in it? [y/N] " answer && [ "$$answer" = y ] && rm -rf data
