internal import Fleet
internal import FleetSQLite
internal import Logging

extension Daemon {
  /// How long after the start the first look is, when everybody has had their first answer; and how often there is one.
  private static let (firstPause, pause) = (Duration.seconds(60), Duration.seconds(3_600))

  /// Deletes what has become too old in the own store's history, until the calling task is cancelled. A codex-lb does
  /// that by itself.
  func pruneHistory() async {
    guard store.kind == .own else { return }
    // One that ends when nobody is connected may not get so old.
    var next = settings.current.idleExit.map { min($0 / 2, Self.firstPause) } ?? Self.firstPause
    while (try? await clock.sleep(for: next)) != nil {
      next = Self.pause
      let days = settings.current.historyDays
      do throws(StoreError) {
        let rows = try await store.pruneHistory(before: clock.now.advanced(by: .seconds(-86_400 * days)))
        if rows > 0 { logger.info("old usage deleted", metadata: ["rows": "\(rows)", "olderThanDays": "\(days)"]) }
      } catch {
        logger.warning("old usage is not deleted: \(error.message)", metadata: ["code": "\(error.code)"])
      }
    }
  }
}
