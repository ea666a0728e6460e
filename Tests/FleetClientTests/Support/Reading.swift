import FleetClient

/// Reads a subscription change by change, also while the test goes on.
actor Reading {
  private var iterator: FleetClient.Changes.Iterator

  init(_ changes: FleetClient.Changes) { iterator = changes.makeAsyncIterator() }

  /// The next change, when there is one.
  func next() async throws -> FleetClient.Change? {
    var iterator = iterator
    defer { self.iterator = iterator }
    return try await iterator.next()
  }
}
