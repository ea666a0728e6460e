/// Where a setting's value was given.
enum ConfigurationOrigin: Hashable, Sendable {
  case flag
  case variable
  case file(path: String, line: Int)
  /// Nowhere.
  case standard
}
