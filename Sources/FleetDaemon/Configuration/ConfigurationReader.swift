internal import Configuration

/// Looks settings up where they may be given: flags first, then the environment, then the configuration file.
struct ConfigurationReader {
  private let flags: ConfigReader
  private let environment: ConfigReader
  private let file: ConfigurationFile?
  private let home: String?

  /// Reads from the given flags, the environment's variables and a file.
  ///
  /// - Throws: `ConfigurationError` when a variable has the daemon's prefix and no setting's name.
  init(
    flags given: [String: String], environment variables: [String: String], file: ConfigurationFile?
  ) throws(ConfigurationError) {
    let values = given.map { name, text in
      (AbsoluteConfigKey(["codex-fleetd", name]), ConfigValue(.string(text), isSecret: false))
    }
    flags = ConfigReader(provider: InMemoryProvider(values: Dictionary(uniqueKeysWithValues: values)))
      .scoped(to: ConfigKey(["codex-fleetd"]))
    environment = ConfigReader(provider: EnvironmentVariablesProvider(environmentVariables: variables))
      .scoped(to: ConfigKey(["codex-fleetd"]))
    self.file = file
    home = variables["HOME"]
    let known = Set(SettingCatalogue.all.map(\.variable)).union([DaemonConfiguration.fileVariable])
    let unknown = variables.keys.filter { $0.hasPrefix(SettingCatalogue.variablePrefix) && !known.contains($0) }
      .sorted()
    guard let first = unknown.first else { return }
    let name = first.dropFirst(SettingCatalogue.variablePrefix.count).lowercased().replacing("_", with: "-")
    throw ConfigurationError("\(first): \(UnknownName(String(name)).words)")
  }

  /// A setting's text and where it was given; nil when it is given nowhere. An empty variable counts as not given.
  func given(_ setting: any SettingDescription) -> (text: String, origin: ConfigurationOrigin)? {
    if let text = flags.string(forKey: ConfigKey([setting.name])) { return (text, .flag) }
    if let text = environment.string(forKey: ConfigKey([setting.name])), !text.isEmpty { return (text, .variable) }
    guard let file, let value = file.values[setting.name] else { return nil }
    return (value.text, .file(path: file.path, line: value.line))
  }

  /// A setting's value.
  ///
  /// - Throws: `ConfigurationError` when one is given that is not allowed.
  func value<Value>(of setting: Setting<Value>) throws(ConfigurationError) -> Value {
    guard let (text, origin) = given(setting) else { return setting.standard }
    guard let value = setting.form.parse(text) else {
      throw refusal(of: text, for: setting, at: origin, expected: setting.form.expected)
    }
    return value
  }

  /// A path, with the home directory in place of a leading `~`; nil when none is given.
  ///
  /// - Throws: `ConfigurationError` when it is not allowed. A file's path has to be absolute: nobody knows from which
  ///   directory a daemon will be started.
  func path(_ setting: Setting<String?>) throws(ConfigurationError) -> String? {
    guard let path = try value(of: setting).map(expanded) else { return nil }
    if let (text, origin) = given(setting), case .file = origin, !path.hasPrefix("/") {
      throw refusal(of: text, for: setting, at: origin, expected: "an absolute path")
    }
    return path
  }

  /// A setting's text as it would have to stand in a configuration file, and where it was given: a path is absolute.
  func listed(_ setting: any SettingDescription) -> (text: String, origin: ConfigurationOrigin)? {
    given(setting).map { (setting.kind == .path ? absolute(expanded($0.text)) : $0.text, $0.origin) }
  }

  /// A path as it is seen from anywhere.
  func absolute(_ path: String) -> String {
    guard !path.isEmpty, !path.hasPrefix("/"), let directory = ProcessEnvironment.directory else { return path }
    return (directory.hasSuffix("/") ? directory : directory + "/") + path
  }

  private func expanded(_ path: String) -> String {
    guard let home, path == "~" || path.hasPrefix("~/") else { return path }
    return home + path.dropFirst()
  }

  private func refusal(
    of text: String, for setting: any SettingDescription, at origin: ConfigurationOrigin, expected: String
  ) -> ConfigurationError {
    ConfigurationError(
      "\(Self.place(of: setting, at: origin)): \"\(setting.shown(text))\" is not allowed; give \(expected)",
      isWrongUsage: origin == .flag)
  }

  /// How a setting is called where it was given.
  private static func place(of setting: any SettingDescription, at origin: ConfigurationOrigin) -> String {
    switch origin {
    case .flag: setting.flag
    case .variable: setting.variable
    case .file(let path, let line): "\(path):\(line): \(setting.name)"
    case .standard: setting.name
    }
  }
}
