import Fleet
import Logging
import NIOConcurrencyHelpers
import Testing

@testable import FleetDaemon

@Suite("What the background refresh logs")
struct LoggingObserverTests {
  /// Keeps what was logged at info or above.
  private struct Recorder: LogHandler {
    let lines: NIOLockedValueBox<[String]>
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      let reason = event.metadata?["reason"].map { " \($0)" } ?? ""
      lines.withLockedValue { $0.append("\(event.level) \(event.message)\(reason)") }
    }
  }

  @Test("trouble is told when it begins and when it is over, for each account, and not at every look")
  func trouble() {
    let lines = NIOLockedValueBox<[String]>([])
    let observer = LoggingObserver(logger: Logger(label: "test") { _ in Recorder(lines: lines) })
    func look(_ id: String, _ result: RefreshOutcome.Result, _ reason: RefreshReason? = nil) {
      observer.note(.backgroundRefreshEnded(RefreshOutcome(accountID: AccountID(id), result: result, reason: reason)))
    }
    look("a", .written)
    for _ in 0..<3 { look("a", .failed, .upstreamStatus(403)) }
    look("a", .coolingDown, .upstreamStatus(403))
    look("b", .rejected, .identityMismatch)
    look("b", .skipped, .refreshDisabled)
    look("a", .failed, .upstreamTimeout)
    look("a", .written)
    look("a", .fresh)
    look("b", .fresh)
    look("a", .failed, .upstreamTimeout)
    #expect(
      lines.withLockedValue { $0 } == [
        "warning the account cannot be kept fresh upstream_403",
        "warning the account cannot be kept fresh identity_mismatch", "info the account is kept fresh again",
        "info the account is kept fresh again", "warning the account cannot be kept fresh upstream_timeout",
      ])
  }
}
