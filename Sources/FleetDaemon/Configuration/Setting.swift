/// One of the daemon's settings: a flag `--name`, an environment variable `CODEX_FLEETD_NAME`, and a key `name:` of the
/// configuration file.
struct Setting<Value: Sendable>: SettingDescription {
  let name: String
  let summary: String
  /// What its values look like.
  let form: SettingForm<Value>
  /// The value when none is given.
  let standard: Value
  let standardWords: String
  let isReloadable: Bool

  /// Describes a setting.
  ///
  /// - Parameters:
  ///   - standardWords: the standard value in words; nil for its own text.
  init(
    _ name: String, _ form: SettingForm<Value>, standard: Value, standardWords: String? = nil,
    isReloadable: Bool = false, _ summary: String
  ) {
    self.name = name
    self.form = form
    self.standard = standard
    self.standardWords = standardWords ?? form.text(standard)
    self.isReloadable = isReloadable
    self.summary = summary
  }

  var placeholder: String { form.placeholder }
  var values: String { form.values }
  var kind: SettingKind { form.kind }
  var standardText: String { form.text(standard) }
}

/// What every setting is known by, whatever its type: enough for help, tables and manual pages.
protocol SettingDescription: Sendable {
  /// The name, as in the configuration file.
  var name: String { get }
  /// What it does, a sentence.
  var summary: String { get }
  /// What stands for the value in help texts.
  var placeholder: String { get }
  /// Which values are allowed, in words.
  var values: String { get }
  /// The text that means the same as giving none; empty when there is no such text.
  var standardText: String { get }
  /// What holds when it is given nowhere, in words.
  var standardWords: String { get }
  /// Whether SIGHUP takes up a new value.
  var isReloadable: Bool { get }
  /// What its values name.
  var kind: SettingKind { get }
}

extension SettingDescription {
  /// Whether the configuration file may give a list.
  var isList: Bool { kind == .list }

  /// A value's text as it may be shown.
  func shown(_ text: String) -> String { kind == .address ? ConfigurationListing.masked(text) : text }

  /// The flag.
  var flag: String { "--\(name)" }

  /// The environment variable.
  var variable: String { SettingCatalogue.variable(of: name) }

  /// The help text: what it does, what is allowed, what holds without it.
  var help: String { "\(summary) (\(values); default: \(standardWords))" }
}
