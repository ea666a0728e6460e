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
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
  ],
  targets: [
    // The core.
    .target(name: "Fleet", dependencies: [locks], swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6]
)
