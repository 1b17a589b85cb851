# Every target works on a clean clone. A newcomer needs only `make demo` and `make test`.

SWIFT ?= swift
JOBS ?=
SCHEDULES ?= 200000
SEED ?=
ROUNDS ?= 10000
# make soak: how long, and how many workspaces side by side
MINUTES ?= 30
WORKSPACES ?= 300
# make interop: if not empty, tests every combination of parameters
INTEROP_ALL ?=
# make bench: options for Benchmarks/bench
BENCH ?=
# make fuzz: which targets (all if none is named), and the time for each
TARGET ?=
SECONDS ?= 60
RUNS ?= -1
FORMATTED = Package.swift Sources MockServer Tests Examples Fuzzing/Package.swift Fuzzing/Sources/fuzz Fuzzing/Sources/FuzzTargets \
    Benchmarks/Package.swift Benchmarks/Sources
# make red-controls: which mutants (all if none is named) or which third of them; where to build
MUTANT ?=
ROTATE ?=
SCRATCH ?=
BUILD_FLAGS = $(if $(JOBS),-j $(JOBS))
# make sanitize: the suites with more than one thread, except the slowest ones; make sanitize-all has the rest.
SANITIZED = AgentRuntimeServiceTests|AgentRuntimeTests|CommandIOTests|ConcurrencyPrimitivesTests|ConformanceTests|InteropTests|LifecycleFollowingTests|MockAgentServerTests|ProcessSignalsTests|PrometheusTextTests|SecurityTests|WebSocketMetricsTests|WebSocketTransportTests|RuntimeLifecycleTests|RuntimeReadinessTests|PayloadMemoryTests|WorkspaceFollowingTests|WorkspaceMetricsTests
LONG = DeflateConformanceTests|DiskTests|SharedBudgetTests|ParsingTimeTests|InflateBombTests|FragmentAttackTests|PingFloodTests|ModelTests|FleetSoakTests|FollowingScheduleTests|FollowingSocketTests|ShellRecoveryPropertyTests
# make docs: what it documents
LIBRARIES = WorkspaceFollowing AgentRuntime WorkspaceProtocol WebSocketTransport WebSocketProtocol WebSocketMetrics \
    RuntimeLifecycle RuntimeReadiness LifecycleFollowing WorkspaceMetrics PrometheusText AgentRuntimeService \
    RuntimeConfigurationKeys ProcessSignals MockAgentServer
# They measure memory, and a sanitizer multiplies the memory.
MEASURING = LeakTests|HandshakeFloodTests|InflateBombTests/onTheWire|FragmentAttackTests/pingsWithMessages|LengthAttackTests/stalled
# They kill processes and race no threads, and would take most of the time.
UNSANITIZED = CrashTests|ChaosTests|ProcessRaceTests

THREAD_SANITIZER = TSAN_OPTIONS="suppressions=$(CURDIR)/scripts/thread-sanitizer.suppressions" \
    WSSTREAM_CYCLES=1500 WSSTREAM_SCHEDULES=2000 WSSTREAM_ROUNDS=100 SWIFT='$(SWIFT)' \
    scripts/test .build/sanitize.log --sanitize=thread --scratch-path .build/thread-sanitizer --no-parallel

.PHONY: demo test interop interop-peers check lint format build build-without-tls conformance sanitize sanitize-all memory red-controls \
	explore explore-following soak rounds fuzz docs bench bench-build bench-client bench-check bench-baseline setup clean

## demo: builds wsstream, then tails a scripted workspace of two repositories on the embedded mock server
demo: setup
	$(SWIFT) build --product wsstream $(BUILD_FLAGS)
	$$($(SWIFT) build --show-bin-path)/wsstream demo

## test: runs all tests, one after the other, because many of them have a time limit; without the peers of
## `make interop` the interop tests are reported as skipped
test: setup
	scripts/python-env || true
	$(SWIFT) build --build-tests $(BUILD_FLAGS)
	SWIFT='$(SWIFT)' scripts/test .build/test.log --skip-build --no-parallel

## interop: tests both roles against other implementations, and installs these if it may; see docs/INTEROP.md
interop: setup interop-peers
	$(SWIFT) build --build-tests $(BUILD_FLAGS)
	$(if $(INTEROP_ALL),WSSTREAM_INTEROP_ALL=1) SWIFT='$(SWIFT)' \
	    scripts/test .build/interop.log --skip-build --no-parallel --filter InteropTests

interop-peers:
	scripts/interop-env

## check: runs what CI runs
check: setup lint build interop-peers test bench-check sanitize
	# Red controls reuse the build of the tests, whose dependencies are built: a separate build takes minutes more.
	$(MAKE) red-controls ROTATE=auto SCRATCH=.build
	$(MAKE) fuzz SECONDS=5

## lint: checks format and documentation rules, and changes no file
lint:
	scripts/red-controls --check
	scripts/open-enums
	$(SWIFT) format lint --strict --recursive --parallel $(FORMATTED)

## format: formats every file
format:
	$(SWIFT) format --in-place --recursive --parallel $(FORMATTED)

## build-without-tls: builds the libraries as a program gets them that leaves the trait TLS out
build-without-tls: setup
	$(SWIFT) build --disable-default-traits --scratch-path .build/without-tls --product wsstream $(BUILD_FLAGS)

build: setup
	$(SWIFT) build --explicit-target-dependency-import-check error $(BUILD_FLAGS)

## sanitize: runs the suites with more than one thread, except the slowest, under the thread sanitizer; takes minutes,
## most of them for the build
sanitize: setup
	scripts/python-env || true
	$(THREAD_SANITIZER) --filter '$(SANITIZED)' --skip '$(UNSANITIZED)|$(MEASURING)|$(LONG)' $(BUILD_FLAGS)

