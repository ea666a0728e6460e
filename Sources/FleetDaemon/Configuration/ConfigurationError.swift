/// A setting with a value that is not allowed.
struct ConfigurationError: Error, CustomStringConvertible {
  /// The flag or variable, the value, and what is allowed instead.
  let description: String

  init(_ description: String) { self.description = description }

  init(_ value: ConfigurationReader.Value, expected: String) {
    description = "\(value.name): \"\(value.text)\" is not allowed; give \(expected)"
  }
}
