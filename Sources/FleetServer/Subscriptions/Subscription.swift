internal import Fleet
internal import JSON
internal import JSONRPC

/// One subscription: looks at the fleet whenever it may have changed, and tells its connection what has.
///
/// The key is asked about again before every notification. While one is on its way out nothing further is looked at, so
/// that a slow reader gets later states together, and never a queue.
struct Subscription: Sendable {
  /// Its name on the connection.
  let id: String
  /// The key that it was opened with.
  let digest: APIKeyDigest
  /// What it is limited to.
  let accountIDs: Set<AccountID>?
  /// What the subscriber was told first.
  let first: FleetSummary
  /// Yields after something was committed to the store.
  let changes: AsyncStream<Void>
  let service: any FleetCalls
  let counters: CallCounters
  let clock: any FleetClock

  /// After this time the fleet is looked at again although nobody has told of a change.
  private static let longestPause = Duration.seconds(30)
  /// So much time is between two looks at least: what is committed meanwhile is told together.
  private static let shortestPause = Duration.milliseconds(25)
  /// How soon a store that cannot be read is tried again.
  private static let retryPause = Duration.seconds(1)

  /// Counts it as open; `run` has to follow. Before its subscriber is told, who may ask at once how many there are.
  func countAsOpen() { counters.subscriptionStarted() }

  /// Runs until the key is no longer accepted, the client is gone, or the task is cancelled.
  ///
  /// - Parameter send: sends a line and returns when it was written out; false when the client is gone.
  func run(_ send: @escaping @Sendable ([UInt8]) async -> Bool) async {
    defer { counters.subscriptionEnded() }
    // One bell for what was written and for the time: rung twice before anybody looks, it counts once.
    let (bell, ringer) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    await withDiscardingTaskGroup { group in
      group.addTask {
        for await _ in changes { ringer.yield() }
      }
      // What was written between the first look and now is not missed.
      ringer.yield()
      var told = first
      var timer: Task<Void, Never>?
      for await _ in bell {
        // A bell that rang before the end is still heard after it.
        guard !Task.isCancelled, let pause = await look(&told, send) else { break }
        timer?.cancel()
        timer = Task {
          guard (try? await clock.sleep(for: pause)) != nil else { return }
          ringer.yield()
        }
        try? await clock.sleep(for: Self.shortestPause)
      }
      timer?.cancel()
      group.cancelAll()
    }
  }

  /// Looks once and tells of what has changed.
  ///
  /// - Returns: after which time to look again at the latest; nil when the subscription is over.
  private func look(_ told: inout FleetSummary, _ send: ([UInt8]) async -> Bool) async -> Duration? {
    let caller: Caller
    let summary: FleetSummary
    do {
      caller = try await service.caller(holding: digest)
    } catch {
      guard case .refused = error else { return Self.retryPause }
      _ = await send(closing)
      return nil
    }
    do {
      summary = try await service.summary(for: caller, accountIDs: accountIDs)
    } catch {
      return Self.retryPause
    }
    if let change = summary.changes(since: told) {
      // What the key was good for when the fleet was read has to hold when it is told.
      guard (try? await service.caller(holding: digest)) == caller else { return .zero }
      guard await send(notification(of: change)) else { return nil }
      told = summary
    }
    let end = caller.expiresAt.map { $0.since(summary.generatedAt) }
    return [summary.nextChange?.since(summary.generatedAt), end, Self.longestPause].compactMap(\.self).min()
  }

  private var closing: [UInt8] {
    RPCEncoder.notification(method: Method.changed, params: Self.closingParams(of: id))
  }

  /// The params of a subscription's last notification.
  static func closingParams(of id: String) -> JSONObject { ["subscription": .string(id), "closed": "unauthorized"] }

  private func notification(of change: FleetChange) -> [UInt8] {
    RPCEncoder.notification(method: Method.changed, rawParams: change.json(subscription: id))
  }
}
