# Every target works on a clean clone; `make demo` and `make test` are all a newcomer needs.

SWIFT ?= swift
JOBS ?=
SCHEDULES ?= 200000
SEED ?=
INTEROP_ALL ?=
BUILD_FLAGS = $(if $(JOBS),-j $(JOBS))
SANITIZED = AgentRuntimeTests|WebSocketTransportTests|MockAgentServerTests|WorkspaceLifecycleTests
# They kill processes rather than race threads, and would take most of the time.
UNSANITIZED = CrashTests|ChaosTests|ProcessRaceTests

.PHONY: demo test interop check lint format build sanitize red-controls mutants explore setup clean

## demo: builds, and tails a scripted two-repository workspace on the embedded mock server
demo: setup
	$(SWIFT) build --product wsstream $(BUILD_FLAGS)
	$$($(SWIFT) build --show-bin-path)/wsstream demo

## test: all tests, one after the other, as many hold a time bound; interop is skipped, visibly, without its peers
test: setup
	scripts/python-env || true
	scripts/interop-env
	$(SWIFT) build --build-tests $(BUILD_FLAGS)
	SWIFT='$(SWIFT)' scripts/test .build/test.log --skip-build --no-parallel

## interop: both roles against other implementations, which it installs where it may; INTEROP_ALL=1 for every combination
interop: setup
	scripts/interop-env
	$(SWIFT) build --build-tests $(BUILD_FLAGS)
	$(if $(INTEROP_ALL),WSSTREAM_INTEROP_ALL=1) SWIFT='$(SWIFT)' scripts/test .build/interop.log --skip-build --no-parallel \
	    --filter InteropTests

## check: what CI runs
check: setup lint build test sanitize red-controls

## lint: format and documentation rules, without changing a file
lint:
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources MockServer Tests

## format: puts every file into the project's format
format:
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources MockServer Tests

build: setup
	$(SWIFT) build --explicit-target-dependency-import-check error $(BUILD_FLAGS)

## sanitize: the concurrency suites under the thread sanitizer
sanitize: setup
	scripts/python-env || true
	TSAN_OPTIONS="suppressions=$(CURDIR)/scripts/thread-sanitizer.suppressions" \
	    WSSTREAM_CYCLES=1500 WSSTREAM_SCHEDULES=2000 SWIFT='$(SWIFT)' \
	    scripts/test .build/sanitize.log --sanitize=thread --scratch-path .build/thread-sanitizer --no-parallel \
	    --filter '$(SANITIZED)' --skip '$(UNSANITIZED)' $(BUILD_FLAGS)

## red-controls, mutants: removes each protection of the close barrier in a copy; the tests must then fail
red-controls mutants: setup
	scripts/red-controls

## explore: seeded schedules of the real client, as many as one wants: make explore SCHEDULES=1000000 SEED=1
explore: setup
	$(SWIFT) build --build-tests $(BUILD_FLAGS)
	WSSTREAM_SCHEDULES=$(SCHEDULES) $(if $(SEED),WSSTREAM_SEED=$(SEED)) \
	    $(SWIFT) test --skip-build --filter ScheduleTests

setup:
	@scripts/setup

clean:
	rm -rf .build
