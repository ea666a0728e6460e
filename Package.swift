// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let locks = Target.Dependency.product(name: "NIOConcurrencyHelpers", package: "swift-nio")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let signals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let subprocess: [Target.Dependency] = [
  .product(name: "Subprocess", package: "swift-subprocess"), .product(name: "SystemPackage", package: "swift-system"),
]
let nio: [Target.Dependency] = [
  .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"), locks,
]

// The arrows point one way: executables, then server, store and upstream, then the core.
let package = Package(
  name: "codex-fleet",
  products: [
    .executable(name: "codex-fleetd", targets: ["codex-fleetd"]),
    .executable(name: "codex-fleet", targets: ["codex-fleet"]),
    .library(name: "FleetClient", targets: ["FleetClient", "FleetSocket", "JSON", "JSONRPC"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(
      url: "https://github.com/apple/swift-configuration", from: "1.4.0",
      traits: [.defaults, "CommandLineArguments"]),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
    .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
  ],
  targets: [
    .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "CJansson", pkgConfig: "jansson", providers: [.apt(["libjansson-dev"])]),
    .systemLibrary(name: "CMalloc"),

    // The core.
    .target(name: "Fleet", dependencies: [locks], swiftSettings: settings),

    // JSON and JSON-RPC: no socket, no fleet.
    .target(
      name: "JSON",
      dependencies: ["CJansson", .product(name: "OrderedCollections", package: "swift-collections")],
      swiftSettings: settings),
    .target(name: "JSONRPC", dependencies: ["JSON"], swiftSettings: settings),

    // What a Codex login is made of, for those who read one.
    .target(name: "CodexLogin", dependencies: ["Fleet", "JSON"], swiftSettings: settings),

    // The adapters: store, upstream, server.
    .target(
      name: "FleetSQLite",
      dependencies: [
        "CodexLogin", "Fleet", "JSON", crypto, grdb, locks, .product(name: "CryptoExtras", package: "swift-crypto"),
        .product(name: "DequeModule", package: "swift-collections"),
        .product(name: "GRDBSQLite", package: "GRDB.swift"),
      ],
      swiftSettings: settings),
    .target(
      name: "FleetUpstream", dependencies: ["CCurl", "CodexLogin", "Fleet", "JSON", locks], swiftSettings: settings),
    .target(name: "FleetSocket", swiftSettings: settings),
    .target(
      name: "RPCSchema", path: "rpc-schema", exclude: ["validate.py"], resources: [.embedInCode("openrpc.json")],
      swiftSettings: settings),
    .target(
      name: "FleetServer",
      dependencies: ["Fleet", "FleetSocket", "JSON", "JSONRPC", "RPCSchema", crypto, logging] + nio,
      swiftSettings: settings),

    // The daemon: composes the rest.
    .target(
      name: "FleetDaemon",
      dependencies: [
        "CMalloc", "Fleet", "FleetClient", "FleetServer", "FleetSQLite", "FleetSocket", "FleetUpstream", "JSON",
        argumentParser, lifecycle, locks, logging, signals,
        .product(name: "Configuration", package: "swift-configuration"),
        .product(name: "Yams", package: "Yams"),
      ],
      swiftSettings: settings),
    .executableTarget(name: "codex-fleetd", dependencies: ["FleetDaemon"], swiftSettings: settings),

    // The client: no store, no upstream, no server.
    .target(name: "FleetClient", dependencies: ["FleetSocket", "JSON", "JSONRPC"] + nio, swiftSettings: settings),
    .target(
      name: "FleetCommand", dependencies: ["FleetClient", "FleetSocket", "JSON", "JSONRPC", argumentParser, locks],
      swiftSettings: settings),
    .executableTarget(name: "codex-fleet", dependencies: ["FleetCommand"], swiftSettings: settings),

    // What the tests share: a real HTTP server in the upstream's place, stores of either kind, clocks and gates.
    .target(
      name: "UpstreamSimulator",
      dependencies: ["CodexLogin", "JSON", .product(name: "NIOHTTP1", package: "swift-nio")] + nio,
      path: "Tests/Support/UpstreamSimulator", swiftSettings: settings),
    .executableTarget(
      name: "upstream-simulator", dependencies: ["UpstreamSimulator", argumentParser, signals],
      path: "Tests/Support/upstream-simulator", swiftSettings: settings),
    .target(
      name: "ProxySimulator", dependencies: [locks], path: "Tests/Support/ProxySimulator", swiftSettings: settings),
    .target(
      name: "StoreBuilder", dependencies: ["Fleet", "FleetSQLite", crypto, grdb, locks],
      path: "Tests/Support/StoreBuilder", exclude: ["Released"], swiftSettings: settings),
    .target(
      name: "FleetTestSupport", dependencies: ["Fleet", locks], path: "Tests/Support/FleetTestSupport",
      swiftSettings: settings),

    // Texts of the project that follow from the code, manual pages above all.
    .target(name: "ManualPages", path: "Tests/Support/ManualPages", swiftSettings: settings),

    // Readers of bytes from outside and what must hold for them, checked with a corpus and, by `make fuzz`, with libFuzzer.
    .systemLibrary(name: "CLibFuzzer", path: "Tests/Support/CLibFuzzer"),
    .target(
      name: "FuzzTargets",
      dependencies: ["CodexLogin", "Fleet", "FleetSQLite", "FleetUpstream", "JSON", "JSONRPC", crypto],
      path: "Tests/Support/FuzzTargets", swiftSettings: settings),
    .executableTarget(
      name: "fleet-fuzz", dependencies: ["CLibFuzzer", "FuzzTargets"], path: "Tests/Fuzz",
      exclude: ["Corpus", "json.dict"], swiftSettings: settings),

    // The load must not be what limits the server it measures.
    .target(name: "CLoadGenerator", path: "Tests/Support/CLoadGenerator"),
    .executableTarget(
      name: "fleet-benchmarks",
      dependencies: [
        "CLoadGenerator", "Fleet", "FleetServer", "FleetSQLite", "FleetTestSupport", "FleetUpstream", "JSONRPC",
        "StoreBuilder", "UpstreamSimulator", argumentParser,
        .product(name: "Histogram", package: "hdrhistogram-swift"),
      ] + nio + subprocess,
      path: "Tests/Benchmarks", exclude: ["README.md"], swiftSettings: settings),

    .testTarget(name: "FleetTests", dependencies: ["Fleet", "FleetTestSupport", locks], swiftSettings: settings),
    .testTarget(name: "FuzzTests", dependencies: ["FuzzTargets"], swiftSettings: settings),
    .testTarget(name: "CodexLoginTests", dependencies: ["CodexLogin", "Fleet"], swiftSettings: settings),
    .testTarget(name: "JSONTests", dependencies: ["JSON"], swiftSettings: settings),
    .testTarget(name: "JSONRPCTests", dependencies: ["JSON", "JSONRPC"], swiftSettings: settings),
    .testTarget(
      name: "FleetSQLiteTests",
      dependencies: ["Fleet", "FleetSQLite", "FleetTestSupport", "JSON", "StoreBuilder", grdb, locks] + subprocess,
      swiftSettings: settings),
    .testTarget(
      name: "FleetUpstreamTests",
      dependencies: [
        "Fleet", "FleetTestSupport", "FleetUpstream", "JSON", "ProxySimulator", "UpstreamSimulator", locks,
      ] + subprocess,
      swiftSettings: settings),
    .testTarget(
      name: "FleetServerTests",
      dependencies: [
        "Fleet", "FleetClient", "FleetServer", "FleetSocket", "FleetTestSupport", "JSON", "JSONRPC", "RPCSchema",
        logging,
      ] + nio,
      exclude: ["Golden"],
      swiftSettings: settings),
    .testTarget(
      name: "FleetDaemonTests",
      dependencies: [
        "Fleet", "FleetDaemon", "FleetTestSupport", "JSON", "ManualPages", "RPCSchema", "StoreBuilder", argumentParser,
        logging,
      ],
      swiftSettings: settings),
    .testTarget(
      name: "FleetClientTests", dependencies: ["FleetClient", "FleetSocket", "JSON", "JSONRPC"] + nio,
      swiftSettings: settings),
    .testTarget(
      name: "FleetCommandTests",
      dependencies: [
        "FleetClient", "FleetCommand", "FleetTestSupport", "JSON", "JSONRPC", "ManualPages", argumentParser,
      ] + nio,
      exclude: ["Snapshots"],
      swiftSettings: settings),
    .testTarget(
      name: "EndToEndTests",
      dependencies: [
        "FleetTestSupport", "ProxySimulator", "StoreBuilder", "UpstreamSimulator", grdb, locks, "codex-fleet",
        "codex-fleetd", "upstream-simulator",
      ] + subprocess,
      swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6]
)
