internal import Fleet
internal import GRDB
internal import NIOConcurrencyHelpers

/// The store's state, read once for everybody who asks before something is committed, and carried on over the writes of
/// this process.
///
/// What is remembered is told only where the store's version, looked at after the question came, is the one that it is
/// remembered under: the one that was looked at before it was read, or that a write has made of it. It is then no older
/// than any commit that anybody knew of when they asked.
final class StateMemory: Sendable {
  private struct Known {
    let version: StoreVersion
    let state: FleetState
  }

  private enum Turn {
    case read
    case take(Result<FleetState, StoreError>)
  }

  private let connections: StoreConnections
  private let warnings: WarningLog
  private let known = NIOLockedValueBox<Known?>(nil)
  private let readings = NIOLockedValueBox(StateReadings<CheckedContinuation<Turn, Never>>())
  private let gate = CommitGate()

  init(_ connections: StoreConnections, _ warnings: WarningLog) {
    self.connections = connections
    self.warnings = warnings
  }

  /// The state of this moment, if it is known; costs no look into the database.
  func knownState() -> FleetState? {
    guard let version = connections.knownVersion() else { return nil }
    return known.withLockedValue { $0?.version == version ? $0?.state : nil }
  }

  /// The state of this moment, or of a later one before this returns.
  func state() async throws(StoreError) -> FleetState {
    if let state = knownState() { return state }
    if await gate.pass(), let state = knownState() { return state }
    let turn = await withCheckedContinuation { continuation in
      if readings.withLockedValue({ $0.join(continuation) }) { continuation.resume(returning: .read) }
    }
    switch turn {
    case .take(let result): return try result.get()
    case .read:
      let result = await read()
      // Known after everybody has asked, it is good enough for everybody.
      let current = knownState()
      let (served, next) = readings.withLockedValue { $0.ended(isCurrent: current != nil) }
      for continuation in served { continuation.resume(returning: .take(current.map { .success($0) } ?? result)) }
      next?.resume(returning: .read)
      return try result.get()
    }
  }

  private func read() async -> Result<FleetState, StoreError> {
    let version = connections.knownVersion()
    let last = known.withLockedValue { $0?.state }
    do throws(StoreError) {
      let state = try await connections.read { [warnings] db, _ in
        let keys = APIKeyQuery(db, warnings)
        return FleetState(
          FleetSnapshot(
            accounts: try AccountQuery(db, warnings).records(in: .all),
            hidesUpstreamQuota: try SettingsQuery(db).hidesUpstreamQuota(), sharing: last?.snapshot),
          // Who asked in the last state will ask in this one.
          keys: try (last?.keyDigests ?? []).reduce(into: [:]) { $0[$1] = try keys.key($1) })
      }
      // A write may have carried on what was known meanwhile, and be ahead of what was read.
      if knownState() == nil { known.withLockedValue { $0 = version.map { Known(version: $0, state: state) } } }
      return .success(state)
    } catch {
      return .failure(error)
    }
  }
}

extension StateMemory: CommitFollower {
  func step(from start: StoreVersion, over change: StateChange, _ db: Database) -> StateStep? {
    guard let state = known.withLockedValue({ $0?.version == start ? $0?.state : nil }) else { return nil }
    let next: FleetState?
    switch change {
    case .nothing: next = state
    case .account(let id):
      // What cannot be read now is read by those who ask for it.
      let record = try? AccountQuery(db, warnings).record(of: id)
      next = record.flatMap { state.replacing($0) }
    case .anything: next = nil
    }
    guard let next else { return nil }
    gate.close()
    return StateStep(start: start, state: next)
  }

  func ended(_ step: StateStep, at version: StoreVersion?) {
    known.withLockedValue { known in
      guard let version, let start = known?.version, start == step.start, version.directlyFollows(start) else { return }
      known = Known(version: version, state: step.state)
    }
    gate.open()
  }
}
