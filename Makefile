# make          a release build that needs no Swift where it runs
# make install  what was built, its units, completions and pages, to PREFIX (/usr/local) below DESTDIR; make uninstall
# make deb      a Debian package, in .build/deb; "contrib/debian/test" tries it in a Debian of its own
# make demo     the main job end to end: simulated upstream, own store, daemon, refresh, summary
# make test     all tests
# make lint     formatting and style
# make bench    the daemon against a bare echo server, in one run (BENCH="summary idle" picks some, BENCH=--quick hurries)
# make crash-test  hundreds of kills at the worst moments (CRASH_ROUNDS=300)
# make fuzz     hostile input for all that reads bytes from outside, with libFuzzer (FUZZ_SECONDS=30 for each target)
# make sanitize  the end-to-end tests against programs that a sanitizer watches (SANITIZER=thread, address or undefined)
# make faults   everything that may go wrong around the daemon, provoked, with what came of it (some minutes)
# make coverage  which lines and branches the tests reach; fails below what is agreed
# make soak     mixed load, faults and restarts for HOURS, with memory, descriptors and latency in a plot

SWIFT_FILES = Package.swift Sources Tests

# Programs that need no Swift where they run, and look for no libraries beside themselves. The compiler's own linker lets
# them tell nobody their symbols and where they are to be relocated in few words, which is memory that stays.
RELEASE = -c release --static-swift-stdlib --disable-local-rpath -Xswiftc -use-ld=lld \
  -Xlinker --no-export-dynamic -Xlinker --exclude-libs=ALL -Xlinker -z -Xlinker pack-relative-relocs

PREFIX ?= /usr/local
DESTDIR ?=
BUILT ?= .build/release
CRASH_ROUNDS = 300
FUZZ_SECONDS ?= 30
SANITIZER ?= thread
# All at once, they would keep one another from the processor for longer than a held-back answer may take.
export TESTS_AT_ONCE ?= 12
HOURS ?= 1

.PHONY: all build install uninstall deb upstream-simulator debug demo run test crash-test fuzz sanitize faults coverage soak bench lint \
  format clean dependencies

all: build

dependencies:
	@contrib/build/dependencies

build: dependencies
	swift build $(RELEASE) --product codex-fleetd
	swift build $(RELEASE) --product codex-fleet

install uninstall:
	@PREFIX="$(PREFIX)" DESTDIR="$(DESTDIR)" BUILT="$(BUILT)" contrib/build/install $@

# What stands in for the provider when the package is tried in a Debian of its own.
upstream-simulator: dependencies
	swift build $(RELEASE) --product upstream-simulator

deb: build
	@contrib/debian/build

debug: dependencies
	swift build

demo: dependencies
	@contrib/demo/run

run: dependencies
	swift run codex-fleetd

# What the end-to-end tests have said and heard is compared with the contract afterwards, by a validator that is not ours.
test:
	@contrib/build/dependencies test
	swift build --build-tests
	@rm -rf .build/messages && mkdir -p .build/messages
	SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=$(TESTS_AT_ONCE) \
	  CODEX_FLEET_MESSAGES=$(CURDIR)/.build/messages swift test --skip-build
	@for file in .build/messages/*.jsonl; do /usr/bin/python3 rpc-schema/validate.py "$$file" || exit 1; done

crash-test: dependencies
	swift build --build-tests
	CODEX_FLEET_CRASH_ROUNDS=$(CRASH_ROUNDS) swift test --skip-build --filter CrashTests

fuzz: dependencies
	FUZZ_SECONDS=$(FUZZ_SECONDS) contrib/fuzz/run

sanitize:
	@contrib/build/dependencies test
	contrib/sanitizers/run $(SANITIZER)

faults:
	@contrib/build/dependencies test
	contrib/faults/run

coverage:
	@contrib/build/dependencies test
	contrib/coverage/run

soak: build
	contrib/soak/run --hours $(HOURS) --binaries $(BUILT)

bench: build
	swift build $(RELEASE) --product fleet-benchmarks
	cc -O2 -shared -fPIC -o .build/release/libmalloc-counter.so Tests/Support/malloc-counter/malloc_counter.c
	.build/release/fleet-benchmarks $(BENCH)

lint:
	swift format lint --strict --recursive --parallel $(SWIFT_FILES)
	@contrib/build/house-rules

format:
	swift format --in-place --recursive --parallel $(SWIFT_FILES)

clean:
	swift package clean
