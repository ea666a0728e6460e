internal import FleetClient

extension FleetClient.Outcome {
  /// What happened, in words for people.
  func words(now: Int64) -> String {
    let text = reason.map { ": " + Self.words(ofReason: $0) } ?? ""
    switch kind {
    case .fresh: return "still fresh"
    case .coolingDown: return kind.words + (blockedUntil.map { " until \($0.clockTime(now: now))" } ?? "")
    default:
      return kind.words + text
        + (blockedUntil.map { "; next try in \(DurationWords.full($0.unixSeconds - now))" } ?? "")
    }
  }

  private static func words(ofReason reason: String) -> String {
    switch reason {
    case "changed_meanwhile": "it changed meanwhile"
    case "draining": "the daemon is stopping"
    case "identity_mismatch": "the answer is about another identity"
    case "identity_unverified": "the identity is not confirmed yet"
    case "no_usage_reported": "upstream reported no usage"
    case "overloaded": "the daemon has too much to do"
    case "proxy_unavailable": "its proxy cannot be used"
    case "store_unavailable": "the store cannot be used"
    case "token_missing": "it has no stored login"
    case "token_undecryptable": "its stored login cannot be decrypted"
    case "upstream_5xx": "upstream has trouble of its own"
    case "upstream_payload_invalid": "upstream's answer makes no sense"
    case "upstream_timeout": "upstream timed out"
    case "upstream_unreachable": "upstream cannot be reached"
    case _ where reason.hasPrefix("upstream_") && Int(reason.dropFirst(9)) != nil:
      "upstream answered \(reason.dropFirst(9))"
    default: FleetClient.AccountStatus(rawValue: reason).words
    }
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
}
