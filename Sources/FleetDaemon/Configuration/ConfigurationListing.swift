/// What every setting has come to, and where from: for `--print-config`, and to tell what a reload changes.
struct ConfigurationListing: Hashable, Sendable {
  /// One setting.
  struct Entry: Hashable, Sendable {
    let name: String
    /// The text that was given, or of the standard value; empty where that is no text but a rule.
    let text: String
    /// The value as it may be shown: the text, or what the rule comes to, or the rule in words.
    let shownText: String
    let origin: ConfigurationOrigin
    let isReloadable: Bool
  }

  private(set) var entries: [Entry]

  /// Lists what a reader finds.
  ///
  /// - Parameter standardPaths: what the standards of paths come to here and now, by the setting's name.
  init(_ reader: ConfigurationReader, standardPaths: [String: String] = [:]) {
    entries = SettingCatalogue.all.map { setting in
      let given = reader.listed(setting)
      let text = given?.text ?? setting.standardText
      let standard = standardPaths[setting.name].map { Self.scalar(reader.absolute($0)) } ?? setting.standardWords
      return Entry(
        name: setting.name, text: text, shownText: text.isEmpty ? standard : setting.shown(text),
        origin: given?.origin ?? .standard, isReloadable: setting.isReloadable)
    }
  }

  /// The entries whose text is another one in a later listing, as they are there.
  func changes(in later: ConfigurationListing) -> [Entry] {
    zip(entries, later.entries).filter { $0.text != $1.text }.map { $1 }
  }

  /// Whether a setting was given anywhere.
  func isGiven(_ setting: some SettingDescription) -> Bool {
    entries.contains { $0.name == setting.name && $0.origin != .standard }
  }

  /// This listing, with the entries that a reload cannot change as they are in another one.
  func keepingFixed(of other: ConfigurationListing) -> ConfigurationListing {
    var kept = self
    kept.entries = zip(entries, other.entries).map { $0.isReloadable ? $0 : $1 }
    return kept
  }

  /// The settings as a configuration file, each with where its value comes from.
  var yaml: String {
    let settings = entries.map { entry in
      entry.text.isEmpty
        ? "# \(entry.name): \(entry.shownText)" : "\(entry.name): \(Self.scalar(entry.shownText))"
    }
    let width = settings.map(\.count).filter { $0 <= 60 }.max() ?? 0
    return zip(settings, entries).map { setting, entry in
      setting + String(repeating: " ", count: max(0, width - setting.count)) + "  # \(Self.words(for: entry))\n"
    }.joined()
  }

  private static func words(for entry: Entry) -> String {
    switch entry.origin {
    case .flag: "flag --\(entry.name)"
    case .variable: "environment, \(SettingCatalogue.variable(of: entry.name))"
    case .file(let path, let line): "\(path):\(line)"
    case .standard: "default"
    }
  }

  /// The text as a YAML scalar: plain where that is safe, else in double quotes.
  private static func scalar(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: "/._-:,~".utf8.contains(byte)
      }
    }
    guard isPlain, !text.hasSuffix(":"), !text.contains(": "), text.first != "-", text.first != "," else {
      return "\""
        + text.unicodeScalars.map { scalar in
          switch scalar {
          case "\"", "\\": "\\\(scalar)"
          case _ where scalar.properties.generalCategory == .control:
            "\\u" + String(repeating: "0", count: 4 - String(scalar.value, radix: 16).count)
              + String(scalar.value, radix: 16)
          default: String(scalar)
          }
        }.joined() + "\""
    }
    return text
  }

  /// The text without what an address may carry for nobody's eyes: user name, password and query.
  static func masked(_ text: String) -> String {
    var shown = text[...]
    if let query = shown.firstIndex(where: { $0 == "?" || $0 == "#" }) { shown = shown[..<query] }
    guard let at = shown.lastIndex(of: "@") else { return shown.endIndex == text.endIndex ? text : shown + "?***" }
    let scheme = shown[..<at].firstRange(of: "://").map { shown[..<$0.upperBound] } ?? ""
    return scheme + "***" + shown[at...]
  }
}
