internal import FleetClient

extension FleetClient.AccountStatus {
  /// The status in words for people.
  var words: String {
    switch self {
    case .active: "active"
    case .rateLimited: "rate limited"
    case .quotaExceeded: "quota exceeded"
    case .paused: "paused"
    case .reauthRequired: "sign in again"
    case .deactivated: "deactivated"
    default: PrintableText.of(rawValue.split(separator: "_").joined(separator: " "))
    }
  }
}
