internal import Fleet

/// From a remembered state to the one that a write of this process has made of it.
struct StateStep: Sendable {
  /// The version that the write began with; nobody else can have committed between it and the write's own commit.
  let start: StoreVersion
  /// The state after it.
  let state: FleetState
}
