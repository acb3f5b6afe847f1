# SPDX-License-Identifier: Apache-2.0
# `make run` tries the pattern on this machine, `make test` runs all tests, `make help` lists the rest.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c

SWIFT ?= swift
PYTHON ?= python3
# What CI enforces: no warning, no import that a target does not declare.
WARNINGS := -Xswiftc -warnings-as-errors
SWIFT_FLAGS ?= $(WARNINGS) --explicit-target-dependency-import-check error

# Importers enable the trait of each product they use; here all is built.
TRAITS := --traits Development

.PHONY: help check-tools build run simulate settings deploy-local lint setup-tests test test-all api-breakage test-library test-checker test-dashboard test-dashboard-long test-sidecar test-sidecar-long test-examples test-importers test-infrastructure test-queue-long queue-function pin-requirements screenshots test-sanitized test-traits check-exhaustively benchmark benchmark-calls docs man package layer events clean

help:
	@awk -F ':.*## ' '/^##@ / { printf "\n%s\n", substr($$0, 5) } /^[a-z-]+:.*## / { printf "  make %-20s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

check-tools:
	@scripts/check-tools "$(SWIFT)" "$(PYTHON)"

setup-tests: check-tools
	@scripts/setup-tests "$(PYTHON)"
	@scripts/get-valkey

infrastructure/.venv/.installed: requirements-build.txt infrastructure/requirements-dev.txt
	scripts/install-pinned "$(PYTHON)" infrastructure/.venv infrastructure/requirements-dev.txt
	touch $@

##@ Run

run: check-tools ## Runs a service that fails, behind a circuit, on http://127.0.0.1:8080 (ARGS=--help: options).
	$(SWIFT) build $(TRAITS) --product breaker
	@exec "$$($(SWIFT) build --show-bin-path)/breaker" local $(ARGS)

simulate: check-tools ## Simulates a fleet (ARGS="outage --html report.html"; ARGS=--help: options).
	$(SWIFT) build $(TRAITS) -c release --product breaker
	@exec "$$($(SWIFT) build -c release --show-bin-path)/breaker" simulate $(ARGS)

# PORT=8080, ARGS="-c NAME=VALUE"; EXAMPLE=LambdaFunction or PACKAGE=… for another function; RUNTIME=python or node for the pattern in that language.
deploy-local: $(if $(PACKAGE),,$(if $(filter-out swift,$(RUNTIME)),layer,package)) infrastructure/.venv/.installed ## Deploys the stack to a stand-in for AWS on this machine (infrastructure/README.md).
	@cd infrastructure && exec .venv/bin/python -m local_deploy $(if $(PORT),--port $(PORT)) $(if $(RUNTIME),--runtime $(RUNTIME)) $(if $(PACKAGE)$(EXAMPLE),--package "$(abspath $(or $(PACKAGE),Examples/$(EXAMPLE)/build/lambda/bootstrap.zip))") $(ARGS)

##@ Build

build: check-tools ## Builds everything in debug mode, tests included.
	$(SWIFT) build $(TRAITS) --build-tests $(SWIFT_FLAGS)

# A release build of its own. ARCH=arm64 on another machine needs Docker and IMAGE=…@sha256:….
package: check-tools ## Builds the function for Lambda: build/lambda/bootstrap.zip (ARCH=arm64; EXAMPLE=LambdaFunction).
	@BUILD_IMAGE="$(IMAGE)" scripts/package "$(SWIFT)" "$(PYTHON)" "$(ARCH)" $(if $(EXAMPLE),$(if $(filter SQSFunction,$(EXAMPLE)),PaymentFunction,QuoteFunction) Examples/$(EXAMPLE))

layer: check-tools ## Builds the Lambda extension as a layer: build/layer/circuit-breaker-layer.zip (ARCH=arm64).
	@BUILD_IMAGE="$(IMAGE)" scripts/package "$(SWIFT)" "$(PYTHON)" "$(ARCH)" circuit-breaker-extension

events: check-tools ## Builds CircuitEvents for Lambda: build/events/bootstrap.zip (ARCH=arm64).
	@BUILD_IMAGE="$(IMAGE)" scripts/package "$(SWIFT)" "$(PYTHON)" "$(ARCH)" CircuitEvents

