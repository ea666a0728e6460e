internal import FleetClient

extension FleetClient.AccountStatus {
  /// The status in words for people.
  func words(_ form: WordForm = .full) -> String {
    switch self {
    case .active: "active"
    case .rateLimited: form == .full ? "rate limited" : "limited"
    case .quotaExceeded: form == .full ? "quota exceeded" : "used up"
    case .paused: "paused"
    case .reauthRequired: form == .full ? "sign in again" : "sign in"
    case .deactivated: form == .full ? "deactivated" : "ended"
    default: PrintableText.of(rawValue.split(separator: "_").joined(separator: " "))
    }
  }
}
