@testable import FleetCommand

extension WatchState {
  /// Presses the key of a character.
  mutating func press(_ key: Character) { handle(.key(.character(key)), size: size, uptime: .zero) }
}