pin-requirements: check-tools ## Pins what each requirements*.in names (ARGS=--upgrade: the newest versions).
	scripts/pin-requirements "$(PYTHON)" $(ARGS)

clean: ## Removes everything that was built.
	rm -rf .build .build-* .venv Benchmarks/.build Examples/.build Examples/.build-* build infrastructure/.venv infrastructure/cdk.out

##@ Test (PYTEST_ARGS="-k tour" chooses among tests in Python)

test: export CIRCUIT_BREAKER_TEST_PYTHON = $(CURDIR)/.venv/bin/python
test: setup-tests lint ## Lints, sets up what the tests need, and runs them all.
	$(SWIFT) build $(TRAITS) --build-tests $(SWIFT_FLAGS)
	@scripts/run-tests "$(MAKE)" \
		"test-library=Swift, one test at a time" \
		"test-checker=Swift, every interleaving" \
		"test-dashboard=Python, in a browser" \
		"test-sidecar=Python, the extension with its clients and under AWS's emulator" \
		"test-importers=Python, what an importer of each product resolves and builds" \
		"test-infrastructure=Python, the package (built first) and the stack" \
		"test-examples=Swift, the packages in Examples/"

test-all: ## Runs those, and what takes longer: more than an hour.
	$(MAKE) test
	$(MAKE) test-sanitized
	$(MAKE) test-traits
	$(MAKE) docs
	$(MAKE) check-exhaustively

lint: setup-tests ## Checks the style of all sources (ARGS=--fix formats what can be).
	scripts/lint "$(SWIFT)" $(ARGS)

# One test at a time: many of them measure how long a real server or process takes.
test-library: setup-tests ## Tests the library and the programs.
	$(SWIFT) build $(TRAITS) --build-tests $(SWIFT_FLAGS)
	$(SWIFT) test $(TRAITS) --skip-build --no-parallel --skip CircuitCheckerTests

# The checker uses all cores on its own.
test-checker: check-tools ## Tests the checker of every interleaving.
	$(SWIFT) build $(TRAITS) --build-tests $(SWIFT_FLAGS)
	$(SWIFT) test $(TRAITS) --skip-build --filter CircuitCheckerTests

test-dashboard: setup-tests ## Tests the dashboard and the simulator's report in a browser.
	$(SWIFT) build $(TRAITS) --product breaker $(SWIFT_FLAGS)
	CIRCUIT_BREAKER_PROGRAM="$$($(SWIFT) build --show-bin-path)/breaker" .venv/bin/pytest -q Tests/DashboardTests $(PYTEST_ARGS)

test-sidecar: setup-tests ## Tests the extension with its clients, and under AWS's emulator of Lambda where that runs.
	$(SWIFT) build $(TRAITS) --product circuit-breaker-extension $(SWIFT_FLAGS)
	@scripts/get-emulator
	@scripts/get-prometheus
	CIRCUIT_BREAKER_EXTENSION="$$($(SWIFT) build --show-bin-path)/circuit-breaker-extension" .venv/bin/pytest -q -rs Tests/SidecarTests $(PYTEST_ARGS)

# PYTEST_ARGS="-m 'not deploy'" leaves out the local deploys.
test-infrastructure: package layer events queue-function infrastructure/.venv/.installed ## Tests the function's package and the CDK app.
	$(SWIFT) build $(TRAITS) --product breaker $(SWIFT_FLAGS)
	cd infrastructure && CIRCUIT_BREAKER_PROGRAM="$$(cd .. && $(SWIFT) build --show-bin-path)/breaker" && export CIRCUIT_BREAKER_PROGRAM && .venv/bin/pytest -q $(PYTEST_ARGS)

# The example that the tests of queues deploy.
queue-function: check-tools
	@scripts/package "$(SWIFT)" "$(PYTHON)" "" PaymentFunction Examples/SQSFunction

test-importers: setup-tests ## Counts the packages that an importer of each product resolves, and builds some.
	CIRCUIT_BREAKER_SWIFT="$(SWIFT)" .venv/bin/pytest -q Tests/ImporterTests $(PYTEST_ARGS)

# Without the check of imports: it would look at this package's programs too, whose trait the examples do not enable.
test-examples: check-tools ## Builds and tests the packages in Examples/ against this working tree.
	scripts/test-examples "$(SWIFT)" $(WARNINGS)

