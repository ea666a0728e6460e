// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

let locks = Target.Dependency.product(name: "NIOConcurrencyHelpers", package: "swift-nio")

// The arrows point one way: executables, then server, store and upstream, then the core.
let package = Package(
  name: "codex-fleet",
  dependencies: [
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
  ],
  targets: [
    .systemLibrary(name: "CJansson", pkgConfig: "jansson", providers: [.apt(["libjansson-dev"])]),

    // The core.
    .target(name: "Fleet", dependencies: [locks], swiftSettings: settings),

    // JSON and JSON-RPC: no socket, no fleet.
    .target(
      name: "JSON",
      dependencies: ["CJansson", .product(name: "OrderedCollections", package: "swift-collections")],
      swiftSettings: settings),
    .target(name: "JSONRPC", dependencies: ["JSON"], swiftSettings: settings),
    .testTarget(name: "JSONTests", dependencies: ["JSON"], swiftSettings: settings),
    .testTarget(name: "JSONRPCTests", dependencies: ["JSON", "JSONRPC"], swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6]
)
