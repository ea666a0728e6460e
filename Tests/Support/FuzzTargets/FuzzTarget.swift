/// A reader of bytes from outside, with what must hold whatever it is given; the raw value names its corpus.
public enum FuzzTarget: String, CaseIterable, Sendable {
  /// Cutting a stream into lines.
  case framing
  /// JSON texts.
  case json
  /// Lines from clients.
  case request
  /// The Codex CLI's `auth.json`.
  case authFile = "auth-file"
  /// Id tokens.
  case idToken = "id-token"
  /// Answers of the usage API.
  case usage
  /// Encrypted tokens.
  case fernet

  /// Gives the reader an input of the kind described at the target's own type.
  ///
  /// - Throws: `BrokenPromise` when something does not hold that must.
  public func check(_ input: [UInt8]) throws(BrokenPromise) {
    switch self {
    case .framing: try FramingTarget.check(input)
    case .json: try JSONTarget.check(input)
    case .request: try RequestTarget.check(input)
    case .authFile: try AuthFileTarget.check(input)
    case .idToken: try IDTokenTarget.check(input)
    case .usage: try UsageTarget.check(input)
    case .fernet: try FernetTarget.check(input)
    }
  }
}
