/// What an upstream's refusal means for an account: the effects table of refreshes, as a pure function.
enum UpstreamEffect: Hashable, Sendable {
  /// The account has ended, as far as this login is concerned; the reason is for the operator.
  case retire(AccountStatus, reason: String)
  /// The access token is to be renewed, and the upstream asked once more.
  case exchange
  /// The account is left alone for a while.
  case coolDown
  /// Nothing changes.
  case nothing

  /// Decides.
  ///
  /// A code that says something for good counts whatever the status. Of statuses alone, 402 and 404 end an account,
  /// while 403 never does.
  ///
  /// - Parameter mayExchange: whether the access token was not renewed yet for this question.
  init(of failure: UpstreamFailure, mayExchange: Bool) {
    guard case .status(let status) = failure.kind else {
      self = .nothing
      return
    }
    if let code = failure.errorCode, let ending = PermanentFailure.status(after: code) {
      self = .retire(ending, reason: "usage: \(code)")
    } else if failure.saysDeactivated {
      self = .retire(.deactivated, reason: "usage: deactivated by the provider")
    } else {
      switch status {
      case 402, 404: self = .retire(.deactivated, reason: "usage: HTTP \(status)")
      case 401: self = mayExchange ? .exchange : .coolDown
      case 403: self = .coolDown
      default: self = .nothing
      }
    }
  }
}
