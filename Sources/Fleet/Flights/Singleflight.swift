internal import NIOConcurrencyHelpers

/// Shared work: one execution at a time per key, whoever asks while it runs joins it.
///
/// - The work runs in a task of its own: it inherits neither cancellation nor task-local values, and no waiter can end it.
/// - No waiter is special. Each may leave at any moment, at once and at a cost independent of their number, also the
///   one that started the flight.
/// - A flight leaves the table before its waiters resume, so whoever asks afterwards starts a new one. Nothing is cached.
final class Singleflight<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  /// What a waiter gets.
  struct Landing: Sendable {
    /// What the work returned.
    let value: Value
    /// When the work started, in the clock's uptime.
    let startedAt: Duration
  }

  private typealias Table = FlightTable<Key, Continuation>
  private typealias Continuation = CheckedContinuation<Result<Landing, FlightRefusal>, Never>

  private struct State: Sendable {
    var table: Table
    var idleWatchers: [IdleWatch: CheckedContinuation<Void, Never>] = [:]

    mutating func takeIdleWatchers() -> [CheckedContinuation<Void, Never>] {
      guard table.isIdle else { return [] }
      defer { idleWatchers = [:] }
      return Array(idleWatchers.values)
    }
  }

  /// Names one call of `untilIdle` by its identity.
  private final class IdleWatch: Hashable, Sendable {
    static func == (left: IdleWatch, right: IdleWatch) -> Bool { left === right }
    func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
  }

  /// Where a call that is about to wait stands, for its cancellation handler to know.
  private typealias Seat = FlightSeat<Table.FlightID, Table.WaiterID>

  private let state: NIOLockedValueBox<State>
  private let clock: any FleetClock

  /// Makes an idle set of flights.
  ///
  /// - Parameters:
  ///   - flights: how many may run at once.
  ///   - waiters: how many may wait at once, over all flights.
  init(flights: Int, waiters: Int, clock: any FleetClock) {
    let limits = Table.Limits(flights: flights, waiters: waiters)
    state = NIOLockedValueBox(State(table: Table(limits: limits)))
    self.clock = clock
  }

  /// Waits for the key's flight, starting it with `work` when none runs.
  ///
  /// The flight is registered before this method first suspends.
  ///
  /// - Throws: `.draining` or `.overloaded` without having started anything; `.waitCancelled` as soon as the calling
  ///   task is cancelled, while the flight goes on; `.draining` when the wait is given up by `abandonWaiters()`.
  func landing(for key: Key, work: @escaping @Sendable () async -> Value) async throws(FlightRefusal) -> Landing {
    let seat = NIOLockedValueBox(Seat())
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { board(key, $0, seat, work) }
    } onCancel: {
      if let place = seat.withLockedValue({ $0.leave() }) { release(place) }
    }
    return try result.get()
  }

  /// Whether anybody is let in.
  var admits: Bool { state.withLockedValue { $0.table.admits } }

  /// Refuses everybody from now on; what runs goes on.
  func closeAdmission() { state.withLockedValue { $0.table.closeAdmission() } }

  /// Returns as soon as nothing runs, or after `limit`, or when the calling task is cancelled.
  ///
  /// - Returns: the keys of the flights that still run, the oldest first.
  func settle(within limit: Duration) async -> [Key] {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.untilIdle() }
      group.addTask { [clock] in try? await clock.sleep(for: limit) }
      await group.next()
      group.cancelAll()
    }
    return keysInFlight
  }

  /// Gives up every wait with `.draining`; the flights go on.
  func abandonWaiters() {
    for waiter in state.withLockedValue({ $0.table.detachAll() }) { waiter.resume(returning: .failure(.draining)) }
  }

  /// The keys of what runs, the oldest first.
  var keysInFlight: [Key] { state.withLockedValue { $0.table.keysInFlight } }

  /// What there is and was.
  func snapshot() -> FlightCounts {
    let now = clock.uptime
    return state.withLockedValue { $0.table.snapshot(now: now) }
  }

  private func board(
    _ key: Key, _ continuation: Continuation, _ seat: NIOLockedValueBox<Seat>,
    _ work: @escaping @Sendable () async -> Value
  ) {
    let now = clock.uptime
    switch state.withLockedValue({ $0.table.admit(continuation, to: key, now: now) }) {
    case .lead(let flight, let waiter):
      sit(Seat.Place(flight: flight, waiter: waiter), in: seat)
      fly(flight, startedAt: now, work)
    case .join(let flight, let waiter):
      sit(Seat.Place(flight: flight, waiter: waiter), in: seat)
    case .refused(let refusal, let waiter):
      waiter.resume(returning: .failure(refusal))
    }
  }

  /// Starts a flight's work: the one place where a task is made that no caller owns. It is registered already, is
  /// counted while it runs, and `settle(within:)` waits for it.
  private func fly(_ flight: Table.FlightID, startedAt: Duration, _ work: @escaping @Sendable () async -> Value) {
    Task.detached {
      let landing = Landing(value: await work(), startedAt: startedAt)
      let (waiters, watchers) = self.state.withLockedValue { state in
        (state.table.finish(flight), state.takeIdleWatchers())
      }
      for waiter in waiters { waiter.resume(returning: .success(landing)) }
      for watcher in watchers { watcher.resume() }
    }
  }

  /// A cancellation that came before the caller had boarded found nobody to release: then it is done here.
  private func sit(_ place: Seat.Place, in seat: NIOLockedValueBox<Seat>) {
    if let place = seat.withLockedValue({ $0.board(place) }) { release(place) }
  }

  private func release(_ place: Seat.Place) {
    let detached = state.withLockedValue { $0.table.detach(place.waiter, from: place.flight) }
    detached?.resume(returning: .failure(.waitCancelled))
  }

  private func untilIdle() async {
    let watch = IdleWatch()
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isIdle = state.withLockedValue { state in
          if state.table.isIdle { return true }
          state.idleWatchers[watch] = continuation
          return false
        }
        if isIdle { continuation.resume() } else if Task.isCancelled { stopWatching(watch) }
      }
    } onCancel: {
      stopWatching(watch)
    }
  }

  private func stopWatching(_ watch: IdleWatch) {
    state.withLockedValue { $0.idleWatchers.removeValue(forKey: watch) }?.resume()
  }
}
