import Foundation
import Testing

/// How long a suite may take.
enum Patience {
  /// Whether the programs under test are watched by a sanitizer, which `CODEX_FLEET_SLOW=1` tells.
  static let isTried = ProcessInfo.processInfo.environment["CODEX_FLEET_SLOW"] == "1"

  /// A limit for a suite that takes up to so many minutes in programs as they are.
  static func minutes(_ count: Int) -> TimeLimitTrait.Duration { .minutes(isTried ? 6 * count : count) }
}
