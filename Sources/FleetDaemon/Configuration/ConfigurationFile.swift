/// A configuration file: which settings it gives, and in which lines.
struct ConfigurationFile: Sendable {
  /// A setting's text and where it stands.
  struct Value: Hashable, Sendable {
    let text: String
    /// Counted from 1.
    let line: Int
  }

  let path: String
  let values: [String: Value]
}

extension ConfigurationFile {
  /// How many bytes a file may have.
  static let maximumLength = 1 << 20

  /// Reads the file that was named, else the user's own, else the system's; nil when neither of these exists.
  ///
  /// - Parameters:
  ///   - named: the path that was given.
  ///   - source: the flag or variable that gave it.
  /// - Throws: `ConfigurationError` when the named file does not exist, or the file cannot be read or understood.
  static func find(
    named: String?, by source: String = "--config", environment: [String: String]
  ) throws(ConfigurationError) -> ConfigurationFile? {
    if let named {
      guard let file = try read(named) else {
        throw ConfigurationError("there is no configuration file at \(named); check \(source)")
      }
      return file
    }
    for path in places(environment) {
      if let file = try read(path) { return file }
    }
    return nil
  }

  /// Where a file is looked for when none is named.
  static func places(_ environment: [String: String]) -> [String] {
    let own =
      if let directory = environment["XDG_CONFIG_HOME"], directory.hasPrefix("/") {
        directory
      } else if let home = environment["HOME"], home.hasPrefix("/") {
        home + "/.config"
      } else {
        String?.none
      }
    return (own.map { [$0 + "/codex-fleet/config.yaml"] } ?? []) + ["/etc/codex-fleet/config.yaml"]
  }
}
