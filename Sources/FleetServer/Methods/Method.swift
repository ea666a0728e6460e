/// The methods the server has; the raw value is the published name.
enum Method: String, CaseIterable {
  case summary = "fleet.summary"
  case refresh = "fleet.refresh"
  case health = "daemon.health"

  /// The params it takes, in the order in which they are told to people.
  var params: [String] {
    switch self {
    case .summary, .refresh: [CallParams.tokenName, CallParams.accountIDsName]
    case .health: []
    }
  }
}
