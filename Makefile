# make          a release build
# make demo     the main job end to end: simulated upstream, own store, daemon, refresh, summary
# make test     all tests
# make lint     formatting and style

SWIFT_FILES = Package.swift Sources Tests

.PHONY: all build debug demo run test lint format clean dependencies

all: build

dependencies:
	@contrib/build/dependencies

build: dependencies
	swift build -c release --product codex-fleetd
	swift build -c release --product codex-fleet

debug: dependencies
	swift build

demo: dependencies
	@contrib/demo/run

run: dependencies
	swift run codex-fleetd

test: dependencies
	swift build --build-tests
	swift test --skip-build

lint:
	swift format lint --strict --recursive --parallel $(SWIFT_FILES)
	@contrib/build/house-rules

format:
	swift format --in-place --recursive --parallel $(SWIFT_FILES)

clean:
	swift package clean