test-sanitized: check-tools ## Runs the library's tests under the thread sanitizer (another full build).
	$(SWIFT) test $(TRAITS) --sanitize=thread -Xswiftc -DTHREAD_SANITIZER --scratch-path .build-sanitized --filter CircuitBreakerTests

test-traits: check-tools ## Runs the library's tests with metrics and tracing built in (another full build).
	$(SWIFT) test --traits Development,Metrics,Tracing --scratch-path .build-traits --filter CircuitBreakerTests $(SWIFT_FLAGS)

test-sidecar-long: check-tools ## Gives and finishes 1,000,000 permits in random order (about ten minutes).
	$(SWIFT) build $(TRAITS) --build-tests $(SWIFT_FLAGS)
	CIRCUIT_BREAKER_TEST_CHECKS=1000000 $(SWIFT) test $(TRAITS) --skip-build --filter randomPermits

check-exhaustively: check-tools ## Checks some seven million states of the engine, in every interleaving (a release build).
	$(SWIFT) run $(TRAITS) -c release circuit-checker exhaust $(ARGS)

# The version that is released; nothing has been yet.
API_BASELINE ?= main

api-breakage: check-tools ## Compares the libraries' public API with that of another version (API_BASELINE=main).
	$(SWIFT) package $(TRAITS) diagnose-api-breaking-changes "$(API_BASELINE)" --products CircuitBreaker CircuitBreakerConfiguration CircuitBreakerDynamoDB CircuitBreakerGRPC CircuitBreakerHTTPClient CircuitBreakerHummingbird CircuitBreakerLambda CircuitBreakerLifecycle CircuitBreakerSQS CircuitBreakerTesting CircuitBreakerValkey LambdaRuntime

##@ Measure

benchmark: check-tools ## Measures what a protected call, an event of the engine and a simulated call cost (a release build).
	$(SWIFT) package --package-path Benchmarks benchmark --grouping metric

benchmark-calls: check-tools ## Prints what each form of a protected call costs over the bare call (a release build).
	$(SWIFT) run --package-path Benchmarks -c release calls

test-dashboard-long: setup-tests ## Measures the page with 5,000 circuits for ten minutes, and `breaker list` over 10,000.
	$(SWIFT) build $(TRAITS) --product breaker $(SWIFT_FLAGS)
	CIRCUIT_BREAKER_PAGE_SECONDS=600 CIRCUIT_BREAKER_PROGRAM="$$($(SWIFT) build --show-bin-path)/breaker" .venv/bin/pytest -q -s Tests/DashboardTests -k "5000 or 10000"

test-queue-long: events queue-function package infrastructure/.venv/.installed ## Measures a queue of 2,000 messages in a minute's outage, paused and not (about ten minutes).
	$(SWIFT) build $(TRAITS) --product breaker $(SWIFT_FLAGS)
	cd infrastructure && CIRCUIT_BREAKER_QUEUE=long CIRCUIT_BREAKER_PROGRAM="$$(cd .. && $(SWIFT) build --show-bin-path)/breaker" .venv/bin/pytest -q -s tests/test_queue_deployed.py

##@ Document

docs: check-tools ## Builds the library's documentation; fails on a warning.
	$(SWIFT) package $(TRAITS) --disable-sandbox generate-documentation --target CircuitBreaker --warnings-as-errors

man: check-tools ## Writes the command line's manual page: build/man/breaker.1.
	$(SWIFT) package $(TRAITS) --scratch-path .build-man --disable-sandbox generate-manual --configuration debug
	mkdir -p build/man
	cp .build-man/plugins/GenerateManual/outputs/breaker/breaker.1 build/man/

settings: check-tools ## Regenerates the documentation's tables of settings and the CDK app's settings.json.
	$(SWIFT) build $(TRAITS) --product breaker
	@scripts/write-settings "$(PYTHON)" "$$($(SWIFT) build --show-bin-path)/breaker"

screenshots: setup-tests ## Takes the pictures of the dashboard and of reports again (ARGS=dashboard, report or tables).
	$(SWIFT) build $(TRAITS) --product breaker $(SWIFT_FLAGS)
	CIRCUIT_BREAKER_PROGRAM="$$($(SWIFT) build --show-bin-path)/breaker" .venv/bin/python Tests/DashboardTests/screenshots.py $(ARGS)
