/// The methods the server has; the raw value is the published name.
enum Method: String, CaseIterable {
  case summary = "fleet.summary"
  case refresh = "fleet.refresh"
  case subscribe = "fleet.subscribe"
  case unsubscribe = "fleet.unsubscribe"
  case cancelRequest = "$/cancelRequest"
  case health = "daemon.health"
  case statistics = "daemon.stats"
  case discover = "rpc.discover"

  /// The notification by which subscribers are told of changes.
  static let changed = "fleet.changed"

  /// The params it takes, in the order in which they are told to people.
  var params: [String] {
    switch self {
    case .summary, .subscribe: [CallParams.tokenName, CallParams.accountIDsName]
    case .refresh: [CallParams.tokenName, CallParams.accountIDsName, CallParams.timeoutName]
    case .unsubscribe: [CallParams.tokenName, CallParams.subscriptionName]
    case .cancelRequest: [CallParams.idName]
    case .statistics: [CallParams.tokenName]
    case .health, .discover: []
    }
  }
}
