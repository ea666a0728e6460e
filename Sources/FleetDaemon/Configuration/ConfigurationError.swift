/// A setting, or a configuration file, that cannot be used, for what it says or for what is there.
struct ConfigurationError: Error, CustomStringConvertible {
  /// Where it was given, what is wrong, and what is allowed instead.
  let description: String
  /// Whether it was given on the command line.
  let isWrongUsage: Bool

  init(_ description: String, isWrongUsage: Bool = false) {
    self.description = description
    self.isWrongUsage = isWrongUsage
  }
}
