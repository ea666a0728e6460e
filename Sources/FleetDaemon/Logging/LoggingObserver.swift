internal import Fleet
internal import Logging
internal import NIOConcurrencyHelpers

/// Turns what the core does into log lines: counts and names, never data.
struct LoggingObserver: FleetObserver {
  let logger: Logger
  /// The accounts that the background refresh could not keep fresh when it last looked.
  private let troubled = NIOLockedValueBox<Set<AccountID>>([])

  init(logger: Logger) { self.logger = logger }

  func note(_ event: FleetEvent) {
    switch event {
    case .refreshEnded(let id, let accounts, let outcomes, let took):
      var metadata: Logger.Metadata = [
        "refresh": "\(id)", "accounts": "\(accounts)", "milliseconds": "\(took.wholeMilliseconds)",
      ]
      for (result, count) in outcomes { metadata[result.rawValue] = "\(count)" }
      logger.info("refresh ended", metadata: metadata)
    case .backgroundRefreshEnded(let outcome): note(outcome)
    case .refreshFailed(let id, let error):
      logger.warning("refresh failed: \(error.message)", metadata: ["refresh": "\(id)", "code": "\(error.code)"])
    case .storeFailed(let account, let error):
      logger.warning(
        "account not refreshed: \(error.message)", metadata: ["account": "\(account.logName)", "code": "\(error.code)"])
    case .tokensRotated(let account):
      logger.info("login renewed", metadata: ["account": "\(account.logName)"])
    case .tokensNotStored(let account, let error):
      logger.error(
        "the account's new login could not be stored; trying again: \(error.message)",
        metadata: ["account": "\(account.logName)", "code": "\(error.code)"])
    case .tokensGivenUp(let account, let error):
      logger.error(
        "the account's new login cannot be stored; sign the account in again: \(error.message)",
        metadata: ["account": "\(account.logName)", "code": "\(error.code)"])
    case .accountRetired(let account, let status, let reason):
      logger.warning(
        "the account's login has ended",
        metadata: ["account": "\(account.logName)", "status": "\(status.rawValue)", "reason": "\(reason)"])
    case .claimNotReleased(let account, let error):
      logger.warning(
        "a claim could not be given back and ends by itself: \(error.message)",
        metadata: ["account": "\(account.logName)", "code": "\(error.code)"])
    case .awaitingTokens(let accounts):
      logger.warning(
        "waiting until these accounts' new logins are stored; a second signal would lose them",
        metadata: ["accounts": "\(accounts.map(\.logName).joined(separator: ","))"])
    case .drainOverdue(let refreshes, let accounts):
      logger.warning(
        "still running when the drain limit passed",
        metadata: [
          "refreshes": "\(refreshes.map(\.description).joined(separator: ","))",
          "accounts": "\(accounts.map(\.logName).joined(separator: ","))",
        ])
    }
  }

  /// Nobody waits for what the background refresh brings: trouble is told when it begins and when it is over.
  private func note(_ outcome: RefreshOutcome) {
    var metadata: Logger.Metadata = [
      "account": "\(outcome.accountID.logName)", "outcome": "\(outcome.result.rawValue)",
    ]
    if let reason = outcome.reason { metadata["reason"] = "\(reason.rawValue)" }
    logger.debug("background refresh", metadata: metadata)
    switch outcome.result {
    case .written, .fresh:
      guard troubled.withLockedValue({ $0.remove(outcome.accountID) }) != nil else { return }
      logger.info("the account is kept fresh again", metadata: metadata)
    case .failed, .rejected:
      guard troubled.withLockedValue({ $0.insert(outcome.accountID).inserted }) else { return }
      logger.warning("the account cannot be kept fresh", metadata: metadata)
    case .coolingDown, .skipped: return
    }
  }
}

extension Duration {
  /// Whole milliseconds, rounded towards zero.
  fileprivate var wholeMilliseconds: Int64 {
    components.seconds * 1_000 + components.attoseconds / 1_000_000_000_000_000
  }
}
