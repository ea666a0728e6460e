/// Finds the API key: in the file that was named, else in the environment, else among systemd's credentials, else where
/// the configuration file says.
struct TokenLookup {
  /// The variable that may hold the key.
  static let variable = "CODEX_FLEET_TOKEN"

  private let file: String?
  private let environment: [String: String]

  init(file: String?, environment: [String: String]) {
    self.file = file
    self.environment = environment
  }

  /// The key.
  ///
  /// - Throws: `CommandFailure` when there is none, or when the place that should have it does not.
  func token() throws(CommandFailure) -> Token {
    if let file {
      guard let token = try TokenFile(path: file).token() else {
        throw CommandFailure(.unauthorized, "there is no token file at \(PrintableText.name(file))")
      }
      return token
    }
    if let text = environment[Self.variable], !text.isEmpty {
      return Token(value: try Self.key(in: text, from: Self.variable), source: Self.variable)
    }
    if let directory = environment["CREDENTIALS_DIRECTORY"], !directory.isEmpty,
      let token = try TokenFile(path: directory + "/token").token()
    {
      return token
    }
    if let settings = try ClientFile.find(environment), let token = try token(in: settings) { return token }
    throw CommandFailure(
      .unauthorized,
      """
      no API key; give one in \(Self.variable), in a file with --token-file, as $CREDENTIALS_DIRECTORY/token, or with \
      token-file in \(ClientFile.path(environment).map(PrintableText.of) ?? "~/.config/codex-fleet/client.yaml") \
      (make one with "codex-fleetd key create NAME")
      """)
  }

  /// The key that the configuration file has or names; nil when it does neither.
  private func token(in settings: ClientFile) throws(CommandFailure) -> Token? {
    let path = PrintableText.of(settings.path)
    if let file = settings.values[.tokenFile] {
      guard settings.values[.token] == nil else {
        throw CommandFailure(.usage, "\(path): give token-file or token, not both")
      }
      guard let token = try TokenFile(path: file).token() else {
        throw CommandFailure(.unauthorized, "there is no token file at \(PrintableText.of(file)), which \(path) names")
      }
      return token
    }
    guard let text = settings.values[.token] else { return nil }
    guard !settings.isOpenToOthers else {
      throw CommandFailure(
        .unauthorized,
        "every user of this machine can read the API key in \(path); close the file with: chmod o= \(path)")
    }
    return Token(value: try Self.key(in: text, from: path), source: path)
  }

  /// The key in a text, without the white space around it.
  static func key(in text: String, from source: String) throws(CommandFailure) -> String {
    let scalars = text.unicodeScalars
    guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
      let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
    else { throw CommandFailure(.unauthorized, "no API key in \(source): it is empty") }
    let key = scalars[first...last]
    guard key.allSatisfy({ !$0.properties.isWhitespace && $0.properties.generalCategory != .control }) else {
      throw CommandFailure(.unauthorized, "no API key in \(source): it holds something else than one word on one line")
    }
    return String(key)
  }
}
