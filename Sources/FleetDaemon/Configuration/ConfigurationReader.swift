internal import Configuration

/// Looks settings up where they may be given: flags first, then the environment.
struct ConfigurationReader {
  /// A setting's text and the name under which it was given.
  struct Value {
    let text: String
    let name: String
  }

  private let flags: ConfigReader
  private let environment: ConfigReader

  /// Reads from the given flags and the environment's variables.
  init(flags given: [ConfigurationKey: String], environment variables: [String: String]) {
    let values = given.map { key, text in
      (AbsoluteConfigKey(["codex-fleetd", key.rawValue]), ConfigValue(.string(text), isSecret: false))
    }
    flags = ConfigReader(provider: InMemoryProvider(values: Dictionary(uniqueKeysWithValues: values)))
      .scoped(to: ConfigKey(["codex-fleetd"]))
    environment = ConfigReader(provider: EnvironmentVariablesProvider(environmentVariables: variables))
      .scoped(to: ConfigKey(["codex-fleetd"]))
  }

  /// The setting's value, nil when it is given nowhere. An empty variable counts as not given.
  func value(of key: ConfigurationKey) -> Value? {
    if let text = flags.string(forKey: ConfigKey([key.rawValue])) { return Value(text: text, name: key.flag) }
    guard let text = environment.string(forKey: ConfigKey([key.rawValue])), !text.isEmpty else { return nil }
    return Value(text: text, name: key.variable)
  }

  /// The setting as a whole number.
  ///
  /// - Throws: `ConfigurationError` when it is none, or outside `range`.
  func integer(_ key: ConfigurationKey, in range: ClosedRange<Int>, default standard: Int) throws -> Int {
    guard let value = value(of: key) else { return standard }
    guard let number = Int(value.text), range.contains(number) else {
      throw ConfigurationError(value, expected: "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// The setting as a list of numbers of users or groups, nil when it is given nowhere.
  ///
  /// - Throws: `ConfigurationError` when it is empty or one of them is no number.
  func numbers(_ key: ConfigurationKey) throws -> Set<UInt32>? {
    guard let value = value(of: key) else { return nil }
    let parts = value.text.split(separator: ",", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { UInt32($0.filter { $0 != " " }) }
    guard numbers.count == parts.count else {
      throw ConfigurationError(value, expected: "numbers separated by commas, such as 0,1000")
    }
    return Set(numbers)
  }

  /// The setting as one of a list of words.
  ///
  /// - Throws: `ConfigurationError` when it is none of them.
  func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ key: ConfigurationKey, default standard: Choice
  ) throws -> Choice {
    try choice(key) ?? standard
  }

  /// The setting as one of a list of words, nil when it is given nowhere.
  ///
  /// - Throws: `ConfigurationError` when it is none of them.
  func choice<Choice: RawRepresentable<String> & CaseIterable>(_ key: ConfigurationKey) throws -> Choice? {
    guard let value = value(of: key) else { return nil }
    guard let choice = Choice(rawValue: value.text) else {
      throw ConfigurationError(value, expected: Choice.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return choice
  }

  /// The setting as a path, relative ones made absolute by nobody: they count from the working directory.
  ///
  /// - Throws: `ConfigurationError` when it is empty or holds a NUL.
  func path(_ key: ConfigurationKey) throws -> String? {
    guard let value = value(of: key) else { return nil }
    guard !value.text.isEmpty, !value.text.contains("\0") else { throw ConfigurationError(value, expected: "a path") }
    return value.text
  }
}
