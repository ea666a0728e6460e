internal import FleetClient

extension FleetClient.Outcome {
  /// What happened, in words for people.
  func words(now: Int64) -> String {
    guard kind != .fresh else { return "still fresh" }
    return kind.words + (reasonWords.map { ": \($0)" } ?? "") + waitingWords(now: now)
  }

  /// Whether only a new login helps.
  var needsLogin: Bool {
    reason == FleetClient.AccountStatus.reauthRequired.rawValue || reason == "token_missing"
  }

  /// How long there is to wait, and who wants it: a pause of the daemon's own is kept, the upstream's is but a wish.
  ///
  /// The two are told apart by the reason: a login that was refused is left alone by the daemon, whatever the upstream
  /// asks for, and no other failure is.
  private func waitingWords(now: Int64) -> String {
    guard let seconds = blockedUntil.map({ $0.unixSeconds - now }), seconds > 0 else { return "" }
    switch kind {
    case .coolingDown: return "; next try in \(DurationWords.full(seconds))"
    case .failed where isLoginRefused: return "; left alone for \(DurationWords.full(seconds))"
    case .failed: return "; upstream asks to wait \(DurationWords.full(seconds))"
    default: return ""
    }
  }

  private var isLoginRefused: Bool {
    guard let reason else { return false }
    return reason == "upstream_401" || reason == "upstream_403" || reason.hasPrefix("exchange_")
  }

  private var reasonWords: String? {
    guard let reason else { return nil }
    let hasJustEnded = kind == .failed
    switch FleetClient.AccountStatus(rawValue: reason) {
    case .reauthRequired: return hasJustEnded ? "its login has just been ended, sign in again" : "sign in again"
    case .deactivated: return hasJustEnded ? "the provider has just deactivated it" : "the provider has deactivated it"
    case let status: return Self.words(ofReason: reason) ?? Self.words(ofAnswer: reason) ?? status.words()
    }
  }

  private static func words(ofReason reason: String) -> String? {
    switch reason {
    case "changed_meanwhile": "it changed meanwhile"
    case "draining": "the daemon is stopping"
    case "exchange_5xx": "the login service has trouble of its own"
    case "exchange_claimed": "another program is renewing its login"
    case "exchange_payload_invalid": "the login service's answer makes no sense"
    case "exchange_timeout": "the login service timed out"
    case "exchange_unreachable": "the login service cannot be reached"
    case "identity_mismatch": "the answer is about another identity"
    case "identity_unverified": "its plan seems free now, which has to be seen twice"
    case "no_usage_reported": "upstream reported no usage"
    case "overloaded": "the daemon has too much to do"
    case "proxy_unavailable": "its proxy cannot be used"
    case "refresh_disabled": "refreshes are switched off"
    case "store_unavailable": "the store cannot be used"
    case "token_missing": "it has no stored login"
    case "token_undecryptable": "its stored login cannot be decrypted"
    case "upstream_5xx": "upstream has trouble of its own"
    case "upstream_payload_invalid": "upstream's answer makes no sense"
    case "upstream_timeout": "upstream timed out"
    case "upstream_unreachable": "upstream cannot be reached"
    case "workspace_taken": "another account has its workspace"
    default: nil
    }
  }

  /// The words for a code that ends in an HTTP status.
  private static func words(ofAnswer reason: String) -> String? {
    for (prefix, who) in [("upstream_", "upstream"), ("exchange_", "the login service")]
    where reason.hasPrefix(prefix) {
      return Int(reason.dropFirst(prefix.count)).map { "\(who) answered \($0)" }
    }
    return nil
  }
}

extension FleetClient.Outcome.Kind {
  /// The kind in words for people.
  var words: String {
    switch self {
    case .coolingDown: "cooling down"
    default: PrintableText.of(rawValue)
    }
  }

  /// Whether an old sample had to be kept although the account was to be asked.
  var isFailure: Bool { self == .coolingDown || self == .rejected || self == .failed }
}