## sanitize-all: all tests under the thread sanitizer, except those that kill processes and those that measure memory
sanitize-all: setup
	scripts/python-env || true
	$(THREAD_SANITIZER) --skip '$(UNSANITIZED)|$(MEASURING)' $(BUILD_FLAGS)

## memory: all tests under the address sanitizer, except those that kill processes and those that measure memory
memory: setup
	ASAN_OPTIONS=detect_leaks=0 WSSTREAM_CYCLES=1500 SWIFT='$(SWIFT)' \
	    scripts/test .build/memory.log --sanitize=address --scratch-path .build/address-sanitizer --no-parallel \
	    --skip '$(UNSANITIZED)|$(MEASURING)' $(BUILD_FLAGS)

## conformance: runs the whole conformance table with its largest cases; see docs/CONFORMANCE.md
conformance: setup
	$(SWIFT) build --build-tests $(BUILD_FLAGS)
	WSSTREAM_CONFORMANCE=full $(SWIFT) test --skip-build --no-parallel --filter ConformanceTests

## red-controls: removes one protection at a time, chosen at run time in one build that has all the mutants; the tests
## of this protection must then fail. Only some: make red-controls MUTANT='gate-off sigterm-not-sent'; a third of them:
## ROTATE=auto, 0, 1 or 2
red-controls: setup
	SWIFT='$(SWIFT)' ROTATE='$(ROTATE)' SCRATCH='$(SCRATCH)' scripts/red-controls $(MUTANT)

## explore: runs any number of seeded schedules of the real client: make explore SCHEDULES=1000000 SEED=1
explore: setup
	$(SWIFT) build --build-tests $(BUILD_FLAGS)
	WSSTREAM_SCHEDULES=$(SCHEDULES) $(if $(SEED),WSSTREAM_SEED=$(SEED)) \
	    $(SWIFT) test --skip-build --filter 'AgentRuntimeTests.ScheduleTests'

## explore-following: runs any number of seeded schedules of the real follower; SCHEDULES and SEED as for explore
explore-following: setup
	$(SWIFT) build --build-tests $(BUILD_FLAGS)
	WSSTREAM_SCHEDULES=$(SCHEDULES) $(if $(SEED),WSSTREAM_SEED=$(SEED)) \
	    $(SWIFT) test --skip-build --filter FollowingScheduleTests

## soak: one fleet with many workspaces through faults, additions and removals: make soak MINUTES=30 WORKSPACES=300
soak: setup
	$(SWIFT) build --build-tests $(BUILD_FLAGS)
	WSSTREAM_SOAK_SECONDS=$$(($(MINUTES) * 60)) WSSTREAM_SOAK_WORKSPACES=$(WORKSPACES) \
	    $(SWIFT) test --skip-build --filter FleetSoakTests

## rounds: opens and closes everything of a runtime many times, and counts file descriptors: make rounds ROUNDS=10000
rounds: setup
	$(SWIFT) build --build-tests $(BUILD_FLAGS)
	WSSTREAM_ROUNDS=$(ROUNDS) $(SWIFT) test --skip-build --filter RoundTests

## fuzz: runs libFuzzer with the address sanitizer for a limited time: make fuzz TARGET=frames SECONDS=300
## (docs/FUZZING.md)
fuzz: setup
	SWIFT='$(SWIFT)' JOBS='$(JOBS)' FUZZ_SECONDS='$(SECONDS)' FUZZ_RUNS='$(RUNS)' scripts/fuzz run $(TARGET)

## docs: builds a DocC archive of each library; a warning is an error, so all links inside of a library are resolved
docs: setup
	WSSTREAM_BUILD_DOCS=1 $(SWIFT) package generate-documentation \
	    $(addprefix --target ,$(LIBRARIES)) --warnings-as-errors
	@echo 'The archives are in .build/plugins/Swift-DocC/outputs.'

## bench: compares our client with its rivals, see docs/BENCHMARKS.md: make bench BENCH='--quick --scenario echo-64'
bench: bench-build
	Benchmarks/bench $(BENCH)

bench-build: setup bench-client
	@if [ -x scripts/bench-env ]; then scripts/bench-env; fi
	$(SWIFT) build -c release --package-path Benchmarks --product nio-handler $(BUILD_FLAGS)
	$(SWIFT) build -c release --package-path Benchmarks --product nio-async $(BUILD_FLAGS)

bench-client:
	$(MAKE) -C Benchmarks
	# SwiftPM looks for new files in a package that this one depends on by path only when it makes a new plan.
	rm -f Benchmarks/.build/release.yaml
	$(SWIFT) build -c release --package-path Benchmarks --product bench-client $(BUILD_FLAGS)
	# The command, too, which nothing else builds as it ships: here its dependencies are built already.
	$(SWIFT) build -c release --package-path Benchmarks --product wsstream $(BUILD_FLAGS)

## bench-check: runs the runner's own tests; checks that instructions and allocations of a message, and the memory of
## an idle stream, are at most 5 % above the baseline
bench-check: setup
	$(MAKE) -C Benchmarks
	python3 -m unittest discover -s Benchmarks/tests -t Benchmarks
	@if command -v valgrind >/dev/null 2>&1; then \
	    $(MAKE) bench-client && Benchmarks/instructions --check; \
	else echo 'skipped: no valgrind, so instructions are not counted'; fi

## bench-baseline: stores today's instructions and allocations as the baseline of bench-check
bench-baseline: setup bench-client
	Benchmarks/instructions --store

setup:
	@scripts/setup

clean:
	rm -rf .build Benchmarks/.build
