/// A setting, or a configuration file, that cannot be used.
struct ConfigurationError: Error, CustomStringConvertible {
  /// Where it was given, what is wrong, and what is allowed instead.
  let description: String

  init(_ description: String) { self.description = description }
}
